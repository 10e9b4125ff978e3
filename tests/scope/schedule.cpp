#include "tests/scope/schedule.h"

#include <algorithm>
#include <cstdio>

#include "core/base/errors.h"
#include "tests/scope/page.h"
#include "tests/scope/texts.h"
#include "tests/scope/verdict.h"

namespace danji::scope {
namespace {

constexpr int kRestMax = 2000;

std::string nameOf(const Plan& plan, std::size_t process) {
  if (process == plan.locks()) return "locks";
  if (plan.hasServer && process == plan.server()) return "server";
  return std::to_string(process);
}

std::string writesOf(const Plan& plan, const OpPlan& op) {
  static constexpr const char* kVerbs[] = {"set", "unset", "add", "put", "append", "choose"};
  std::string text;
  for (const Write& write : op.writes) {
    text += (text.empty() ? "" : ", ") + std::string(kVerbs[static_cast<int>(write.verb)]) + " " +
            plan.keys[write.key].name;
    if (!write.field.empty()) text += " " + write.field;
    if (write.verb != Verb::unset) text += " " + textOf(write.value);
    if (write.ifRead) text += " if read";
    if (write.isHidden) text += " hidden";
  }
  return text;
}

std::string lineOf(const Plan& plan, const Step& step, std::size_t opsDone) {
  if (step.isTime) return "time passes";
  const std::string who = nameOf(plan, step.process) + " ";
  switch (step.event.kind) {
    case Event::Kind::op:
      return who + "writes " + writesOf(plan, plan.scripts[step.process][opsDone]);
    case Event::Kind::hear:
      return who + "hears " + nameOf(plan, step.event.from);
    case Event::Kind::crash:
      return who + "crashes" +
             (step.event.what == 0 ? "" : " keeping " + std::to_string(step.event.what));
    case Event::Kind::connect:
      return who + "connects";
    case Event::Kind::sync:
      return who + "syncs";
    case Event::Kind::read:
      return who + "reads";
    default:
      return who + "?";
  }
}

std::string outcomeOf(const Facts& facts, std::size_t place) {
  if (place >= facts.told.size() || facts.told[place] == kUntold) return "nothing";
  return facts.told[place] == 0 ? "ok" : errorName(static_cast<ErrorCode>(facts.told[place]));
}

class Player {
 public:
  explicit Player(const Schedule& schedule, bool tells)
      : lines_(schedule.lines), world_(schedule.plan), tells_(tells) {
    Measure measure;
    for (const auto& script : schedule.plan.scripts) measure.ops.push_back(script.size());
    measure.crashes.assign(schedule.plan.processes(), 9);
    state_ = world_.beginning(measure);
  }

  std::string run() {
    for (const Line& line : lines_) {
      if (tells_) std::printf("%s\n", line.text.c_str());
      std::string fault = take(line);
      if (fault.empty()) fault = findFork(world_, state_);
      if (fault.empty()) continue;
      return "line " + std::to_string(line.number) + ": " + line.text + ": " + fault;
    }
    return {};
  }

 private:
  std::string take(const Line& line) {
    switch (line.kind) {
      case Line::Kind::step:
        return step(line);
      case Line::Kind::hearsAgain:
      case Line::Kind::misses:
        return trick(line);
      case Line::Kind::allArrives:
        return settle();
      case Line::Kind::shows:
      case Line::Kind::has:
      case Line::Kind::isTold:
        return look(line);
    }
    return {};
  }

  std::string step(const Line& line) {
    if (line.step.isTime) return world_.mayWait(state_) ? world_.take(state_, line.step)
                                                        : "there is something else to do";
    std::vector<Step> steps;
    if (line.step.event.kind == Event::Kind::read) {
      steps.push_back(line.step);
    } else {
      world_.addEvents(state_, line.step.process, steps);
    }
    for (const Step& one : steps) {
      Event event = one.event;
      if (event.kind == Event::Kind::hear) event.what = 0;
      if (event == line.step.event) return world_.take(state_, one);
    }
    return "that can't happen now";
  }

  // What a channel of a browser would not do.
  std::string trick(const Line& line) {
    const std::size_t from = line.step.event.from;
    if (state_.lengthOf(from, line.step.process) == 0) return "nothing is on its way";
    const State before = state_;
    if (line.kind == Line::Kind::misses) {
      world_.lose(state_, from, line.step.process);
      return {};
    }
    std::string fault = step(line);
    world_.putBack(state_, before, from, line.step.process);
    return fault;
  }

  // Ops that are still to come wait for their lines.
  std::string settle() {
    const auto opsLeft = std::exchange(state_.opsLeft, {});
    const auto crashesLeft = std::exchange(state_.crashesLeft, {});
    std::string fault;
    std::vector<Step> steps;
    for (int count = 0; fault.empty() && !world_.isAtRest(state_); ++count) {
      if (count > kRestMax) return "it never comes to rest";
      steps.clear();
      for (std::size_t process = 0; process < world_.plan().processes(); ++process) {
        world_.addEvents(state_, process, steps);
      }
      fault = world_.take(state_, steps.empty() ? Step{.process = 0, .isTime = true, .event = {}}
                                                : steps.front());
    }
    if (fault.empty()) fault = findFaultAtRest(world_, state_);
    for (std::size_t process = 0; process < world_.plan().processes(); ++process) {
      if (world_.isAlive(state_, process)) state_.opsLeft[process] = opsLeft[process];
      state_.crashesLeft[process] = crashesLeft[process];
    }
    return fault;
  }

  std::string look(const Line& line) {
    for (std::size_t page = 0; page < world_.plan().pages(); ++page) {
      if (line.who ? *line.who != page : !world_.isAlive(state_, page)) continue;
      const Facts& facts = world_.facts(state_, page);
      if (!facts.isAlive) return "it is gone";
      const std::string is = line.kind == Line::Kind::isTold ? outcomeOf(facts, line.place)
                             : line.kind == Line::Kind::has  ? facts.confirmed[line.place]
                                                             : facts.shown[line.place];
      if (is != line.value) return "on page " + std::to_string(page) + " it is " + is;
    }
    return {};
  }

  std::vector<Line> lines_;
  World world_;
  State state_;
  bool tells_;
};

}  // namespace

std::string play(const Schedule& schedule, bool tells) { return Player(schedule, tells).run(); }

std::string textOf(World& world, const Findings& findings) {
  const Plan& plan = world.plan();
  static constexpr const char* kStrategies[] = {"last_write_wins", "first_write_wins", "merge",
                                                "sum", "user_resolve", "custom"};
  std::string text = "# " + findings.first + "\npages " + std::to_string(plan.pages()) +
                     (plan.hasServer ? " and a server\n" : "\n");
  for (const KeyPlan& key : plan.keys) {
    text += "key " + key.name + " " + kStrategies[static_cast<int>(key.strategy)] +
            (key.parameters.empty() ? "" : " " + key.parameters) + "\n";
  }
  if (plan.isMarked) text += "marked\n";
  std::vector<std::size_t> done(plan.pages(), 0);
  for (const Step& step : findings.way) {
    const bool isOp = !step.isTime && step.event.kind == Event::Kind::op;
    text += lineOf(plan, step, isOp ? done[step.process]++ : 0) + "\n";
  }
  return text + "all arrives\n";
}

}  // namespace danji::scope
