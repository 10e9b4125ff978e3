// Strategy: what an accepted op does to an entry, when an op must be refused, and which op a
// write of the author becomes.
//
// The author's core calls intend() in the call, with what the author sees. The authority calls
// admit() once for each change, against the confirmed entry. Every replica then calls fold() for
// each change of each accepted record, in log order. fold() is a pure function of its arguments:
// same entry, same change, same record, same result everywhere. What readers see while an op is
// undecided is a fold too, into a copy; so fold() must also stand a change that would be refused.
//
// A strategy is one pair of files with these functions, named here in one switch; it is done
// when tests/core/strategy_laws_test.cpp lists it and is green.
#pragma once

#include "core/base/result.h"
#include "core/entry/entry.h"

namespace danji {

// What an author wants of an entry.
struct Intent {
  enum class Kind : std::uint8_t { set, unset, add, reset };
  Kind kind = Kind::set;
  Value value;  // add: the number to add.
  const KnownDefinition* definition = nullptr;
};

// INVALID_VALUE when the strategy can't hold the value, OUT_OF_RANGE. Leaves `entry` and
// `fingerprint` of the change to the caller.
Result<Change> intendChange(const Entry& shown, Intent intent);

// The choice of `value` (unset: none of them) between the values that `observed` wrote.
Change choose(Value value, std::vector<OpId> observed);

// What readers see of an entry that was just set to `value`: the same, or the same with its
// members in another order.
Value shownAfter(const KnownDefinition& definition, const Value& value);

// ok; STALE or CONFLICT when the entry is not what the author saw; OUT_OF_RANGE, TOO_LARGE; or
// MALFORMED for a change that no author makes under this strategy.
ErrorCode admitChange(const Entry& entry, const Change& change, OpId op);

// True when the entry's canonical state changed.
bool foldChange(Entry& entry, const Change& change, const Decided& decided);

}  // namespace danji
