// Search: visits every state that a world can come into, whatever happens in which order, and
// checks all of them.
//
// Every step but that of time is one process meeting one event: it takes from one channel into the
// process and appends to channels out of it. So steps of different processes commute, and where it
// can be proved that some processes can't be reached by what the others may still do, only the
// steps of those are followed, and the others' later (reduction.cpp). The ends, and what each
// process lives through, are the same: P. Godefroid, "Partial-Order Methods for the Verification of
// Concurrent Systems", 1996, persistent sets.
#pragma once

#include <string>
#include <vector>

#include "tests/scope/mixer.h"
#include "tests/scope/visited.h"
#include "tests/scope/world.h"

namespace danji::scope {

struct Findings {
  std::uint64_t states = 0;
  std::uint64_t steps = 0;
  std::uint64_t ends = 0;
  double paths = 0;  // From the beginning to an end, among the steps that were followed.
  std::uint64_t violations = 0;
  std::string first;      // What went wrong first,
  Measure measure;        // among which ops and crashes,
  std::vector<Step> way;  // and the way there.
  bool isComplete = true;

  void add(const Findings& other);
};

struct Limits {
  std::uint64_t statesMax = ~std::uint64_t{0};
  bool stopsAtViolation = false;
  bool reduces = true;
};

// To whom a process may yet send, whatever it meets of what is on its way to it and of its own.
class Outlooks {
 public:
  explicit Outlooks(World& world) : world_(&world) {}
  // Bits; all of them when there is too much to look at.
  std::uint32_t receiversOf(const State& state, std::size_t process);

 private:
  std::uint32_t lookOut(const State& state, std::size_t process);

  World* world_;
  Visited known_;
};

class Search {
 public:
  // What was learned about a world serves all searches in it.
  Search(World& world, Outlooks& outlooks, Limits limits)
      : world_(&world), outlooks_(&outlooks), limits_(limits) {}
  Findings run(const Measure& measure);

 private:
  static Mixer nameOf(const State& state);
  double visit(const State& state);
  std::vector<Step> stepsFrom(const State& state);
  void reduce(const State& state, std::vector<Step>& steps);
  void fail(const std::string& what);
  bool isOver() const {
    return !findings_.isComplete || (limits_.stopsAtViolation && findings_.violations > 0);
  }

  World* world_;
  Outlooks* outlooks_;
  Limits limits_;
  Findings findings_;
  Visited visited_;  // With the paths from there; -1: on the way.
  std::vector<Step> way_;
};

}  // namespace danji::scope
