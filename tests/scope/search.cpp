#include "tests/scope/search.h"

#include <algorithm>

#include "tests/scope/verdict.h"

namespace danji::scope {

void Findings::add(const Findings& other) {
  states += other.states;
  steps += other.steps;
  ends += other.ends;
  paths += other.paths;
  violations += other.violations;
  isComplete = isComplete && other.isComplete;
  if (!first.empty() || other.first.empty()) return;
  first = other.first;
  measure = other.measure;
  way = other.way;
}

// What has not come to rest after so many steps never will.
constexpr std::size_t kStepsMax = 300;

Mixer Search::nameOf(const State& state) {
  Mixer mixer;
  for (std::size_t i = 0; i < kProcessesMax; ++i) {
    mixer.add(static_cast<std::uint64_t>(state.local[i]) << 16 |
              static_cast<std::uint64_t>(state.opsLeft[i]) << 8 | state.crashesLeft[i]);
  }
  std::uint64_t lengths = state.now;
  for (const std::uint8_t length : state.lengths) lengths = lengths * 37 + length;
  mixer.add(lengths);
  for (std::size_t i = 0; i < state.count; ++i) mixer.add(state.messages[i]);
  return mixer;
}

Findings Search::run(const Measure& measure) {
  findings_ = {.measure = measure, .way = {}};
  findings_.paths = visit(world_->beginning(measure));
  findings_.states = visited_.size();
  return findings_;
}

void Search::fail(const std::string& what) {
  if (what.empty()) return;
  if (++findings_.violations > 1) return;
  findings_.first = what;
  findings_.way = way_;
}

double Search::visit(const State& state) {
  const Mixer name = nameOf(state);
  if (const double* known = visited_.find(name, -1); known != nullptr) {
    if (*known < 0) fail("it goes round in circles");
    return std::max(0.0, *known);
  }
  if (visited_.size() >= limits_.statesMax) findings_.isComplete = false;
  if (way_.size() > kStepsMax) {
    fail("it never comes to rest");
    return 0;
  }
  fail(findFork(*world_, state));
  double paths = 0;
  if (world_->isAtRest(state)) {
    ++findings_.ends;
    ++paths;
    fail(findFaultAtRest(*world_, state));
  }
  for (const Step& step : stepsFrom(state)) {
    if (isOver()) break;
    State next = state;
    way_.push_back(step);
    ++findings_.steps;
    fail(world_->take(next, step));
    paths += visit(next);
    way_.pop_back();
  }
  visited_.set(name, paths);
  return paths;
}

std::vector<Step> Search::stepsFrom(const State& state) {
  std::vector<Step> steps;
  steps.reserve(16);
  for (std::size_t process = 0; process < world_->plan().processes(); ++process) {
    world_->addEvents(state, process, steps);
  }
  if (world_->mayWait(state)) {
    steps.push_back({.process = 0, .isTime = true, .event = {}});
  } else if (limits_.reduces) {
    reduce(state, steps);
  }
  return steps;
}

}  // namespace danji::scope
