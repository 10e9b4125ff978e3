// Automata: what the machines of a world do, learned once. Each state of a machine has a number;
// what it does in a state at an event is asked of the machine itself the first time, and looked up
// from then on. So the search below walks over numbers, and an engine runs only where no run of it
// has been before.
//
// Two states are one when the machine's digest says so. A machine can't be copied: one is made
// anew and meets the same events again.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "tests/scope/machine.h"

namespace danji::scope {

using StateId = std::uint32_t;

struct Transition {
  StateId to = 0;
  std::vector<Sent> sent;
  std::string fault;
};

struct Moment {
  Event event;
  Millis now = 0;
  bool operator==(const Moment&) const = default;
};

class Automata {
 public:
  using Make = std::function<std::unique_ptr<Machine>(std::size_t process)>;
  explicit Automata(Make make) : make_(std::move(make)) {}

  // The state of a process after these events.
  StateId begin(std::size_t process, const std::vector<Moment>& setUp);
  const Transition& step(StateId state, const Event& event, Millis now);
  const Facts& facts(StateId state) const { return states_[state].facts; }
  std::size_t processOf(StateId state) const { return states_[state].process; }

  std::size_t stateCount() const { return states_.size(); }
  // So many events the machines met, those that were met again included.
  std::uint64_t eventCount() const { return events_; }

  // Looks at states that were come into by two ways, every so many of them: whether a machine that
  // went the other way does the same at all events that were met in that state. Empty when so.
  std::string audit(std::size_t every);

 private:
  struct State {
    Digest digest;
    std::size_t process = 0;
    StateId parent = 0;
    Moment moment;
    Facts facts;
    std::vector<std::pair<Moment, std::unique_ptr<const Transition>>> known;
    StateId otherParent = kNobody;  // By another way than the first,
    Moment otherMoment;             // with this event at last.
  };
  struct HashDigest {
    std::size_t operator()(const Digest& digest) const { return digest.low; }
  };
  static constexpr std::size_t kMachinesMax = 5000;
  static constexpr StateId kNobody = ~StateId{0};

  std::unique_ptr<Machine> replay(StateId state);
  std::unique_ptr<Machine> take(StateId state);
  void keep(StateId state, std::unique_ptr<Machine> machine);

  Make make_;
  std::vector<std::vector<Moment>> setUps_;  // By process.
  std::deque<State> states_;
  std::unordered_map<Digest, StateId, HashDigest> byDigest_;
  std::unordered_map<StateId, std::unique_ptr<Machine>> machines_;
  std::vector<StateId> kept_;  // Those that have a machine, and some that had.
  std::uint64_t events_ = 0;
};

}  // namespace danji::scope
