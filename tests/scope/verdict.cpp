#include "tests/scope/verdict.h"

#include "core/base/errors.h"
#include "tests/scope/evidence.h"
#include "tests/scope/page.h"

namespace danji::scope {
namespace {

std::string named(std::size_t page) { return "page " + std::to_string(page) + " "; }

std::string findUnanswered(const Plan& plan, std::size_t page, const Facts& facts) {
  for (std::size_t i = 0; i < facts.told.size(); ++i) {
    if (facts.told[i] == kUntold) {
      return named(page) + "was told nothing of op " +
             std::to_string(plan.scripts[page][i].place);
    }
  }
  return {};
}

// What a page was told of its op, held against what is there.
std::string findMisreported(const Plan& plan, std::size_t page, const Facts& facts) {
  if (!plan.isMarked) return {};
  for (std::size_t i = 0; i < facts.told.size(); ++i) {
    const OpPlan& op = plan.scripts[page][i];
    const bool wasAccepted = facts.told[i] == 0;
    for (const Write& write : op.writes) {
      const auto times = timesApplied(plan, write, facts.confirmed[write.key]);
      if (!times || (*times > 0) == wasAccepted) continue;
      const auto code = static_cast<ErrorCode>(facts.told[i]);
      return named(page) + "was told " + (wasAccepted ? "ok" : errorName(code)) + " of op " +
             std::to_string(op.place) + ", which is " + (*times > 0 ? "" : "not ") + "there: " +
             plan.keys[write.key].name + " is " + facts.confirmed[write.key];
    }
  }
  return {};
}

}  // namespace

std::string findFork(const World& world, const State& state) {
  for (std::size_t a = 0; a < world.plan().pages(); ++a) {
    const Facts& first = world.facts(state, a);
    for (std::size_t b = 0; b < a && first.isAlive; ++b) {
      const Facts& second = world.facts(state, b);
      const bool isSamePlace = second.isAlive && first.epoch != 0 &&
                               first.epoch == second.epoch && first.index == second.index;
      if (isSamePlace && !(first.state == second.state)) {
        return named(a) + "differs from page " + std::to_string(b) + " at " +
               std::to_string(first.index);
      }
    }
  }
  return {};
}

std::string findFaultAtRest(const World& world, const State& state) {
  const Plan& plan = world.plan();
  const Facts* first = nullptr;
  std::string leader;
  std::size_t leaders = 0;
  for (std::size_t page = 0; page < plan.pages(); ++page) {
    const Facts& facts = world.facts(state, page);
    if (!facts.isAlive || !facts.leads) continue;
    ++leaders;
    leader = sessionOf(page);
  }
  for (std::size_t page = 0; page < plan.pages(); ++page) {
    const Facts& facts = world.facts(state, page);
    if (!facts.isAlive) continue;
    if (leaders != 1) return std::to_string(leaders) + " pages decide";
    if (facts.leader != leader) return named(page) + "believes in another leader";
    if (facts.hasPending) return named(page) + "has undecided ops";
    if (first == nullptr) first = &facts;
    if (!(facts.state == first->state)) return named(page) + "has another state";
    // What nobody wrote the server was not told of.
    const bool isAsked = plan.hasServer && facts.index > 0;
    if (isAsked && !(facts.state == world.facts(state, plan.server()).state)) {
      return named(page) + "has another state than the server";
    }
    for (const std::string& fault :
         {findUnanswered(plan, page, facts), findMisreported(plan, page, facts)}) {
      if (!fault.empty()) return fault;
    }
  }
  return {};
}

}  // namespace danji::scope
