// A hundred writes of one session in one millisecond, to ten keys, as they travel.
#pragma once

#include <string>

#include "bench/core/tab.h"
#include "core/wire/ops.h"

namespace danji::bench {

inline constexpr std::size_t kRecordCount = 100;

inline RecordsSection sectionOfNumbers() {
  RecordsSection section{
      .address = std::string(kAddress), .epoch = 1, .from = 1, .records = {}};
  const Stamp first = Stamp::atMillis(kNowMillis);
  for (std::size_t i = 0; i < kRecordCount; ++i) {
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

inline WireTables tablesOfNumbers() {
  WireTables tables{
      .sessions = {std::string(16, 'a')}, .units = {{.name = "cart", .grants = {}}}, .keys = {}};
  for (std::size_t i = 0; i < 10; ++i) {
    tables.keys.push_back(
        {.key = "key-" + std::to_string(i), .fingerprint = 0, .definition = std::nullopt});
  }
  return tables;
}

}  // namespace danji::bench
