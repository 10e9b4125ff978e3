// FieldDifference: which fields a new value has otherwise than the old one.
#pragma once

#include <vector>

#include "core/entry/change.h"

namespace danji {

// The fields to set and to take away so that `before` becomes `after`. Fields are the top-level
// members or, by the rules, the leaves of nested objects; a field of a group brings its group.
std::vector<FieldChange> differenceOf(const Value& before, const Value& after,
                                      const MergeRules& rules);

}  // namespace danji
