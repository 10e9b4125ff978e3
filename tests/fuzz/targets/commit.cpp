// A batch is refused and changes nothing, or every value in it is what readers see. The same for
// a held write, which the bytes may be as well.
//
//   input := role, (chunk: a batch)*            role: alone, leading or following

#include "tests/fuzz/live_tab.h"
#include "tests/fuzz/script.h"

namespace danji::fuzz {
namespace {

// The batch once more: what the last write to each slot says. Ops are made one for each unit, in
// order of first mention, so a slot that several units write has no last write of the batch.
// Nothing where something is hidden: then readers may see none of it.
std::map<std::size_t, Value> lastWrites(ByteView batch) {
  std::map<std::size_t, Value> writes;
  bool hides = false;
  std::map<std::size_t, std::set<std::uint64_t>> units;
  ByteReader in(batch);
  for (std::uint64_t count = in.varint(); count > 0 && !in.failed(); --count) {
    const auto slot = static_cast<std::size_t>(in.varint());
    units[slot].insert(in.varint());
    const std::uint8_t kind = in.u8();
    if ((kind & (16 | 64)) != 0) in.varint();
    hides = hides || (kind & 32) != 0;
    writes[slot] = (kind & 15) == 2 ? Value() : decodeValue(in);
  }
  claim(in.finished(), "a batch that was accepted can be read");
  if (hides) writes.clear();
  std::erase_if(writes, [&](const auto& write) { return units[write.first].size() > 1; });
  return writes;
}

void checkOutcome(LiveTab& tab, ByteView out) {
  ByteReader in(out);
  for (std::uint64_t count = in.varint(); count > 0 && !in.failed(); --count) {
    const std::uint64_t space = in.varint();
    claim(space < tab.engine().spaceCount(), "an op is in a space");
    const Replica& replica = tab.engine().replicaAt(static_cast<SpaceId>(space));
    const std::uint64_t sequence = in.varint();
    const std::uint64_t index = in.varint();
    const bool decides = !replica.isShared() || tab.engine().peer().decides();
    claim(sequence >= 1 && sequence <= replica.lastSequence(), "an op has a number");
    claim(decides == (index > 0), "who decides says at once at which index");
    claim(index <= replica.space().index(), "an op that is decided is in the log");
  }
  claim(in.finished(), "the outcome of a batch can be read");
}

void commit(LiveTab& tab, ByteView batch) {
  const std::string before = tab.picture();
  ByteWriter out;
  const Status status = tab.engine().commit(batch, out);
  if (status.ok()) {
    for (const auto& [slot, value] : lastWrites(batch)) {
      claim(tab.visible(slot) == value, "what was committed is what is seen");
    }
    checkOutcome(tab, out.view());
  } else {
    claim(tab.picture() == before && out.size() == 0, "a refused batch changes nothing");
  }
  tab.settle();
}

void hold(LiveTab& tab, ByteView bytes) {
  const std::string before = tab.picture();
  ByteWriter out;
  const Status status = tab.engine().hold(bytes, out);
  const bool isBegin = !bytes.empty() && bytes[0] == 1;
  claim(!isBegin || tab.picture() == before, "what is held is no part of the state");
  claim(status.ok() || (tab.picture() == before && out.size() == 0),
        "what can not be held or submitted changes nothing");
  tab.settle();
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(commit, bytes, size) {
  using namespace danji;
  fuzz::Script script({bytes, size});
  fuzz::LiveTab tab('A');
  const std::string other(16, 'B');
  const std::size_t role = script.below(3);
  if (role == 1) tab.lead(other);
  if (role == 2) tab.follow(other);
  while (!script.isOver()) {
    const Bytes bytes(script.chunk());
    fuzz::commit(tab, bytes);
    fuzz::hold(tab, bytes);
  }
  tab.flush();
  for (std::size_t slot = 0; slot < tab.slots().size(); ++slot) tab.checkGoodWrite(slot, 42);
  return 0;
}
