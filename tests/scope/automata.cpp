#include "tests/scope/automata.h"

namespace danji::scope {

StateId Automata::begin(std::size_t process, const std::vector<Moment>& setUp) {
  if (setUps_.size() <= process) setUps_.resize(process + 1);
  setUps_[process] = setUp;
  const auto id = static_cast<StateId>(states_.size());
  states_.emplace_back();
  states_[id].process = process;
  states_[id].parent = id;
  std::unique_ptr<Machine> machine = replay(id);
  states_[id].digest = machine->digest();
  states_[id].facts = machine->facts();
  byDigest_[states_[id].digest] = id;
  keep(id, std::move(machine));
  return id;
}

std::unique_ptr<Machine> Automata::replay(StateId state) {
  std::vector<const Moment*> moments;
  StateId first = state;
  for (; states_[first].parent != first; first = states_[first].parent) {
    moments.push_back(&states_[first].moment);
  }
  const std::size_t process = states_[state].process;
  std::unique_ptr<Machine> machine = make_(process);
  std::vector<Sent> unheard;
  machine->rehearse(true);
  for (const Moment& moment : setUps_[process]) {
    machine->meet(moment.event, moment.now, unheard);
  }
  for (auto moment = moments.rbegin(); moment != moments.rend(); ++moment) {
    machine->meet((*moment)->event, (*moment)->now, unheard);
  }
  machine->rehearse(false);
  events_ += setUps_[process].size() + moments.size();
  return machine;
}

std::unique_ptr<Machine> Automata::take(StateId state) {
  const auto found = machines_.find(state);
  if (found == machines_.end()) return replay(state);
  std::unique_ptr<Machine> machine = std::move(found->second);
  machines_.erase(found);
  return machine;
}

void Automata::keep(StateId state, std::unique_ptr<Machine> machine) {
  if (!machines_.emplace(state, std::move(machine)).second) return;
  kept_.push_back(state);
  if (kept_.size() < 2 * kMachinesMax) return;
  // The oldest half goes: the search is likely to come back to what is new.
  for (std::size_t i = 0; i < kMachinesMax; ++i) machines_.erase(kept_[i]);
  kept_.erase(kept_.begin(), kept_.begin() + kMachinesMax);
}

const Transition& Automata::step(StateId state, const Event& event, Millis now) {
  for (const auto& [moment, known] : states_[state].known) {
    if (moment == Moment{event, now}) return *known;
  }
  std::unique_ptr<Machine> machine = take(state);
  auto transition = std::make_unique<Transition>();
  machine->meet(event, now, transition->sent);
  ++events_;
  transition->fault = machine->complaint();
  const Digest digest = machine->digest();
  const auto [found, isNew] = byDigest_.emplace(digest, static_cast<StateId>(states_.size()));
  transition->to = found->second;
  State& reached = isNew ? states_.emplace_back() : states_[transition->to];
  if (!isNew && reached.otherParent == kNobody) {
    reached.otherParent = state;
    reached.otherMoment = {event, now};
  }
  if (isNew) {
    reached.digest = digest;
    reached.process = states_[state].process;
    reached.parent = state;
    reached.moment = {event, now};
    reached.facts = machine->facts();
  }
  keep(transition->to, std::move(machine));
  const Transition& learned = *transition;
  states_[state].known.emplace_back(Moment{event, now}, std::move(transition));
  return learned;
}

std::string Automata::audit(std::size_t every) {
  std::size_t seen = 0;
  for (StateId state = 0; state < states_.size(); ++state) {
    const State& here = states_[state];
    if (here.otherParent == kNobody || here.known.empty() || ++seen % every != 0) continue;
    for (const auto& [moment, transition] : here.known) {
      std::unique_ptr<Machine> machine = replay(here.otherParent);
      std::vector<Sent> sent;
      machine->meet(here.otherMoment.event, here.otherMoment.now, sent);
      sent.clear();
      machine->meet(moment.event, moment.now, sent);
      if (sent != transition->sent) return "state " + std::to_string(state) + " sends otherwise";
      if (machine->digest() == states_[transition->to].digest) continue;
      return "state " + std::to_string(state) + " goes on otherwise";
    }
  }
  return seen < every ? "no state was come into by two ways" : "";
}

}  // namespace danji::scope
