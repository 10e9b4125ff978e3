// A filter is refused, or gives a snapshot and a list that can be read and hold what it names.

#include <algorithm>

#include "tests/fuzz/live_tab.h"

namespace danji::fuzz {
namespace {

std::vector<std::string> readTexts(ByteReader& in) {
  std::vector<std::string> texts;
  for (std::uint64_t count = in.varint(); count > 0 && !in.failed(); --count) {
    texts.emplace_back(in.text(in.remaining()));
  }
  return texts;
}

bool wants(const std::vector<std::string>& texts, std::string_view text) {
  return texts.empty() || std::find(texts.begin(), texts.end(), text) != texts.end();
}

// The rows of entries(): how many, each of them wanted.
std::size_t checkRows(ByteView filter, ByteView rows) {
  ByteReader wanted(filter);
  const std::vector<std::string> addresses = readTexts(wanted);
  const std::vector<std::string> keys = readTexts(wanted);
  ByteReader in(rows);
  const auto count = static_cast<std::size_t>(in.varint());
  for (std::size_t row = 0; row < count && !in.failed(); ++row) {
    claim(wants(addresses, in.text(kAddressBytesMax)), "only wanted places are listed");
    claim(wants(keys, in.text(kKeyBytesMax)), "only wanted keys are listed");
    claim(in.f64() >= 1, "what is listed was written");
    in.f64();
    in.f64();
    in.text(2 * 16);
    in.text(kIdBytesMax);
    claim(decodeValue(in).isSet(), "what is listed is set");
  }
  claim(in.finished(), "the list can be read");
  return count;
}

// How many values a snapshot of this filter brings into an empty tab.
std::size_t restoredFrom(ByteView snapshot) {
  LiveTab fresh('B');
  ByteWriter out;
  const Status status = fresh.engine().restore(snapshot, RestoreMode::merge, fresh.unit(), out);
  claim(status.ok(), "a snapshot that was taken can be restored");
  std::size_t count = 0;
  for (std::size_t slot = 0; slot < fresh.slots().size(); ++slot) {
    count += fresh.visible(slot).isSet() ? 1 : 0;
  }
  return count;
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(filter, bytes, size) {
  using namespace danji;
  const ByteView filter(bytes, size);
  fuzz::LiveTab tab('A');
  for (const Slot slot : tab.slots()) tab.engine().setNumber(slot, tab.unit(), 1.0 + slot);
  ByteWriter snapshot;
  ByteWriter rows;
  const bool taken = tab.engine().snapshot(filter, snapshot).ok();
  fuzz::claim(taken == tab.engine().entries(filter, rows).ok(),
              "snapshot and list want the same filters");
  if (!taken) {
    fuzz::claim(snapshot.size() == 0 && rows.size() == 0, "a refused filter writes nothing");
    return 0;
  }
  fuzz::claim(fuzz::checkRows(filter, rows.view()) == fuzz::restoredFrom(snapshot.view()),
              "snapshot and list have the same values");
  return 0;
}
