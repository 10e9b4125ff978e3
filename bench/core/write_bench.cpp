// What a write costs inside the core, in a tab that has nobody to tell: the hot path.

#include <benchmark/benchmark.h>

#include "bench/core/tab.h"

namespace danji::bench {
namespace {

void setNumber(benchmark::State& state) {
  Tab tab('a', 1);
  double number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(tab.engine().setNumber(tab.slot(0), tab.unit(), ++number));
  }
  state.SetItemsProcessed(state.iterations());
  DANJI_ASSERT(tab.engine().replicaAt(0).space().entry(0).value.number() == number);
}
BENCHMARK(setNumber);

// An object as the glue sets it: at once without its text, which follows at the end of the task.
void touchAndFillObject(benchmark::State& state) {
  Tab tab('a', 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(tab.engine().touch(tab.slot(0), tab.unit()));
    tab.engine().fill(tab.slot(0), Value::json(std::string(kObjectText)));
  }
  state.SetItemsProcessed(state.iterations());
  DANJI_ASSERT(tab.engine().replicaAt(0).space().entry(0).value.text() == kObjectText);
}
BENCHMARK(touchAndFillObject);

void batchOf1000Numbers(benchmark::State& state) {
  constexpr std::size_t kCount = 1000;
  Tab tab('a', kCount);
  const Bytes batch = batchOfNumbers(tab, kCount);
  for (auto _ : state) {
    ByteWriter out;
    const Status status = tab.engine().commit(batch, out);
    DANJI_ASSERT(status.ok());
    tab.settle();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCount));
}
BENCHMARK(batchOf1000Numbers)->Unit(benchmark::kMicrosecond);

void snapshotOf10000Entries(benchmark::State& state) {
  constexpr std::size_t kCount = 10'000;
  Tab tab('a', kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    tab.engine().set(tab.slot(i), tab.unit(), Value::json(std::string(kObjectText)));
  }
  ByteWriter everything;
  everything.varint(0);
  everything.varint(0);
  std::size_t bytes = 0;
  for (auto _ : state) {
    ByteWriter out;
    const Status status = tab.engine().snapshot(everything.view(), out);
    DANJI_ASSERT(status.ok());
    bytes = out.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCount));
  state.counters["bytesPerItem"] = static_cast<double>(bytes) / kCount;
}
BENCHMARK(snapshotOf10000Entries)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace danji::bench
