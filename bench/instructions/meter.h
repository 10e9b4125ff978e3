// Meter: has valgrind count the instructions of one piece of work after the other.
//
// Only what runs inside measure() is counted. What was counted is written with the name of the
// work, and the names are printed with how many operations each did (scripts/lib/instructions.mjs
// puts both together). Outside of valgrind the same work runs, and nothing is counted.
#pragma once

#include <valgrind/callgrind.h>

#include <cstddef>
#include <cstdio>

namespace danji::bench {

struct Work {
  const char* name;
  std::size_t runs;
  std::size_t operationsEach;
};

class Meter {
 public:
  // `work` is a function of no arguments; it runs once more before, so that what is made only once
  // is there.
  template <class Run>
  void measure(const Work& work, Run run) {
    run();
    CALLGRIND_START_INSTRUMENTATION;
    for (std::size_t i = 0; i < work.runs; ++i) run();
    CALLGRIND_STOP_INSTRUMENTATION;
    CALLGRIND_DUMP_STATS_AT(work.name);
    std::printf("%s\t%zu\n", work.name, work.runs * work.operationsEach);
  }
};

}  // namespace danji::bench
