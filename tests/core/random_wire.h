// Random messages as tabs could send them: every optional field present and absent, tables of
// all sizes, ops that share much and little with the one before.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/entry/included.h"
#include "core/entry/part.h"
#include "core/wire/messages.h"
#include "tests/core/random_input.h"

namespace danji::testing_input {

inline Value anyValue(RandomInput& random) {
  switch (random.below(7)) {
    case 0:
      return Value::null();
    case 1:
      return Value::boolean(random.oneIn(2));
    case 2:
      return Value::number(static_cast<double>(random.below(1'000'000)) - 500'000);
    case 3:
      return Value::number(static_cast<double>(random.below(1'000)) + 0.25);
    case 4:
      return Value::json("\"Ada " + std::to_string(random.below(100)) + "\"");
    case 5:
      return Value::json("[1,2,{\"apples\":" + std::to_string(random.below(9)) + "}]");
    default:
      return Value::json("{\"cart\":{\"apples\":" + std::to_string(random.below(9)) + "}}");
  }
}

inline Definition anyDefinition(RandomInput& random) {
  return {.scope = Scope::apartment,
          .plane = Plane::device,
          .strategy = static_cast<StrategyKind>(
              random.below(static_cast<std::uint64_t>(kStrategyLast) + 1)),
          .parameters = random.oneIn(2) ? ""
                                        : "{\"sum\":{\"max\":" + std::to_string(random.below(3)) + "}}"};
}

inline Contract anyContract(RandomInput& random) {
  Contract contract;
  if (random.oneIn(2)) {
    contract.version = random.oneOf<std::string>({"1", "2", "1.9", "1.10.0"});
    contract.schema = "{\"properties\":{},\"required\":[]}";
  }
  if (random.oneIn(3)) contract.permissions = "{\"write\":\"*\"}";
  if (random.oneIn(3)) contract.lifetime = static_cast<Lifetime>(1 + random.below(2));
  return contract;
}

inline std::string anyAddress(RandomInput& random) {
  return random.oneOf<std::string>({"device/global", "device/apartment:main",
                                    "device/building:main/checkout"});
}

inline std::vector<std::string> anySessions(RandomInput& random, std::uint64_t end) {
  std::vector<std::string> sessions(random.below(end));
  for (std::string& session : sessions) session = random.session();
  return sessions;
}

inline WireTables anyTables(RandomInput& random) {
  WireTables tables;
  tables.sessions = anySessions(random, 3);
  tables.sessions.push_back(random.session());
  for (std::uint64_t i = random.below(3) + 1; i > 0; --i) {
    tables.units.push_back({.name = "unit-" + std::to_string(random.below(10)),
                            .grants = random.oneIn(3) ? "role:staff" : ""});
  }
  for (std::uint64_t i = random.below(5) + 1; i > 0; --i) {
    WireKey row{.key = "note." + std::to_string(random.below(20)),
                .fingerprint = 0,
                .definition = std::nullopt};
    if (random.oneIn(3)) row.fingerprint = random.any() | 1;
    if (random.oneIn(3)) {
      row.definition = anyDefinition(random);
      row.fingerprint = fingerprintOf(*row.definition);
      if (random.oneIn(2)) row.contract = anyContract(random);
    }
    tables.keys.push_back(std::move(row));
  }
  return tables;
}

inline WireDot anyDot(RandomInput& random, const WireTables& tables) {
  return {.session = static_cast<std::uint32_t>(random.below(tables.sessions.size())),
          .sequence = 1 + random.below(1'000)};
}

inline FieldChange anyField(RandomInput& random) {
  FieldChange field{.path = random.oneOf<std::string>({"", "/city", "/to/city", "/a~1b"}),
                    .value = Value()};
  if (field.path.empty()) {
    field.value = anyValue(random);
  } else if (!random.oneIn(3)) {
    field.value = Value::json(random.oneOf<std::string>({"1", "\"Bern\"", "{\"zip\":3000}", "null"}));
  }
  return field;
}

inline WireChange anyChange(RandomInput& random, const WireTables& tables) {
  WireChange change;
  change.key = static_cast<std::uint32_t>(random.below(tables.keys.size()));
  change.kind = static_cast<ChangeKind>(
      random.below(static_cast<std::uint64_t>(kChangeLast) + 1));
  if (change.kind == ChangeKind::define && !tables.keys[change.key].definition) {
    change.kind = ChangeKind::set;
  }
  switch (change.kind) {
    case ChangeKind::define:
    case ChangeKind::unset:
      break;
    case ChangeKind::patch:
    case ChangeKind::fillFields:
      for (std::uint64_t i = random.below(4); i > 0; --i) {
        change.fields.push_back(anyField(random));
      }
      break;
    default:
      change.value = anyValue(random);
  }
  if (random.oneIn(4)) change.incarnation = random.below(5);
  if (random.oneIn(5)) change.expectation = Expectation::absent;
  if (random.oneIn(5)) {
    change.expectation = Expectation::writtenBy;
    if (random.oneIn(2)) change.expected = anyDot(random, tables);
  }
  for (std::uint64_t i = random.oneIn(4) ? random.below(4) : 0; i > 0; --i) {
    change.observed.push_back(anyDot(random, tables));
  }
  return change;
}

inline WireOp anyOp(RandomInput& random, const WireTables& tables, std::uint64_t previous) {
  WireOp op;
  op.session = static_cast<std::uint32_t>(random.below(tables.sessions.size()));
  op.sequence = random.oneIn(2) ? previous + 1 : 1 + random.below(1'000'000);
  op.unit = static_cast<std::uint32_t>(random.below(tables.units.size()));
  op.ageMillis = random.oneIn(2) ? 0 : random.below(100'000);
  op.observed = random.oneIn(2) ? 0 : random.any() >> 1;
  op.voids = random.oneIn(10);
  op.isHidden = random.oneIn(4);
  if (op.voids && op.isHidden) op.observed = op.sequence - 1;
  for (std::uint64_t i = op.voids ? 0 : random.below(4); i > 0; --i) {
    op.changes.push_back(anyChange(random, tables));
  }
  return op;
}

inline PushSection anyPushSection(RandomInput& random, const WireTables& tables) {
  PushSection section{.address = anyAddress(random),
                      .epoch = random.any(),
                      .cursor = random.below(1'000),
                      .ops = {}};
  std::uint64_t previous = 0;
  for (std::uint64_t i = random.below(6); i > 0; --i) {
    section.ops.push_back(anyOp(random, tables, previous));
    previous = section.ops.back().sequence;
  }
  return section;
}

inline RecordsSection anyRecordsSection(RandomInput& random, const WireTables& tables) {
  RecordsSection section{.address = anyAddress(random),
                         .epoch = random.any(),
                         .from = 1 + random.below(1'000),
                         .records = {}};
  WireRecord previous;
  for (std::uint64_t i = random.below(6); i > 0; --i) {
    WireRecord record{.op = anyOp(random, tables, previous.op.sequence),
                      .stamp = previous.stamp.next(),
                      .decision = ErrorCode::ok};
    record.op.ageMillis = 0;  // Records don't carry it,
    record.op.isHidden = false;  // and nothing that is decided is hidden.
    record.isConcurrent = random.oneIn(4);
    if (!record.isConcurrent) record.op.observed = 0;
    if (random.oneIn(2)) record.stamp = {random.any() >> 2};
    if (random.oneIn(4)) record.decision = ErrorCode::definitionClash;
    section.records.push_back(record);
    previous = record;
  }
  return section;
}

inline std::vector<FloorState> anyIncluded(RandomInput& random,
                                           const std::vector<std::string>& sorted) {
  std::vector<FloorState> included;
  for (const std::string& session : sorted) {
    if (random.oneIn(2)) included.push_back({session, 1 + random.below(9)});
    if (random.oneIn(3)) included.push_back({session, 10 + random.below(9)});
  }
  return included;
}

inline SpaceState anySpaceState(RandomInput& random, std::string address) {
  SpaceState state{.address = std::move(address),
                   .epoch = random.any(),
                   .index = 1 + random.below(1'000),
                   .lastStamp = {random.any() >> 2},
                   .floors = {},
                   .entries = {}};
  std::vector<std::string> sessions = anySessions(random, 3);
  sessions.push_back(random.session());
  std::sort(sessions.begin(), sessions.end());
  for (const std::string& session : sessions) {
    state.floors.push_back({session, 1 + random.below(99)});
  }
  std::set<std::string> keys;
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    keys.insert("note." + std::to_string(random.below(50)));
  }
  for (const std::string& key : keys) {
    EntryState entry;
    entry.key = key;
    entry.definition = anyDefinition(random);
    if (random.oneIn(3)) entry.contract = anyContract(random);
    if (!random.oneIn(4)) {
      entry.version = 1 + random.below(state.index);
      entry.stamp = {state.lastStamp.ticks - random.below(1'000) % (state.lastStamp.ticks + 1)};
      entry.session = random.oneOf(sessions);
      entry.sequence = 1 + random.below(99);
      entry.unit = "unit-" + std::to_string(random.below(3));
      if (!keepsParts(entry.definition.strategy)) {
        if (!random.oneIn(4)) entry.value = anyValue(random);
        if (keepsIncluded(entry.definition.strategy)) entry.included = anyIncluded(random, sessions);
      } else if (!random.oneIn(4)) {
        entry.parts.push_back({.path = "",
                               .value = anyValue(random),
                               .stamp = entry.stamp,
                               .version = entry.version,
                               .sequence = entry.sequence,
                               .session = entry.session,
                               .unit = entry.unit});
        entry.value = entry.parts.front().value;
      }
      if (keepsIncarnation(entry.definition.strategy)) {
        entry.incarnation = random.below(entry.version);
      }
    }
    state.entries.push_back(std::move(entry));
  }
  return state;
}

inline std::vector<Cursor> anyCursors(RandomInput& random) {
  std::vector<Cursor> cursors(random.below(4));
  for (Cursor& cursor : cursors) {
    cursor = {.address = anyAddress(random), .epoch = random.any(), .index = random.below(1'000)};
  }
  return cursors;
}

}  // namespace danji::testing_input
