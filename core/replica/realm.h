// Realm: what all replicas of one core share: names, definitions, the time, and the list of
// changes to be told. One realm is one tab, worker or server process.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/entry/definitions.h"
#include "core/base/names.h"
#include "core/base/random.h"
#include "core/replica/changes.h"
#include "core/replica/held.h"

namespace danji {

struct Realm {
  Realm(std::string_view session, std::uint64_t seed) : random(seed) {
    self = sessions.intern(session);
    grants.intern("");  // 0: none.
  }

  Names sessions;  // 16 raw bytes each
  Names units;
  Names grants;  // Lists, as core/entry/grants.h spells them; "*": all.
  NameId self = 0;
  Definitions definitions;
  Changes changes;
  std::unordered_map<NameId, NameId> grantsOfUnits;       // This page's.
  std::unordered_map<NameId, NameId> grantsOfOtherUnits;  // As they were told last.
  Random random;
  double nowMillis = 0;
  std::size_t ownPending = 0;  // Undecided ops of this session, in all spaces.
  HoldId lastHold = 0;
  bool keepsJournal = false;  // A test's wish: remember every record ever folded.
  bool hasLasting = false;    // Some key outlives the page.
  bool hasStorage = false;    // There is a disk (core/storage/storage.h),
  bool stirsStorage = false;  // and since it was asked last it may have something to do.

  // What a unit of this page calls itself.
  NameId grantsOf(NameId unit) const {
    const auto found = grantsOfUnits.find(unit);
    return found == grantsOfUnits.end() ? 0 : found->second;
  }
  // What whoever wrote under that name called itself, here or elsewhere.
  NameId lastGrantsOf(NameId unit) const {
    const auto found = grantsOfOtherUnits.find(unit);
    return grantsOfUnits.contains(unit) || found == grantsOfOtherUnits.end() ? grantsOf(unit)
                                                                             : found->second;
  }
  Grants grantsIn(NameId list) const {
    const std::string& text = grants.text(list);
    return text == "*" ? Grants::all() : Grants("", text);
  }
  Grants grantsIn(NameId list, NameId unit) const {
    const std::string& text = grants.text(list);
    return text == "*" ? Grants::all() : Grants(units.text(unit), text);
  }
  // What its author claims. In a tab that counts: it keeps teams from accidents.
  Grants claimsOf(const Op& op) const { return grantsIn(op.grants, op.unit); }
};

}  // namespace danji
