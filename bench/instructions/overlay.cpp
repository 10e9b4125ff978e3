// What is undecided over what is confirmed, and two tabs that decide and hear of it.
#include "core/replica/overlay.h"

#include "bench/core/tab.h"
#include "bench/instructions/bodies.h"

namespace danji::bench {

namespace {

constexpr std::size_t kOps = 100;
constexpr std::size_t kKeys = 10;
constexpr std::size_t kRuns = 10;

Work hundred(const char* name) {
  return {.name = name, .runs = kRuns, .operationsEach = kOps};
}

void countLayers(Meter& meter) {
  Overlay overlay;
  meter.measure(hundred("overlay an op, look, remove it"), [&] {
    std::size_t shown = 0;
    for (std::size_t i = 1; i <= kOps; ++i) {
      Op op{.id = {.session = 1, .sequence = i}};
      op.changes.push_back({.entry = static_cast<EntryId>(i % kKeys), .value = Value::number(1)});
      overlay.add(std::move(op), true, kNowMillis);
      shown += overlay.layersOf(static_cast<EntryId>(i % kKeys)).size();
    }
    DANJI_ASSERT(shown > kOps);
    for (std::size_t i = 1; i <= kOps; ++i) overlay.remove({.session = 1, .sequence = i});
    DANJI_ASSERT(overlay.empty());
  });
}

// A follower writes, shows it, and hears what the leader decided.
void countTabs(Meter& meter) {
  Pair pair(kKeys);
  meter.measure(hundred("follower sets, undecided"), [&] { pair.follower.setNumbers(kOps); });
  while (pair.exchange()) {
  }
  const Space& decided = pair.leader.engine().replicaAt(0).space();
  DANJI_ASSERT(decided.index() >= (kRuns + 1) * kOps);

  meter.measure(hundred("follower sets, is decided, hears"), [&] {
    pair.follower.setNumbers(kOps);
    while (pair.exchange()) {
    }
  });
  meter.measure(hundred("leader sets, follower hears"), [&] {
    pair.leader.setNumbers(kOps);
    while (pair.exchange()) {
    }
  });
  DANJI_ASSERT(decided.index() == pair.follower.engine().replicaAt(0).space().index());
}

}  // namespace

void countOverlay(Meter& meter) {
  countLayers(meter);
  countTabs(meter);
}

}  // namespace danji::bench
