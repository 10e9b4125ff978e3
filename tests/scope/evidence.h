// Evidence: what a key's value says of an op: that it was applied, how often, or nothing.
#pragma once

#include <optional>
#include <string>

#include "tests/scope/plan.h"

namespace danji::scope {

// What each addition to a bounded sum takes of it, besides its mark.
inline constexpr double kPiece = 4294967296.0;

// All that an op writes is told by the value that it writes: see plans.cpp. Nothing: the value
// doesn't say.
std::optional<int> timesApplied(const Plan& plan, const Write& write,
                                const std::string& value);

// Empty, or which op is there in part or more than once. `values` by key.
std::string findHalfOp(const Plan& plan, const std::vector<std::string>& values);

}  // namespace danji::scope
