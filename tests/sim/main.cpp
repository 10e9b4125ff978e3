// danji_sim: plays worlds from seeds and says what happened in them.
//
//   danji_sim play FIRST COUNT [STEPS]   plays COUNT seeds from FIRST on; prints the report, one
//                                        line a kind, and at last a digest over all final states
//   danji_sim tell SEED [STEPS]          plays one seed aloud
//   danji_sim skew FIRST COUNT [RULE]    plays each seed twice, with right clocks and with clocks
//                                        that are wrong by up to a day: the ends must be the same
//   danji_sim without RULE FIRST COUNT   plays without a rule of the core, until a world is red;
//                                        RULE is a place in core/base/mutation.h, from 1 on
//   danji_sim shrink SEED [RULE]         prints the shortest schedule in which a red seed breaks the
//                                        same rule (tests/sim/schedule.h)
//   danji_sim perform FILE [aloud]       plays a schedule
//
// A line that begins with `red` names a seed that failed, and why. Exit code 1 then.

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#ifndef __EMSCRIPTEN__
#include <sys/resource.h>
#endif

#include "tests/sim/shrink.h"
#include "tests/sim/world.h"

namespace {

using danji::sim::Manner;
using danji::sim::Report;
using danji::sim::World;

constexpr int kSteps = 200;

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

void tellRed(std::uint64_t seed, const std::string& failure) {
  std::printf("red\t%llu\t%s\n", static_cast<unsigned long long>(seed), failure.c_str());
  std::fflush(stdout);
}

// A world needs some megabytes. One that answers itself for ever, as some do without a rule, is to
// end the process and not the machine.
void boundMemory() {
#ifndef __EMSCRIPTEN__
  constexpr rlim_t bytes = rlim_t{2} << 30;
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
#endif
}

// Digests of many worlds, as one.
class Sum {
 public:
  void add(const std::string& digest) {
    bytes_.text(digest);
    if (bytes_.size() < 1 << 20) return;
    const std::string sum = danji::digestOf(bytes_.view()).hex();
    bytes_.clear();
    bytes_.text(sum);
  }
  void print() const { std::printf("digest\t%s\n", danji::digestOf(bytes_.view()).hex().c_str()); }

 private:
  danji::ByteWriter bytes_;
};

int play(std::uint64_t first, std::uint64_t count, int steps) {
  Report report;
  Sum sum;
  bool isRed = false;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    World world(seed, report);
    const std::string failure = world.run(steps);
    if (!failure.empty()) tellRed(seed, failure);
    isRed = isRed || !failure.empty();
    sum.add(world.digest());
  }
  report.print();
  sum.print();
  return isRed ? 1 : 0;
}

int tell(std::uint64_t seed, int steps) {
  Report report;
  const std::string failure = World(seed, report, {.tells = true}).run(steps);
  if (failure.empty()) {
    std::printf("all is well\n");
  } else {
    tellRed(seed, failure);
  }
  return failure.empty() ? 0 : 1;
}

int skew(std::uint64_t first, std::uint64_t count) {
  Report report;
  bool isRed = false;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    World right(seed, report, {.skew = Manner::Skew::none});
    World wrong(seed, report, {.skew = Manner::Skew::day});
    std::string failure = right.run(kSteps);
    if (failure.empty()) failure = wrong.run(kSteps);
    const bool isSame = right.serverDigest() == wrong.serverDigest();
    if (failure.empty() && !isSame) failure = "another end with wrong clocks";
    if (!failure.empty()) tellRed(seed, failure);
    isRed = isRed || !failure.empty();
  }
  return isRed ? 1 : 0;
}

// Takes a rule out, where the build can.
bool takeOut([[maybe_unused]] std::uint64_t rule) {
#ifdef DANJI_MUTATIONS
  danji::mutation::removed = static_cast<danji::mutation::Rule>(rule);
  return true;
#else
  std::fprintf(stderr, "This build has all rules.\n");
  return false;
#endif
}

int without(std::uint64_t rule, std::uint64_t first, std::uint64_t count) {
  if (!takeOut(rule)) return 2;
  Report report;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::string failure = World(seed, report).run(kSteps);
    if (failure.empty()) continue;
    tellRed(seed, failure);
    return 1;
  }
  return 0;
}

int shrink(std::uint64_t seed) {
  Report report;
  World world(seed, report, {.notes = true});
  const std::string failure = world.run(kSteps);
  if (failure.empty()) {
    std::printf("all is well\n");
    return 0;
  }
  const danji::sim::Schedule schedule = danji::sim::shrunkWorld(world.schedule(), failure);
  std::printf("# %s\n%s", failure.c_str(), danji::sim::textOf(schedule).c_str());
  return 0;
}

int perform(const char* file, bool isAloud) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  std::string error;
  const auto schedule = danji::sim::readSchedule(text.str(), error);
  if (!in || !schedule) {
    std::fprintf(stderr, "%s: %s\n", file, in ? error.c_str() : "can't be read");
    return 2;
  }
  Report report;
  const std::string failure =
      World(schedule->seed, report, {.tells = isAloud}).play(*schedule);
  if (failure.empty()) std::printf("all is well\n");
  if (!failure.empty()) tellRed(schedule->seed, failure);
  return failure.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  boundMemory();
  const std::string what = count > 1 ? words[1] : "";
  const auto word = [&](int place) { return count > place ? number(words[place]) : 0; };
  const auto steps = [&](int place) {
    return count > place ? static_cast<int>(number(words[place])) : kSteps;
  };
  if (what == "play" && count >= 4) return play(word(2), word(3), steps(4));
  if (what == "tell" && count >= 3) return tell(word(2), steps(3));
  if (what == "skew" && count >= 5 && !takeOut(word(4))) return 2;
  if (what == "skew" && count >= 4) return skew(word(2), word(3));
  if (what == "without" && count >= 5) return without(word(2), word(3), word(4));
  if (what == "shrink" && count >= 4 && !takeOut(word(3))) return 2;
  if (what == "shrink" && count >= 3) return shrink(word(2));
  if (what == "perform" && count >= 3) return perform(words[2], count > 3);
  std::fprintf(stderr, "danji_sim play|tell|skew|without|shrink|perform; see tests/sim/main.cpp\n");
  return 2;
}
