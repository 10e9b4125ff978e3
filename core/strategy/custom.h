// Custom: the application's own function decides, run by the author.
//
// Functions don't travel. The author runs its function against the confirmed entry and sends the
// result with the op that had written that entry. If that is no longer the last word, the result
// is STALE and the author runs its function again; so the log holds results, and every replica
// just keeps them.
#pragma once

#include "core/strategy/strategy.h"

namespace danji {

struct Custom {
  static ErrorCode admit(const Entry& entry, const Change& change);
  static bool fold(Entry& entry, const Change& change, const Decided& decided);
  static void restart(Entry& entry, const Change& change, const Decided& decided);
  static Result<Change> intend(const Entry& shown, Intent intent);
};

}  // namespace danji
