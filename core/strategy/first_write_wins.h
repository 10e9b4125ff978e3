// FirstWriteWins: the first accepted value stands until somebody takes it away.
//
// "First" is the order of the log, so no clock can claim it. A later set is CONFLICT; an unset
// by somebody who saw the value starts over, and an unset by somebody who saw an earlier one is
// STALE. For the last seat, the name of a room, who is on duty.
#pragma once

#include "core/strategy/strategy.h"

namespace danji {

struct FirstWriteWins {
  static ErrorCode admit(const Entry& entry, const Change& change);
  static bool fold(Entry& entry, const Change& change, const Decided& decided);
  static void restart(Entry& entry, const Change& change, const Decided& decided);
  static Result<Change> intend(const Entry& shown, Intent intent);
};

}  // namespace danji
