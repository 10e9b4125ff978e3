#include "tests/scope/world.h"

#include <algorithm>

#include "core/base/assert.h"
#include "tests/scope/backend.h"
#include "tests/scope/locks.h"
#include "tests/scope/page.h"

namespace danji::scope {
namespace {

constexpr std::size_t channelOf(std::size_t from, std::size_t to) {
  return from * kProcessesMax + to;
}

// Where its messages begin.
std::size_t beginOf(const State& state, std::size_t channel) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < channel; ++i) begin += state.lengths[i];
  return begin;
}

}  // namespace

World::World(const Plan& plan)
    : plan_(plan), automata_([this](std::size_t process) { return make(process); }) {
  setUp();
}

std::unique_ptr<Machine> World::make(std::size_t process) {
  if (process < plan_.pages()) return std::make_unique<Page>(plan_, process, messages_);
  if (process == plan_.server()) return std::make_unique<Backend>(plan_, messages_);
  std::vector<std::string> sessions;
  for (std::size_t page = 0; page < plan_.pages(); ++page) sessions.push_back(sessionOf(page));
  return std::make_unique<Locks>(plan_, sessions, messages_);
}

// One page after the other joins, and everything arrives, until nothing more happens: the first
// decides, the others follow, and all know the keys.
void World::setUp() {
  std::vector<std::vector<Moment>> met(plan_.processes());
  std::vector<std::unique_ptr<Machine>> machines;
  for (std::size_t process = 0; process < plan_.processes(); ++process) {
    machines.push_back(make(process));
  }
  std::vector<std::vector<std::vector<MessageId>>> channels(
      plan_.processes(), std::vector<std::vector<MessageId>>(plan_.processes()));
  Millis now = 0;
  const auto meet = [&](std::size_t process, const Event& event) {
    std::vector<Sent> sent;
    met[process].push_back({event, now});
    machines[process]->meet(event, now, sent);
    for (const Sent& one : sent) channels[process][one.to].push_back(one.message);
  };
  const auto settle = [&] {
    for (bool isQuiet = false; !isQuiet;) {
      isQuiet = true;
      for (std::size_t from = 0; from < plan_.processes(); ++from) {
        for (std::size_t to = 0; to < plan_.processes(); ++to) {
          for (const MessageId message : std::exchange(channels[from][to], {})) {
            isQuiet = false;
            meet(to, {.kind = Event::Kind::hear, .from = static_cast<std::uint8_t>(from),
                      .what = message});
          }
        }
        const Facts facts = machines[from]->facts();
        if (facts.wantsConnection) meet(from, {.kind = Event::Kind::connect});
        if (facts.unsynced > 0) meet(from, {.kind = Event::Kind::sync});
        isQuiet = isQuiet && !facts.wantsConnection && facts.unsynced == 0;
      }
    }
  };
  for (std::size_t page = 0; page < plan_.pages(); ++page) {
    meet(page, {.kind = Event::Kind::start});
    settle();
  }
  for (int waits = 0; waits < 20; ++waits) {
    now += 1000;
    for (std::size_t page = 0; page < plan_.pages(); ++page) meet(page, {.kind = Event::Kind::tick});
    settle();
    const bool isQuiet = std::all_of(machines.begin(), machines.end(), [](const auto& machine) {
      return machine->facts().deadline == kNever && machine->facts().isSettled;
    });
    if (isQuiet) break;
  }
  beginning_.now = now;
  for (std::size_t process = 0; process < plan_.processes(); ++process) {
    beginning_.local[process] = automata_.begin(process, met[process]);
  }
}

State World::beginning(const Measure& measure) const {
  State state = beginning_;
  for (std::size_t process = 0; process < measure.ops.size(); ++process) {
    state.opsLeft[process] = static_cast<std::uint8_t>(measure.ops[process]);
  }
  for (std::size_t process = 0; process < measure.crashes.size(); ++process) {
    state.crashesLeft[process] = static_cast<std::uint8_t>(measure.crashes[process]);
  }
  return state;
}

// ---- Channels

MessageId World::messageAt(const State& state, std::size_t from, std::size_t to,
                           std::size_t place) const {
  return state.messages[beginOf(state, channelOf(from, to)) + place];
}

void World::append(State& state, std::size_t from, std::size_t to, MessageId message) const {
  DANJI_ASSERT(state.count < kMessagesMax);
  const std::size_t channel = channelOf(from, to);
  const std::size_t end = beginOf(state, channel) + state.lengths[channel]++;
  for (std::size_t i = state.count++; i > end; --i) state.messages[i] = state.messages[i - 1];
  state.messages[end] = message;
}

