// Schedule: a world as a list of steps, short enough to be read, and played again.
//
//   seed 12636            draws the scene, and all chances in it
//   without crashes       a fault that the scene has, and this play has not; any number of them
//   at 118 wait 3.217     a step: the place among the seed's draws where it begins, and the
//                         milliseconds that pass after it; behind # is what it did
//   heals at 4711         then everything heals, and is checked
//
// Every seed is such a list. A list with fewer steps or faults is another world, but each of its
// steps still draws what it drew before, so what is left of it means what it meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/scene.h"

namespace danji::sim {

struct Step {
  std::uint64_t draw = 0;
  double wait = 0;
  std::string what;
};

struct Schedule {
  std::uint64_t seed = 0;
  std::vector<std::string> without;
  std::vector<Step> steps;
  std::uint64_t healing = 0;
};

std::string textOf(const Schedule& schedule);
// Nothing when a line can't be read; `error` says which.
std::optional<Schedule> readSchedule(const std::string& text, std::string& error);

// The faults that a scene has and could be without.
std::vector<std::string> faultsOf(const Scene& scene);
// False when there is no such fault.
bool takeOut(const std::string& fault, Scene& scene);

}  // namespace danji::sim
