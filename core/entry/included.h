// Included: the ops whose effect a value has though its own log never decided them. The value was
// brought back from a log that ended, by a tab that had it; an author who was not answered there
// sends his op again, and is to learn that it counts, once.
//
// A session's numbers are told by where they change sides: an op is included when an odd number
// of the session's dots are at or above its number. [31] is all up to 31, [6, 7, 31] all but the
// seventh. A list is sorted by session, then by number.
#pragma once

#include <vector>

#include "core/entry/definition.h"
#include "core/entry/op_id.h"

namespace danji {

using Included = std::vector<OpId>;

// Whether sending an op again could do twice, or have refused, what a value has already. Under
// the other strategies the same write twice is one write.
bool keepsIncluded(StrategyKind strategy);

bool includes(const Included& included, OpId op);

Included sorted(const Included& dots);

// For each session the list that knows more of it: `now`, which was decided later, unless
// `before` goes further. Of too many sessions those that were heard of last.
Included joined(const Included& now, const Included& before);

}  // namespace danji
