// Search, its reduction: which processes' steps are enough for now.
//
// A set of processes is enough when nothing that the others may do without it can reach it: then
// what it may do now stays possible, and stays the same, however far the others go, so whatever
// happens begins, but for steps that commute, with one of its steps. A message reaches a process
// only at the end of a channel, so it changes nothing as long as the channel carries another one.
// What the others may send is asked of the machines themselves: no rule of the protocol is assumed.
// Who may send to somebody outside of the set belongs to it, for that one might answer.
//
// Time passes for all at once, when nothing is on its way. So one of the set must have something to
// do that time waits for; that also keeps the ends, where nothing but a crash can happen.

#include <algorithm>
#include <array>
#include <bit>
#include <set>

#include "tests/scope/search.h"

namespace danji::scope {
namespace {

constexpr std::size_t kLookedAtMax = 60;
constexpr std::uint32_t kAnybody = 0xff;

constexpr std::uint32_t bitOf(std::size_t process) { return std::uint32_t{1} << process; }

bool holdsTime(const Step& step) {
  return step.event.kind != Event::Kind::op && step.event.kind != Event::Kind::crash;
}

}  // namespace

void Search::reduce(const State& state, std::vector<Step>& steps) {
  const std::size_t count = world_->plan().processes();
  std::array<std::size_t, kProcessesMax> width{};
  std::uint32_t active = 0;
  std::uint32_t holders = 0;
  for (const Step& step : steps) {
    ++width[step.process];
    active |= bitOf(step.process);
    if (holdsTime(step)) holders |= bitOf(step.process);
  }
  if (std::popcount(active) < 2 || holders == 0) return;
  std::uint32_t alive = 0;
  for (std::size_t process = 0; process < count; ++process) {
    if (world_->isAlive(state, process)) alive |= bitOf(process);
  }
  std::array<std::uint32_t, kProcessesMax> receivers{};
  for (std::size_t process = 0; process < count; ++process) {
    if ((active & bitOf(process)) == 0) continue;
    receivers[process] = outlooks_->receiversOf(state, process) & alive;
  }
  const auto joining = [&](std::uint32_t members) -> std::uint32_t {
    for (std::size_t other = 0; other < count; ++other) {
      if ((members & bitOf(other)) != 0) continue;
      if ((receivers[other] & ~members) != 0) return bitOf(other);
      for (std::size_t to = 0; to < count; ++to) {
        if ((receivers[other] & bitOf(to)) != 0 && state.lengthOf(other, to) == 0) {
          return bitOf(other);
        }
      }
    }
    return 0;
  };
  const auto closed = [&](std::uint32_t members) {
    for (std::uint32_t more = joining(members); more != 0; more = joining(members)) members |= more;
    return members;
  };
  std::size_t least = steps.size();
  std::uint32_t chosen = active;
  for (std::size_t process = 0; process < count; ++process) {
    if ((holders & bitOf(process)) == 0 || width[process] >= least) continue;
    const std::uint32_t members = closed(bitOf(process));
    std::size_t all = 0;
    for (std::size_t member = 0; member < count; ++member) {
      if ((members & bitOf(member)) != 0) all += width[member];
    }
    if (all >= least) continue;
    least = all;
    chosen = members;
  }
  std::erase_if(steps, [&](const Step& step) { return (chosen & bitOf(step.process)) == 0; });
}

std::uint32_t Outlooks::receiversOf(const State& state, std::size_t process) {
  Mixer name;
  name.add(static_cast<std::uint64_t>(state.local[process]) << 16 |
           static_cast<std::uint64_t>(state.opsLeft[process]) << 8 | state.crashesLeft[process]);
  name.add(state.now);
  for (std::size_t from = 0; from < world_->plan().processes(); ++from) {
    const std::size_t length = state.lengthOf(from, process);
    name.add(length);
    for (std::size_t i = 0; i < length; ++i) {
      name.add(world_->messageAt(state, from, process, i));
    }
  }
  if (const double* known = known_.find(name, 0); known != nullptr) {
    return static_cast<std::uint32_t>(*known);
  }
  const std::uint32_t receivers = lookOut(state, process);
  known_.set(name, receivers);
  return receivers;
}

std::uint32_t Outlooks::lookOut(const State& state, std::size_t process) {
  struct Place {
    StateId local = 0;
    std::uint8_t ops = 0;
    std::array<std::uint8_t, kProcessesMax> heard{};  // So much of each channel.
    auto operator<=>(const Place&) const = default;
  };
  std::uint32_t receivers = 0;
  std::set<Place> seen;
  std::vector<Place> open = {{.local = state.local[process]}};
  const auto meet = [&](Place place, const Event& event) {
    const Transition& transition = world_->automata().step(place.local, event, state.now);
    for (const Sent& one : transition.sent) receivers |= bitOf(one.to);
    place.local = transition.to;
    open.push_back(place);
  };
  while (!open.empty() && receivers != kAnybody) {
    const Place place = open.back();
    open.pop_back();
    const Facts& facts = world_->automata().facts(place.local);
    if (!facts.isAlive || !seen.insert(place).second) continue;
    if (seen.size() > kLookedAtMax) return kAnybody;
    for (std::size_t from = 0; from < world_->plan().processes(); ++from) {
      if (place.heard[from] == state.lengthOf(from, process)) continue;
      Place next = place;
      ++next.heard[from];
      meet(next, {.kind = Event::Kind::hear, .from = static_cast<std::uint8_t>(from),
                  .what = world_->messageAt(state, from, process, place.heard[from])});
    }
    if (facts.wantsConnection) meet(place, {.kind = Event::Kind::connect});
    if (facts.unsynced > 0) meet(place, {.kind = Event::Kind::sync});
    if (place.ops < state.opsLeft[process]) {
      Place next = place;
      ++next.ops;
      meet(next, {.kind = Event::Kind::op});
    }
    if (state.crashesLeft[process] == 0) continue;
    for (std::uint32_t kept = 0; kept <= facts.unsynced; ++kept) {
      meet(place, {.kind = Event::Kind::crash, .what = kept});
      // Who lives on after a crash may say anything.
      if (world_->automata().facts(open.back().local).isAlive) return kAnybody;
    }
  }
  return receivers;
}

}  // namespace danji::scope