MessageId World::pop(State& state, std::size_t from, std::size_t to) const {
  const std::size_t channel = channelOf(from, to);
  const std::size_t head = beginOf(state, channel);
  const MessageId message = state.messages[head];
  --state.lengths[channel];
  --state.count;
  for (std::size_t i = head; i < state.count; ++i) state.messages[i] = state.messages[i + 1];
  return message;
}

// Nobody hears what is on its way to a page that is gone.
void World::silence(State& state, std::size_t process) const {
  for (std::size_t from = 0; from < plan_.processes(); ++from) {
    while (state.lengthOf(from, process) > 0) pop(state, from, process);
  }
}

void World::putBack(State& state, const State& before, std::size_t from, std::size_t to) const {
  if (!isAlive(state, to)) return;
  std::vector<MessageId> others;
  while (state.lengthOf(from, to) > 0) others.push_back(pop(state, from, to));
  append(state, from, to, messageAt(before, from, to, 0));
  for (const MessageId message : others) append(state, from, to, message);
}

// ---- Steps

void World::addEvents(const State& state, std::size_t process, std::vector<Step>& steps) const {
  const Facts& facts = this->facts(state, process);
  if (!facts.isAlive) return;
  const auto add = [&](Event event) {
    steps.push_back({.process = static_cast<std::uint8_t>(process), .event = event});
  };
  for (std::size_t from = 0; from < plan_.processes(); ++from) {
    if (state.lengthOf(from, process) == 0) continue;
    add({.kind = Event::Kind::hear, .from = static_cast<std::uint8_t>(from),
         .what = messageAt(state, from, process, 0)});
  }
  if (facts.wantsConnection) add({.kind = Event::Kind::connect});
  if (facts.unsynced > 0) add({.kind = Event::Kind::sync});
  if (state.opsLeft[process] > 0) add({.kind = Event::Kind::op});
  if (state.crashesLeft[process] == 0) return;
  for (std::uint32_t kept = 0; kept <= facts.unsynced; ++kept) {
    add({.kind = Event::Kind::crash, .what = kept});
  }
}

bool World::mayWait(const State& state) const {
  if (state.count > 0) return false;
  bool hasOps = false;
  bool isSettled = true;
  Millis due = kNever;
  for (std::size_t process = 0; process < plan_.processes(); ++process) {
    const Facts& facts = this->facts(state, process);
    if (!facts.isAlive) continue;
    if (facts.wantsConnection || facts.unsynced > 0) return false;
    hasOps = hasOps || state.opsLeft[process] > 0;
    isSettled = isSettled && facts.isSettled;
    due = std::min(due, facts.deadline);
  }
  return due != kNever && (!hasOps || !isSettled);
}

bool World::isAtRest(const State& state) const {
  if (state.count > 0 || mayWait(state)) return false;
  for (std::size_t process = 0; process < plan_.processes(); ++process) {
    const Facts& facts = this->facts(state, process);
    if (!facts.isAlive) continue;
    if (state.opsLeft[process] > 0 || facts.wantsConnection || facts.unsynced > 0) return false;
  }
  return true;
}

std::string World::meet(State& state, std::size_t process, const Event& event) {
  const Transition& transition = automata_.step(state.local[process], event, state.now);
  state.local[process] = transition.to;
  for (const Sent& one : transition.sent) {
    if (isAlive(state, one.to)) append(state, process, one.to, one.message);
  }
  if (isAlive(state, process)) return transition.fault;
  silence(state, process);
  state.opsLeft[process] = 0;
  return transition.fault;
}

std::string World::take(State& state, const Step& step) {
  if (!step.isTime) {
    if (step.event.kind == Event::Kind::hear) pop(state, step.event.from, step.process);
    if (step.event.kind == Event::Kind::crash) --state.crashesLeft[step.process];
    if (step.event.kind == Event::Kind::op) --state.opsLeft[step.process];
    return meet(state, step.process, step.event);
  }
  Millis due = kNever;
  for (std::size_t process = 0; process < plan_.processes(); ++process) {
    if (isAlive(state, process)) due = std::min(due, facts(state, process).deadline);
  }
  state.now = std::max(state.now, due);
  std::string fault;
  for (std::size_t process = 0; process < plan_.processes(); ++process) {
    if (!isAlive(state, process) || facts(state, process).deadline > state.now) continue;
    const std::string here = meet(state, process, {.kind = Event::Kind::tick});
    if (fault.empty()) fault = here;
  }
  return fault;
}

}  // namespace danji::scope
