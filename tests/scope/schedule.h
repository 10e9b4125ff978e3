// Schedule: a small world, step by step, as a text that a person writes or a search leaves.
//
//   pages 3                       or: pages 2 and a server
//   key seat first_write_wins     its name, its strategy, and the parameters of that, if any
//   marked                        what an op writes tells it from all others (evidence.h): half of
//                                 one is noticed
//   0 writes set seat "Ada"       one batch, its writes divided by ", "
//   1 hears 0                     the oldest of what is on its way between these two; between
//                                 pages, a page and `locks` (the lock manager) or `server`
//   1 hears 0 again               the same, and it stays on its way: it comes once more
//   1 misses 0                    the oldest is lost, as it never is in a browser
//   1 reads                       notes at which versions its keys are
//   1 connects, server syncs, time passes
//   1 crashes, server crashes, server crashes keeping 1    of the rows that were not synced
//   all arrives                   everything there is to do is done, until nothing more happens
//   1 shows seat "Ada"            what readers see; all show …
//   1 has seat "Ada"              what is decided there; all have …
//   1 is told CONFLICT of 2       of its second op; `ok`, an error code or `nothing`
//
//   write := set KEY VALUE | unset KEY | add KEY NUMBER | put KEY FIELD VALUE | append KEY VALUE
//          | choose KEY VALUE, and behind each: [if read] [hidden]
//
// A VALUE is JSON without blanks; `nothing` where there is none. Behind # is for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/scope/search.h"
#include "tests/scope/world.h"

namespace danji::scope {

struct Line {
  enum class Kind {
    step,
    hearsAgain,
    misses,
    allArrives,
    shows,
    has,
    isTold,
  };
  std::size_t number = 0;
  std::string text;
  Kind kind = Kind::step;
  std::optional<std::size_t> who;  // Nothing: all.
  Step step;                       // Without the message that it hears.
  std::size_t place = 0;           // Of a key, or of an op.
  std::string value;
};

struct Schedule {
  Plan plan;
  std::vector<Line> lines;
};

// Nothing when a line can't be read; `error` says which.
std::optional<Schedule> readSchedule(const std::string& text, std::string& error);
// Empty, or which line is not as it says. `tells`: every step aloud.
std::string play(const Schedule& schedule, bool tells = false);
// The way to what a search found.
std::string textOf(World& world, const Findings& findings);

}  // namespace danji::scope
