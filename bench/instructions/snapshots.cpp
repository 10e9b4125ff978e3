// Snapshots: made, and brought back into another tab.
#include "bench/core/tab.h"
#include "bench/instructions/bodies.h"

namespace danji::bench {

void countSnapshots(Meter& meter) {
  constexpr std::size_t kEntries = 1000;
  Tab tab('a', kEntries);
  for (std::size_t i = 0; i < kEntries; ++i) {
    tab.engine().set(tab.slot(i), tab.unit(), Value::json(std::string(kObjectText)));
  }
  ByteWriter everything;
  everything.varint(0);
  everything.varint(0);
  Bytes bytes;
  meter.measure({.name = "snapshot an entry", .runs = 3, .operationsEach = kEntries}, [&] {
    ByteWriter out;
    const Status status = tab.engine().snapshot(everything.view(), out);
    DANJI_ASSERT(status.ok());
    bytes = out.take();
  });

  Tab other('b', kEntries);
  meter.measure({.name = "restore an entry", .runs = 3, .operationsEach = kEntries}, [&] {
    ByteWriter out;
    const Status status =
        other.engine().restore(bytes, RestoreMode::replace, other.unit(), out);
    DANJI_ASSERT(status.ok());
    other.settle();
  });
  DANJI_ASSERT(other.engine().replicaAt(0).space().entry(0).value.text() == kObjectText);
}

}  // namespace danji::bench
