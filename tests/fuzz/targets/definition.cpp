// A definition that is accepted has one encoding, and a fingerprint that tells it from others.

#include "core/entry/definition.h"

#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

Bytes encodedMeaning(const Definition& definition, const Contract& contract) {
  ByteWriter out;
  encode(out, definition, contract);
  return out.take();
}

// The definition at the start of `bytes`, checked; nothing when there is none.
bool read(ByteView bytes, Definition& definition, Contract& contract, std::size_t& length) {
  ByteReader in(bytes);
  definition = decodeDefinition(in, contract);
  if (in.failed()) return false;
  length = bytes.size() - in.remaining();
  claim(isSame(encodedMeaning(definition, contract), bytes.first(length)),
        "a definition has one encoding");
  claim(fingerprintOf(definition) != 0, "a fingerprint is never zero");
  return true;
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(definition, bytes, size) {
  using namespace danji;
  const ByteView all(bytes, size);
  Definition one;
  Definition other;
  Contract contract;
  Contract contractOfOther;
  std::size_t length = 0;
  std::size_t lengthOfOther = 0;
  if (!fuzz::read(all, one, contract, length)) return 0;
  const ByteView rest = all.subspan(length);
  if (!fuzz::read(rest, other, contractOfOther, lengthOfOther)) return 0;
  fuzz::claim((one == other) == (fingerprintOf(one) == fingerprintOf(other)),
              "two definitions are the same when their fingerprints are");
  const int order = compareVersions(contract.version, contractOfOther.version);
  fuzz::claim(order == -compareVersions(contractOfOther.version, contract.version),
              "of two versions one is the higher, whoever asks");
  fuzz::claim(contract.version != contractOfOther.version || order == 0, "a version is itself");
  return 0;
}
