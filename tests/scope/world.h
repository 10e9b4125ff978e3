// World: where every process of a plan is, and what is on its way between them. One step is one
// event of one process, or that time passes for all when nothing else can happen.
//
// A channel leads from each process to each other one and keeps the order of what it carries. What
// a page posts reaches the others each in its own time, and so does what the lock manager says.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/scope/automata.h"
#include "tests/scope/plan.h"

namespace danji::scope {

inline constexpr std::size_t kProcessesMax = 5;
inline constexpr std::size_t kMessagesMax = 80;

struct State {
  std::array<StateId, kProcessesMax> local{};
  std::array<std::uint8_t, kProcessesMax> opsLeft{};
  std::array<std::uint8_t, kProcessesMax> crashesLeft{};
  Millis now = 0;
  std::array<std::uint8_t, kProcessesMax * kProcessesMax> lengths{};  // Of channels.
  std::size_t count = 0;  // Of messages on their way, one channel after the other.
  std::array<MessageId, kMessagesMax> messages;

  std::uint8_t lengthOf(std::size_t from, std::size_t to) const {
    return lengths[from * kProcessesMax + to];
  }
};

// An event of a process; of nobody when time passes.
struct Step {
  std::uint8_t process = 0;
  bool isTime = false;
  Event event;
};

class World {
 public:
  explicit World(const Plan& plan);

  const Plan& plan() const { return plan_; }
  Automata& automata() { return automata_; }
  const Messages& messages() const { return messages_; }
  State beginning(const Measure& measure) const;

  const Facts& facts(const State& state, std::size_t process) const {
    return automata_.facts(state.local[process]);
  }
  bool isAlive(const State& state, std::size_t process) const {
    return facts(state, process).isAlive;
  }
  // What is on its way, the oldest first.
  MessageId messageAt(const State& state, std::size_t from, std::size_t to,
                      std::size_t place) const;
  // What the process may meet next, behind what is in the list.
  void addEvents(const State& state, std::size_t process, std::vector<Step>& steps) const;
  // Whether time may pass: nothing is on its way, and either nobody has anything else to do or
  // somebody waits for it.
  bool mayWait(const State& state) const;
  // Nothing more happens by itself; a crash still may.
  bool isAtRest(const State& state) const;

  // Empty, or what somebody complained of.
  std::string take(State& state, const Step& step);
  // The oldest on its way between two is lost; or what was heard `before` comes once more.
  void lose(State& state, std::size_t from, std::size_t to) const { pop(state, from, to); }
  void putBack(State& state, const State& before, std::size_t from, std::size_t to) const;

 private:
  std::unique_ptr<Machine> make(std::size_t process);
  std::string meet(State& state, std::size_t process, const Event& event);
  void append(State& state, std::size_t from, std::size_t to, MessageId message) const;
  MessageId pop(State& state, std::size_t from, std::size_t to) const;
  void silence(State& state, std::size_t process) const;
  void setUp();

  Plan plan_;
  Messages messages_;
  Automata automata_;
  State beginning_;
};

}  // namespace danji::scope
