// A definition that is accepted has one encoding, and a fingerprint that tells it from others.

#include "core/entry/definition.h"

#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

// The definition at the start of `bytes`, checked; nothing when there is none.
bool read(ByteView bytes, Definition& definition, std::size_t& length) {
  ByteReader in(bytes);
  definition = decodeDefinition(in);
  if (in.failed()) return false;
  length = bytes.size() - in.remaining();
  claim(isSame(encoded(definition), bytes.first(length)), "a definition has one encoding");
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
  std::size_t length = 0;
  std::size_t lengthOfOther = 0;
  if (!fuzz::read(all, one, length)) return 0;
  if (!fuzz::read(all.subspan(length), other, lengthOfOther)) return 0;
  fuzz::claim((one == other) == (fingerprintOf(one) == fingerprintOf(other)),
              "two definitions are the same when their fingerprints are");
  return 0;
}
