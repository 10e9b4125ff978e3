// Shrinking: of a world that is red, the fewest faults and steps that still break the same rule.
#pragma once

#include <functional>
#include <string>

#include "tests/sim/schedule.h"

namespace danji::sim {

// What kind of fault a failure is, whoever it met and however often: its words.
std::string kindOf(const std::string& failure);

// Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002: large parts
// are left out first. Asks at most `asksMax` times.
using IsRed = std::function<bool(const Schedule&)>;
Schedule shrunk(Schedule red, const IsRed& isRed, int asksMax = 3000);

// The same of a seed's world, with what each of its steps does.
Schedule shrunkWorld(const Schedule& red, const std::string& failure);

}  // namespace danji::sim
