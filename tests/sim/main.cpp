// danji_sim: plays worlds from seeds and says what happened in them.
//
//   danji_sim FIRST COUNT [STEPS]   plays COUNT seeds from FIRST on; prints the report, one line
//                                   a kind, and at last a digest over all final states
//   danji_sim tell SEED [STEPS]     plays one seed aloud
//
// The first line that begins with `red` names a seed that failed, and why. Exit code 1 then.

#include <cstdlib>
#include <cstring>

#include "tests/sim/world.h"

namespace {

using danji::sim::Report;
using danji::sim::World;

constexpr int kSteps = 200;

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

int play(std::uint64_t first, std::uint64_t count, int steps) {
  Report report;
  danji::ByteWriter digests;
  bool isRed = false;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    World world(seed, report, false);
    const std::string failure = world.run(steps);
    if (!failure.empty()) {
      std::printf("red\t%llu\t%s\n", static_cast<unsigned long long>(seed), failure.c_str());
      std::fflush(stdout);
      isRed = true;
    }
    digests.text(world.digest());
    if (digests.size() > 1 << 20) {
      const std::string sum = danji::digestOf(digests.view()).hex();
      digests.clear();
      digests.text(sum);
    }
  }
  report.print();
  std::printf("digest\t%s\n", danji::digestOf(digests.view()).hex().c_str());
  return isRed ? 1 : 0;
}

int tell(std::uint64_t seed, int steps) {
  Report report;
  const std::string failure = World(seed, report, true).run(steps);
  std::printf("%s\n", failure.empty() ? "all is well" : failure.c_str());
  return failure.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count >= 3 && std::strcmp(words[1], "tell") == 0) {
    return tell(number(words[2]), count > 3 ? std::atoi(words[3]) : kSteps);
  }
  if (count < 3) {
    std::fprintf(stderr, "danji_sim FIRST COUNT [STEPS] | danji_sim tell SEED [STEPS]\n");
    return 2;
  }
  return play(number(words[1]), number(words[2]), count > 3 ? std::atoi(words[3]) : kSteps);
}
