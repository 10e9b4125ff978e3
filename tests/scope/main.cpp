// danji_scope: plays small worlds in every order of events (tests/scope/search.h).
//
//   danji_scope search STRATEGIES FORM OPS CRASHES [STATES]   one line, tab separated: what was
//       searched, states, steps, paths, ends, violations, seconds of the processor, and whether all
//       of it was seen. STRATEGIES: one, or several with + between them, written in one batch. FORM:
//       tabs, three that agree among themselves, or server, two and their server. It stops after so
//       many states of one measure.
//   danji_scope without RULE STRATEGIES FORM OPS CRASHES      the same without a rule of the core,
//       until something is wrong; RULE is a place in core/base/mutation.h, from 1 on
//   danji_scope perform FILE [aloud | RULE]    plays a schedule (tests/scope/schedule.h), aloud or
//       without a rule
//
// A line that begins with `red` says what went wrong first; a schedule of the way there follows.
// Exit code 1 then.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include "core/base/mutation.h"
#include "tests/scope/plans.h"
#include "tests/scope/schedule.h"
#include "tests/scope/search.h"

namespace {

using namespace danji::scope;

struct Words {
  std::string strategies;
  std::string form;
  Size size;
  std::uint64_t statesMax = 400'000'000;
};

std::vector<std::string> namesIn(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

Words read(char** words) {
  const bool hasServer = std::string(words[1]) == "server";
  return {.strategies = words[0],
          .form = words[1],
          .size = {.pages = hasServer ? std::size_t{2} : std::size_t{3},
                   .ops = number(words[2]),
                   .crashes = number(words[3]),
                   .hasServer = hasServer}};
}

int search(const Words& words, bool stopsAtViolation) {
  const std::clock_t began = std::clock();
  const std::vector<std::string> names = namesIn(words.strategies);
  for (const std::string& name : names) {
    if (isStrategy(name)) continue;
    std::fprintf(stderr, "There is no strategy %s.\n", name.c_str());
    return 2;
  }
  World world(planFor(names, words.size));
  Outlooks outlooks(world);
  Findings all;
  for (const Measure& measure : measuresOf(words.size)) {
    const Limits limits{.statesMax = words.statesMax, .stopsAtViolation = stopsAtViolation};
    all.add(Search(world, outlooks, limits).run(measure));
    if (stopsAtViolation && all.violations > 0) break;
  }
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  std::printf("scope\t%s\t%s\t%zu\t%zu\t%llu\t%llu\t%.3g\t%llu\t%llu\t%.1f\t%s\n",
              words.strategies.c_str(), words.form.c_str(), words.size.ops, words.size.crashes,
              static_cast<unsigned long long>(all.states),
              static_cast<unsigned long long>(all.steps), all.paths,
              static_cast<unsigned long long>(all.ends),
              static_cast<unsigned long long>(all.violations), seconds,
              all.isComplete ? "whole" : "cut");
  if (all.violations == 0) return 0;
  std::printf("red\t0\t%s\n%s", all.first.c_str(), textOf(world, all).c_str());
  return 1;
}

int perform(const char* file, bool isAloud) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  std::string error;
  const auto schedule = readSchedule(text.str(), error);
  if (!in || !schedule) {
    std::fprintf(stderr, "%s: %s\n", file, in ? error.c_str() : "can't be read");
    return 2;
  }
  const std::string fault = play(*schedule, isAloud);
  std::printf(fault.empty() ? "all is well\n" : "red\t0\t%s\n", fault.c_str());
  return fault.empty() ? 0 : 1;
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

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 1 ? words[1] : "";
  if (what == "search" && count >= 6) {
    Words asked = read(words + 2);
    if (count > 6) asked.statesMax = number(words[6]);
    return search(asked, false);
  }
  if (what == "without" && count >= 7) {
    return takeOut(number(words[2])) ? search(read(words + 3), true) : 2;
  }
  if (what == "perform" && count >= 3) {
    const std::string how = count > 3 ? words[3] : "";
    if (how != "" && how != "aloud" && !takeOut(number(words[3]))) return 2;
    return perform(words[2], how == "aloud");
  }
  std::fprintf(stderr, "danji_scope search|without|perform; see tests/scope/main.cpp\n");
  return 2;
}
