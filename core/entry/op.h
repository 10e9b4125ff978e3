// Op: one atomic batch of changes in one space by one session; the smallest thing that is
// accepted or rejected. Record: an op with its decision and its place in the space's log.
//
// Inside a core, keys are places in a space's entry table and sessions and units are NameIds.
// core/wire turns them into tables of texts and back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/errors.h"
#include "core/base/names.h"
#include "core/entry/definition.h"
#include "core/entry/stamp.h"
#include "core/value/value.h"

namespace danji {

using EntryId = std::uint32_t;

enum class ChangeKind : std::uint8_t {
  define = 0,  // The key means this from now on; the first definition stands.
  set = 1,
  unset = 2,  // Back to the default. A deletion is a write like any other.
  fill = 3,   // Brings back what a new log lacks: set if never written, older than any write.
};

struct Change {
  ChangeKind kind = ChangeKind::set;
  EntryId entry = 0;
  std::uint64_t fingerprint = 0;  // Of the definition under which the author wrote.
  Value value;
  std::optional<Definition> definition;  // Of a define.
};

struct OpId {
  NameId session = 0;
  std::uint64_t sequence = 0;  // 1, 2, 3 … per session and space, given at the call.

  bool operator==(const OpId&) const = default;
};

struct Op {
  OpId id;
  NameId unit = 0;
  double createdMillis = 0;  // This realm's clock; peers are told the age, never the time.
  Stamp observed;            // The greatest stamp the author saw on what it writes; of a void,
                             // the number that must be decided first.
  bool voids = false;        // Closes the session's numbers up to here; changes nothing.
  std::vector<Change> changes;

  // Closes the numbers above `after` and up to id.sequence, which nobody will ever fill.
  static Op closing(OpId id, std::uint64_t after, NameId unit, double nowMillis) {
    return {.id = id, .unit = unit, .createdMillis = nowMillis, .observed = {after},
            .voids = true, .changes = {}};
  }
  // Whether it is the session's turn for this op when everything up to `floor` is decided.
  bool follows(std::uint64_t floor) const {
    return voids ? observed.ticks <= floor : id.sequence == floor + 1;
  }
};

struct Record {
  Op op;
  Stamp stamp;
  ErrorCode decision = ErrorCode::ok;

  bool accepted() const { return decision == ErrorCode::ok; }
};

}  // namespace danji
