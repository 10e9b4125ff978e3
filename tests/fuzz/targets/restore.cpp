// A snapshot is refused and changes nothing, or every value in it is what readers see.
//
//   input := how, the body of a snapshot      how: 1 replace, 2 leading, 4 following
//
// The frame around the body is made here, so that the fuzzer gets past its checksum.

#include "tests/fuzz/live_tab.h"
#include "tests/fuzz/script.h"

namespace danji::fuzz {
namespace {

using Places = std::map<std::pair<std::string, std::string>, Value>;

Places valuesIn(ByteView body) {
  Places values;
  ByteReader in(body);
  for (std::uint64_t count = in.varint(); count > 0 && !in.failed(); --count) {
    const SpaceState state = decodeState(in);
    for (const EntryState& entry : state.entries) values[{state.address, entry.key}] = entry.value;
  }
  claim(in.finished(), "a snapshot that was accepted can be read");
  return values;
}

// The pictures of the spaces that both lists have; a refused snapshot may leave empty ones.
bool beginsWith(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

Bytes snapshotOf(LiveTab& tab) {
  ByteWriter out;
  claim(tab.engine().snapshot(Bytes{0, 0}, out).ok(), "a snapshot can always be taken");
  return out.take();
}

// What a tab would tell of all that is set, without versions and authors.
Places setValues(const LiveTab& tab, const Places& asked) {
  Places values;
  for (const auto& [place, value] : asked) {
    const std::optional<Value> visible = tab.visible(place.first, place.second);
    if (visible && visible->isSet()) values[place] = *visible;
  }
  return values;
}

void checkRoundTrip(LiveTab& tab, const Places& values) {
  LiveTab fresh('C');
  ByteWriter out;
  const Status status =
      fresh.engine().restore(snapshotOf(tab), RestoreMode::merge, fresh.unit(), out);
  claim(status.ok(), "a snapshot that was taken can be restored");
  claim(setValues(fresh, values) == setValues(tab, values), "restoring brings every value back");
  fresh.settle();
}

void restore(LiveTab& tab, RestoreMode mode, ByteView body) {
  const std::string before = tab.picture();
  ByteWriter out;
  const Bytes frame = sealFrame(FrameType::snapshot, body);
  const Status status = tab.engine().restore(frame, mode, tab.unit(), out);
  if (!status.ok()) {
    claim(beginsWith(tab.picture(), before), "a refused snapshot changes nothing");
    return;
  }
  const Places values = valuesIn(body);
  for (const auto& [place, value] : values) {
    const std::optional<Value> visible = tab.visible(place.first, place.second);
    claim(visible.has_value(), "a restored key is there");
    claim(*visible == value, "what was restored is what is seen");
  }
  tab.settle();
  if (tab.engine().peer().role() == Role::alone) checkRoundTrip(tab, values);
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(restore, bytes, size) {
  using namespace danji;
  fuzz::Script script({bytes, size});
  const std::uint8_t how = script.byte();
  fuzz::LiveTab tab('A');
  tab.engine().setNumber(tab.slots()[0], tab.unit(), 3);
  tab.settle();
  if ((how & 2) != 0) tab.lead(std::string(16, 'B'));
  if ((how & 6) == 4) tab.follow(std::string(16, 'B'));
  const auto mode = (how & 1) != 0 ? RestoreMode::replace : RestoreMode::merge;
  fuzz::restore(tab, mode, script.rest());
  tab.flush();
  for (std::size_t slot = 0; slot < tab.slots().size(); ++slot) tab.checkGoodWrite(slot, 42);
  return 0;
}
