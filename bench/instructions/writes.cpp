// Writes in a tab that has nobody to tell.
#include "bench/core/tab.h"
#include "bench/instructions/bodies.h"

namespace danji::bench {

namespace {

constexpr std::size_t kKeys = 100;

Work eachKey(const char* name) { return {.name = name, .runs = 20, .operationsEach = kKeys}; }

void countSets(Meter& meter) {
  Tab tab('a', kKeys);
  meter.measure(eachKey("set a number"), [&] {
    tab.setNumbers(kKeys);
    tab.settle();
  });
  meter.measure(eachKey("set an object, later its text"), [&] {
    for (std::size_t i = 0; i < kKeys; ++i) {
      tab.engine().touch(tab.slot(i), tab.unit());
      tab.engine().fill(tab.slot(i), Value::json(std::string(kObjectText)));
    }
    tab.settle();
  });
  DANJI_ASSERT(tab.engine().replicaAt(0).space().entry(0).value.text() == kObjectText);
}

void countCommits(Meter& meter) {
  Tab tab('a', kKeys);
  const Bytes batch = batchOfNumbers(tab, kKeys);
  meter.measure(eachKey("commit a batch, each write"), [&] {
    ByteWriter out;
    const Status status = tab.engine().commit(batch, out);
    DANJI_ASSERT(status.ok());
    tab.settle();
  });
}

}  // namespace

void countWrites(Meter& meter) {
  countSets(meter);
  countCommits(meter);
}

}  // namespace danji::bench
