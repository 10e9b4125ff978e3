// Ops and records as bytes: many in one frame, with what they share told once at its head.
//
//   tables   := sessions, units, keys
//   sessions := count varint, (16 bytes)*
//   units    := count varint, text*                 unit, [" " grants] (core/entry/grants.h)
//   keys     := count varint, (key text, form u8, [fingerprint u64 | meaning])*
//               form 0: key only | 1: fingerprint | 2: meaning (entry/definition.h)
//
//   push     := address text, epoch u64, cursor varint, count varint, op*
//   op       := flags u8, [session varint], [sequence varint], [unit varint], [age varint],
//               [observed varint], [changeCount varint], change*
//   records  := address text, epoch u64, from varint, count varint, record*
//   record   := flags u8, [session varint], [sequence varint], [unit varint],
//               [millis zigzag, counter varint], [decision u8], [observed varint],
//               [changeCount varint], change*
//   change   := key * 8 + kind varint, content               kind 0 to 5, and no extras
//             | key * 8 + 7 varint, kind u8, extras u8, [incarnation varint], [expected dot],
//               [observed count varint, dot*], content
//   content  := nothing (define, unset) | value (set, fill, add, resolve, reset)
//             | count varint, (path text, value of a field)*  (patch, fillFields)
//   dot      := sequence varint, [session varint]             sequence 0: no op
//
// Flags say which fields repeat the previous op's (same session, next sequence, same unit, same
// age or next stamp, one change) and so cost no byte. A number set in a frame of a hundred
// takes about six bytes. In a push one flag says that readers see nothing of the op yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/entry/op.h"

namespace danji {

struct WireKey {
  std::string key;
  std::uint64_t fingerprint = 0;
  std::optional<Definition> definition;
  Contract contract = {};  // Beside a definition.
};

// A unit as it calls itself in some ops; it may have a row for each.
struct WireUnit {
  std::string name;
  std::string grants = {};
};

struct WireTables {
  std::vector<std::string> sessions;
  std::vector<WireUnit> units;
  std::vector<WireKey> keys;
};

// An op that a change names.
struct WireDot {
  std::uint32_t session = 0;
  std::uint64_t sequence = 0;
};

struct WireChange {
  ChangeKind kind = ChangeKind::set;
  std::uint32_t key = 0;
  Value value = Value();
  std::uint64_t incarnation = 0;
  std::vector<FieldChange> fields = {};
  std::vector<WireDot> observed = {};
  Expectation expectation = Expectation::nothing;
  WireDot expected = {};
};

// `session`, `unit` and the changes' `key` are places in the tables.
struct WireOp {
  std::uint32_t session = 0;
  std::uint64_t sequence = 0;
  std::uint32_t unit = 0;
  std::uint64_t ageMillis = 0;
  std::uint64_t observed = 0;
  bool isHidden = false;  // push only
  bool voids = false;
  std::vector<WireChange> changes;
};

struct WireRecord {
  WireOp op;
  Stamp stamp;
  ErrorCode decision = ErrorCode::ok;
  bool isConcurrent = false;  // Only then op.observed is told.
};

struct PushSection {
  std::string address;
  std::uint64_t epoch = 0;
  std::uint64_t cursor = 0;  // How far the sender has folded: what it must be told from.
  std::vector<WireOp> ops;
};

struct RecordsSection {
  std::string address;
  std::uint64_t epoch = 0;
  std::uint64_t from = 0;  // Index of the first record.
  std::vector<WireRecord> records;
};

void encode(ByteWriter& out, const WireTables& tables);
void encode(ByteWriter& out, const PushSection& section);
void encode(ByteWriter& out, const RecordsSection& section);

WireTables decodeTables(ByteReader& in);
PushSection decodePushSection(ByteReader& in, const WireTables& tables);
RecordsSection decodeRecordsSection(ByteReader& in, const WireTables& tables);

}  // namespace danji
