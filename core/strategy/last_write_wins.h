// LastWriteWins: the greater (stamp, index) stands; a deletion is a value like any other.
//
// Keeps the later of two writes and loses the earlier one. "Later" is the authority's word:
// it stamps an op with its own time less the op's age.
#pragma once

#include "core/strategy/strategy.h"

namespace danji {

struct LastWriteWins {
  static ErrorCode admit(const Entry& entry, const Change& change);
  static bool fold(Entry& entry, const Change& change, const Decided& decided);
  static void restart(Entry& entry, const Change& change, const Decided& decided);
  static Result<Change> intend(const Entry& shown, Intent intent);
};

}  // namespace danji
