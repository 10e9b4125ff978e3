// Records by themselves: folding them into a space, and the bytes in which they travel.

#include <benchmark/benchmark.h>

#include "bench/core/records.h"
#include "bench/core/space_of_one.h"

namespace danji::bench {
namespace {

void encode100Records(benchmark::State& state) {
  const RecordsSection section = sectionOfNumbers();
  const WireTables tables = tablesOfNumbers();
  std::size_t bytes = 0;
  for (auto _ : state) {
    ByteWriter out;
    encode(out, tables);
    encode(out, section);
    bytes = out.size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecordCount));
  state.counters["bytesPerItem"] = static_cast<double>(bytes) / kRecordCount;
}
BENCHMARK(encode100Records)->Unit(benchmark::kMicrosecond);

void decode100Records(benchmark::State& state) {
  ByteWriter bytes;
  encode(bytes, tablesOfNumbers());
  encode(bytes, sectionOfNumbers());
  for (auto _ : state) {
    ByteReader in(bytes.view());
    const WireTables tables = decodeTables(in);
    const RecordsSection section = decodeRecordsSection(in, tables);
    DANJI_ASSERT(in.finished() && section.records.size() == kRecordCount);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecordCount));
}
BENCHMARK(decode100Records)->Unit(benchmark::kMicrosecond);

void foldRecord(benchmark::State& state) {
  SpaceOfOne space;
  for (auto _ : state) space.foldNext();
  state.SetItemsProcessed(state.iterations());
  DANJI_ASSERT(space.hasFoldedAll());
}
BENCHMARK(foldRecord);

}  // namespace
}  // namespace danji::bench
