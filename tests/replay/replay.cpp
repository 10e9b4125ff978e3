// danji-replay FILE...: folds journals natively and prints where they end.
//
// A journal is what Engine::journal() wrote in some tab: for each space, everything that this tab
// ever folded or took over. Replayed from nothing it must give the digest that the tab computed
// in its own core; so whoever compares the two knows that the core holds the state.
//
//   journal := (address text, length u32, item*)*
//   item    := 1, length u32, state                 the space's state was replaced by this one
//            | 2, length u32, tables, records       one record was folded
//
// One line a space: address, log epoch (16 digits), index, digest (32 digits). Ends with code 1
// and a sentence when a file is no journal, has a gap or decides an op twice.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "core/base/checksum.h"
#include "core/base/limits.h"
#include "core/replica/translate.h"

namespace {

using namespace danji;

constexpr std::size_t kSessionBytes = 16;

// What is wrong with the item; empty when it was folded.
std::string foldRecord(Realm& realm, Replica& replica, ByteReader& in) {
  const WireTables tables = decodeTables(in);
  if (in.failed()) return "tables that can't be read";
  const RecordsSection section = decodeRecordsSection(in, tables);
  Space& space = replica.space();
  if (!in.finished() || section.records.size() != 1) return "a record that can't be read";
  if (section.address != space.address().text) return "a record of another space";
  if (section.epoch != space.epoch()) return "a record of another log";
  if (section.from != space.index() + 1) {
    return "a gap between " + std::to_string(space.index()) + " and " +
           std::to_string(section.from);
  }
  learnTables(realm, tables);
  const Record record = readRecord(realm, replica, tables, section.records.front());
  const std::uint64_t floor = space.floorOf(record.op.id.session);
  const std::uint64_t sequence = record.op.id.sequence;
  const bool follows = record.op.voids ? sequence > floor : sequence == floor + 1;
  if (!follows) return "an op that was decided twice, or before its turn";
  space.fold(record);
  return {};
}

std::string replaceState(Replica& replica, ByteReader& in) {
  const SpaceState state = decodeState(in);
  if (!in.finished()) return "a state that can't be read";
  if (state.address != replica.space().address().text) return "a state of another space";
  replica.space().adopt(state);
  return {};
}

std::string replaySpace(const std::string& addressText, ByteView items) {
  const Result<Address> address = Address::parse(addressText);
  if (!address.ok()) return address.error().detail;
  Realm realm(std::string(kSessionBytes, '\0'), 0);
  Replica replica(0, address.value(), realm);
  ByteReader in(items);
  while (in.remaining() > 0) {
    const std::uint8_t kind = in.u8();
    const std::uint32_t length = in.u32();
    if (in.failed() || length > in.remaining()) return "an item that is cut off";
    ByteReader item(in.raw(length));
    std::string wrong = "an unknown kind of item";
    if (kind == 1) wrong = replaceState(replica, item);
    if (kind == 2) wrong = foldRecord(realm, replica, item);
    if (!wrong.empty()) return wrong;
  }
  const Space& space = replica.space();
  std::printf("%s %s %llu %s\n", addressText.c_str(), hex64(space.epoch()).c_str(),
              static_cast<unsigned long long>(space.index()),
              digestOf(space.state()).hex().c_str());
  return {};
}

std::string replay(ByteView journal) {
  ByteReader in(journal);
  while (in.remaining() > 0) {
    const std::string address(in.text(kAddressBytesMax));
    const std::uint32_t length = in.u32();
    if (in.failed() || length > in.remaining()) return "it is no journal";
    const std::string wrong = replaySpace(address, in.raw(length));
    if (!wrong.empty()) return address + ": " + wrong;
  }
  return {};
}

}  // namespace

int main(int count, char** names) {
  if (count < 2) {
    std::fprintf(stderr, "usage: danji-replay FILE...\n");
    return 2;
  }
  for (int i = 1; i < count; ++i) {
    std::ifstream file(names[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "%s: can't be opened\n", names[i]);
      return 1;
    }
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::string wrong = replay(asBytes(bytes));
    if (wrong.empty()) continue;
    std::fprintf(stderr, "%s: %s\n", names[i], wrong.c_str());
    return 1;
  }
  return 0;
}
