// UserResolve: concurrent values are all kept until a person chooses.
//
// A write replaces the values that its author saw and stands beside those it did not see; no clock
// is asked. Readers see the oldest meanwhile. Equal values are one. A choice names the values it
// was made between: when one of them is gone, it is CONFLICT. At most kSiblingsMax values wait.
//
// These are dotted multi-value registers (Almeida, Baquero et al., "Scalable and Accurate
// Causality Tracking for Eventually Consistent Stores", 2014) with the op id as the dot.
#pragma once

#include "core/strategy/strategy.h"

namespace danji {

struct UserResolve {
  static ErrorCode admit(const Entry& entry, const Change& change);
  static bool fold(Entry& entry, const Change& change, const Decided& decided);
  static void restart(Entry& entry, const Change& change, const Decided& decided);
  static Result<Change> intend(const Entry& shown, Intent intent);
};

}  // namespace danji
