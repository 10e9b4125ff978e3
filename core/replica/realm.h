// Realm: what all replicas of one core share: names, definitions, the time, and the list of
// changes to be told. One realm is one tab, worker or server process.
#pragma once

#include <cstdint>

#include "core/entry/definitions.h"
#include "core/base/names.h"
#include "core/base/random.h"
#include "core/replica/changes.h"
#include "core/replica/held.h"

namespace danji {

struct Realm {
  Realm(std::string_view session, std::uint64_t seed) : random(seed) {
    self = sessions.intern(session);
  }

  Names sessions;  // 16 raw bytes each
  Names units;
  NameId self = 0;
  Definitions definitions;
  Changes changes;
  Random random;
  double nowMillis = 0;
  std::size_t ownPending = 0;  // Undecided ops of this session, in all spaces.
  HoldId lastHold = 0;
  bool keepsJournal = false;  // A test's wish: remember every record ever folded.
};

}  // namespace danji
