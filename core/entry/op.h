// Op: one atomic batch of changes in one space by one session; the smallest thing that is
// accepted or rejected. Record: an op with its decision and its place in the space's log.
//
// Inside a core, keys are places in a space's entry table and sessions and units are NameIds.
// core/wire turns them into tables of texts and back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/errors.h"
#include "core/base/mutation.h"
#include "core/entry/change.h"
#include "core/entry/stamp.h"

namespace danji {

struct Op {
  OpId id;
  NameId unit = 0;
  NameId grants = 0;  // What its author calls itself, where a key's permissions ask for it.
  double createdMillis = 0;  // This realm's clock; peers are told the age, never the time.
  Stamp observed;            // The greatest stamp the author saw on what it writes; of a void,
                             // the number that must be decided first.
  bool isHidden = false;     // Readers see nothing of it before it is decided.
  bool voids = false;        // Closes the session's numbers up to here; changes nothing.
                             // A hidden one takes its op back: it stands for a known number.
  std::vector<Change> changes;

  // Closes the numbers above `after` and up to id.sequence, which nobody will ever fill.
  static Op closing(OpId id, std::uint64_t after, NameId unit, double nowMillis) {
    return {.id = id, .unit = unit, .createdMillis = nowMillis, .observed = {after},
            .isHidden = false, .voids = true, .changes = {}};
  }
  // Takes the place of an op that somebody wants to be gone.
  static Op withdrawing(OpId id, NameId unit, double nowMillis) {
    Op op = closing(id, id.sequence - 1, unit, nowMillis);
    op.isHidden = true;
    return op;
  }
  bool withdraws() const { return voids && isHidden; }
  // Whether it is more than declarations of keys.
  bool writes() const {
    return std::any_of(changes.begin(), changes.end(),
                       [](const Change& change) { return change.kind != ChangeKind::define; });
  }
  // Whether it is the session's turn for this op when everything up to `floor` is decided.
  bool follows(std::uint64_t floor) const {
    if (mutation::isRemoved(mutation::Rule::opsInOrder)) return true;
    if (mutation::isRemoved(mutation::Rule::opDecidedOnce) && id.sequence <= floor) return !voids;
    return voids ? observed.ticks <= floor : id.sequence == floor + 1;
  }
};

struct Record {
  Op op;
  Stamp stamp;
  ErrorCode decision = ErrorCode::ok;
  // The author had not seen all that it wrote over; op.observed says how far it had. Elsewhere a
  // record doesn't carry op.observed.
  bool isConcurrent = false;

  bool accepted() const { return decision == ErrorCode::ok; }
};

}  // namespace danji
