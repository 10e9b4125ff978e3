// Plans: for each strategy, and for each two in one batch, who writes how often.
#pragma once

#include <string>
#include <vector>

#include "tests/scope/plan.h"

namespace danji::scope {

struct Size {
  std::size_t pages = 3;
  std::size_t ops = 5;
  std::size_t crashes = 2;
  bool hasServer = false;
};

// last_write_wins, first_write_wins, merge, merge_deep, sum, sum_bounded, user_resolve, custom.
const std::vector<std::string>& strategyNames();
// One of those, or one with what follows behind.
bool isStrategy(const std::string& name);

// The same where each page takes the value away with every other op: what is there says no more
// which ops were applied.
inline constexpr const char* kTakingBack = "_unset";

// One key, or several that every batch writes together.
Plan planFor(const std::vector<std::string>& strategies, const Size& size);
// The ops are spread over the pages in all ways, and so are the crashes. Pages that only follow are
// alike, so one order of them is enough.
std::vector<Measure> measuresOf(const Size& size);

}  // namespace danji::scope
