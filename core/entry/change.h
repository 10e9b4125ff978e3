// Change: what an op does to one entry. What it means is the strategy's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/entry/definition.h"
#include "core/entry/op_id.h"
#include "core/value/value.h"

namespace danji {

using EntryId = std::uint32_t;

enum class ChangeKind : std::uint8_t {
  define = 0,  // The key means this from now on: the first definition stands, and of its contracts
               // the one with the highest schema version.
  set = 1,
  unset = 2,    // Back to the default. A deletion is a write like any other.
  fill = 3,     // Brings back what a new log lacks: set if never written, older than any write.
  patch = 4,    // Fields of a merge.
  add = 5,      // To a sum: `value` is a count of units of its last digit.
  resolve = 6,  // The choice between values: refused when one of them is gone.
  reset = 7,    // Exactly this value, whatever the strategy: a snapshot is brought back.
  fillFields = 8,  // A fill of the fields that nobody has written.
};

inline constexpr ChangeKind kChangeLast = ChangeKind::fillFields;

// Whether a change of this kind says what it does by `fields`.
inline bool carriesFields(ChangeKind kind) {
  return kind == ChangeKind::patch || kind == ChangeKind::fillFields;
}

// A field's new value, or that it is taken away. Paths are JSON Pointers (field_path.h).
struct FieldChange {
  std::string path;
  Value value;  // Below the root the JSON text of any value; unset: taken away.

  bool operator==(const FieldChange&) const = default;
};

// A field's value: below the root it is JSON text, empty when taken away.
void encodeFieldValue(ByteWriter& out, std::string_view path, const Value& value);
Value decodeFieldValue(ByteReader& in, std::string_view path);

// What must be true of the confirmed entry for the op to be accepted.
enum class Expectation : std::uint8_t {
  nothing = 0,
  absent = 1,     // It has no value.
  writtenBy = 2,  // `expected` wrote it last; sequence 0: it was never written.
};

struct Change {
  ChangeKind kind = ChangeKind::set;
  EntryId entry = 0;
  std::uint64_t fingerprint = 0;  // Of the definition under which the author wrote.
  Value value = Value();
  // Under which its author wrote; in a record only of a define.
  const KnownDefinition* definition = nullptr;
  std::uint64_t incarnation = 0;  // The one the author saw, where the strategy counts them.
  std::vector<FieldChange> fields = {};  // Of a patch or fillFields.
  // user_resolve: the values that this one replaces; of a fill: what its value includes.
  std::vector<OpId> observed = {};
  Expectation expectation = Expectation::nothing;
  OpId expected = {};
};

}  // namespace danji
