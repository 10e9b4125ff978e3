// Verdict: what must be true of a small world at every place, and when nothing more happens.
#pragma once

#include <string>

#include "tests/scope/world.h"

namespace danji::scope {

// Pages that are at the same place of the same log have the same state.
std::string findFork(const World& world, const State& state);
// Empty when all is well at rest: one page decides and all know it, all have the same state and
// nothing undecided, every op of a page that lives was told of once, and what was told is so.
std::string findFaultAtRest(const World& world, const State& state);

}  // namespace danji::scope
