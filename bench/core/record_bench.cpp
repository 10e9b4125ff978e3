// Records by themselves: folding them into a space, and the bytes in which they travel.

#include <benchmark/benchmark.h>

#include "bench/core/tab.h"
#include "core/space/space.h"
#include "core/wire/ops.h"

namespace danji::bench {
namespace {

constexpr std::size_t kCount = 100;

// A hundred writes of one session in one millisecond, to ten keys.
RecordsSection sectionOfNumbers() {
  RecordsSection section{
      .address = std::string(kAddress), .epoch = 1, .from = 1, .records = {}};
  const Stamp first = Stamp::atMillis(kNowMillis);
  for (std::size_t i = 0; i < kCount; ++i) {
    WireRecord record;
    record.op.sequence = i + 1;
    record.op.changes.push_back({.kind = ChangeKind::set,
                                 .key = static_cast<std::uint32_t>(i % 10),
                                 .value = Value::number(static_cast<double>(i))});
    record.stamp = {first.ticks + i};
    section.records.push_back(std::move(record));
  }
  return section;
}

WireTables tablesOfNumbers() {
  WireTables tables{.sessions = {std::string(16, 'a')}, .units = {"cart"}, .keys = {}};
  for (std::size_t i = 0; i < 10; ++i) {
    tables.keys.push_back(
        {.key = "key-" + std::to_string(i), .fingerprint = 0, .definition = std::nullopt});
  }
  return tables;
}

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
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCount));
  state.counters["bytesPerItem"] = static_cast<double>(bytes) / kCount;
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
    DANJI_ASSERT(in.finished() && section.records.size() == kCount);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCount));
}
BENCHMARK(decode100Records)->Unit(benchmark::kMicrosecond);

void foldRecord(benchmark::State& state) {
  Names names;
  names.intern(std::string(16, 'a'));
  Definitions definitions;
  const KnownDefinition* known = definitions.learn(Definition());
  Space space(Address::parse(kAddress).value(), names, names, definitions);
  const EntryId entry = space.entryOf("count");
  Record record{.op = {.id = {.session = 0, .sequence = 1},
                       .unit = 0,
                       .createdMillis = kNowMillis,
                       .observed = {},
                       .voids = false,
                       .changes = {{.kind = ChangeKind::define,
                                    .entry = entry,
                                    .fingerprint = known->fingerprint,
                                    .definition = known}}},
                .stamp = Stamp::atMillis(kNowMillis)};
  space.fold(record);
  record.op.changes.front() = {.kind = ChangeKind::set,
                               .entry = entry,
                               .fingerprint = 0,
                               .value = Value::number(7)};
  for (auto _ : state) {
    ++record.op.id.sequence;
    record.stamp = record.stamp.next();
    space.fold(record);
  }
  state.SetItemsProcessed(state.iterations());
  DANJI_ASSERT(space.entry(entry).version == space.index());
}
BENCHMARK(foldRecord);

}  // namespace
}  // namespace danji::bench
