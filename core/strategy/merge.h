// Merge: each field of an object is a last-write-wins register of its own.
//
// Two people who change different fields both keep their change. Fields are the top-level members
// or, where the definition says "deep", the leaves of nested plain objects; arrays are one value.
// A set is turned into the fields that differ from what its author saw. A deletion of the whole
// starts over: what was written before it is STALE, so no field rises from the dead.
//
// Registers form a tree. A write of a path loses to a later write of the path or of anything
// around it, replaces what is older inside it, and stands aside for what is later inside it. What
// was replaced by a member leaves its stamp behind: a write older than it stays replaced.
#pragma once

#include "core/strategy/strategy.h"

namespace danji {

struct Merge {
  static ErrorCode admit(const Entry& entry, const Change& change);
  static bool fold(Entry& entry, const Change& change, const Decided& decided);
  static void restart(Entry& entry, const Change& change, const Decided& decided);
  static Result<Change> intend(const Entry& shown, Intent intent);

  // The fields to write so that readers of `shown` see `value`.
  static std::vector<FieldChange> writesOf(const Entry& shown, const Value& value,
                                           const MergeRules& rules);
};

}  // namespace danji
