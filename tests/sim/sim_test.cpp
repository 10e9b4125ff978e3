// Simulated worlds agree in the end, whatever happened on the way; under the sanitizers, so fewer
// of them than `npm run sim` plays.
//
//   DANJI_SEEDS=200000  plays so many seeds instead of 200
//   DANJI_FIRST=5000    begins with this one
//   DANJI_SEED=123      plays this one only, and tells what happens

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/sim/world.h"

namespace danji::sim {
namespace {

constexpr int kSteps = 200;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void play(std::uint64_t seed, bool tells = false) {
  Report report;
  const std::string failure = World(seed, report, {.tells = tells}).run(kSteps);
  EXPECT_EQ(failure, "") << "npm run sim -- --seed " << seed;
}

TEST(World, replicas_agree_and_lose_no_write_of_a_surviving_tab) {
  if (const std::uint64_t only = setting("DANJI_SEED", 0); only != 0) return play(only, true);
  const std::uint64_t first = setting("DANJI_FIRST", 1);
  const std::uint64_t count = setting("DANJI_SEEDS", 200);

  for (std::uint64_t seed = first; seed < first + count; ++seed) play(seed);
}

// Seeds that found a bug once, one a line, with what it was.
TEST(World, no_bug_that_was_found_once_comes_back) {
  std::ifstream seeds(std::string(DANJI_SOURCE_FOLDER) + "/tests/sim/seeds.txt");
  ASSERT_TRUE(seeds.is_open());

  std::string line;
  while (std::getline(seeds, line)) {
    if (line.empty() || line.front() == '#') continue;
    play(std::strtoull(line.c_str(), nullptr, 10));
  }
}

}  // namespace
}  // namespace danji::sim
