// Sum: the default plus every accepted addition, exactly.
//
// A set adds the difference to what its author saw, so two people who count up by one at the same
// time count up by two. Counted in units of the last digit, as integers: nothing is rounded. A
// deletion starts over, and what was added before it is STALE. Bounds are kept by the authority:
// OUT_OF_RANGE.
#pragma once

#include "core/strategy/strategy.h"

namespace danji {

struct Sum {
  static ErrorCode admit(const Entry& entry, const Change& change);
  static bool fold(Entry& entry, const Change& change, const Decided& decided);
  static void restart(Entry& entry, const Change& change, const Decided& decided);
  static Result<Change> intend(const Entry& shown, Intent intent);
};

}  // namespace danji
