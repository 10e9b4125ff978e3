#include "tests/scope/plans.h"

#include <algorithm>
#include <cmath>

#include "tests/scope/evidence.h"
#include "tests/scope/texts.h"

namespace danji::scope {
namespace {

KeyPlan keyFor(const std::string& strategy, std::size_t ops) {
  const std::string name = strategy;
  if (strategy == "first_write_wins") return {name, StrategyKind::firstWriteWins};
  if (strategy == "merge") return {name, StrategyKind::merge};
  if (strategy == "merge_deep") return {name, StrategyKind::merge, R"({"merge":{"depth":"deep"}})"};
  if (strategy == "sum") return {name, StrategyKind::sum};
  if (strategy == "sum_bounded") {
    // Not all fit, and which do depends on their order.
    const double fitting = ops < 3 ? 1 : static_cast<double>(ops) - 1;
    return {name, StrategyKind::sum,
            R"({"sum":{"max":)" + textOf(Value::number((fitting + 1) * kPiece - 1)) + "}}"};
  }
  if (strategy == "user_resolve") return {name, StrategyKind::userResolve};
  if (strategy == "custom") return {name, StrategyKind::custom, R"({"custom":"append"})"};
  return {name, StrategyKind::lastWriteWins};
}

// Every op leaves a mark of its own, so that the value tells which were applied, and how often.
Write writeFor(const KeyPlan& key, std::size_t place) {
  const double mark = static_cast<double>(place + 1);
  switch (key.strategy) {
    case StrategyKind::sum:
      return {.verb = Verb::add,
              .value = Value::number(std::pow(4, place) +
                                     (key.name == "sum_bounded" ? kPiece : 0))};
    case StrategyKind::merge: {
      const std::string field = "f" + std::to_string(place);
      const bool isDeep = key.name == "merge_deep";
      return {.verb = Verb::put, .field = isDeep ? "all." + field : field,
              .value = Value::number(mark)};
    }
    case StrategyKind::custom:
      return {.verb = Verb::append, .value = Value::number(mark)};
    case StrategyKind::userResolve:
      return {.verb = Verb::choose, .value = Value::number(mark)};
    default:
      return {.value = Value::number(mark)};
  }
}

bool takesBack(const std::string& strategy) { return strategy.ends_with(kTakingBack); }

std::string plainNameOf(const std::string& strategy) {
  return takesBack(strategy) ? strategy.substr(0, strategy.rfind(kTakingBack)) : strategy;
}

using Counts = std::vector<std::size_t>;

// All ways to spread so many over places, each of which takes at most so many.
void spread(std::size_t left, const Counts& most, Counts& so, std::vector<Counts>& all) {
  if (so.size() == most.size()) {
    if (left == 0) all.push_back(so);
    return;
  }
  for (std::size_t here = 0; here <= std::min(left, most[so.size()]); ++here) {
    so.push_back(here);
    spread(left - here, most, so, all);
    so.pop_back();
  }
}

std::vector<Counts> spreads(std::size_t count, const Counts& most) {
  std::vector<Counts> all;
  Counts so;
  spread(count, most, so, all);
  return all;
}

}  // namespace

bool isStrategy(const std::string& name) {
  const std::vector<std::string>& names = strategyNames();
  return std::find(names.begin(), names.end(), plainNameOf(name)) != names.end();
}

const std::vector<std::string>& strategyNames() {
  static const std::vector<std::string> names = {
      "last_write_wins", "first_write_wins", "merge",        "merge_deep",
      "sum",             "sum_bounded",      "user_resolve", "custom"};
  return names;
}

Plan planFor(const std::vector<std::string>& strategies, const Size& size) {
  Plan plan;
  plan.hasServer = size.hasServer;
  plan.isMarked = true;
  for (const std::string& strategy : strategies) {
    plan.keys.push_back(keyFor(plainNameOf(strategy), size.ops));
    plan.isMarked = plan.isMarked && !takesBack(strategy);
  }
  plan.scripts.resize(size.pages);
  std::size_t place = 0;
  for (std::vector<OpPlan>& script : plan.scripts) {
    for (std::size_t i = 0; i < size.ops; ++i, ++place) {
      OpPlan& op = script.emplace_back(OpPlan{.place = place, .writes = {}});
      for (std::size_t key = 0; key < plan.keys.size(); ++key) {
        op.writes.push_back(writeFor(plan.keys[key], place));
        if (i % 2 == 1 && takesBack(strategies[key])) op.writes.back() = {.verb = Verb::unset};
        op.writes.back().key = key;
      }
    }
  }
  return plan;
}

std::vector<Measure> measuresOf(const Size& size) {
  // A page dies once; the server, which comes back, as often as it may.
  Counts most(size.pages, 1);
  if (size.hasServer) most.insert(most.end(), {0, size.crashes});
  std::vector<Measure> measures;
  for (const Counts& ops : spreads(size.ops, Counts(size.pages, size.ops))) {
    for (const Counts& crashes : spreads(size.crashes, most)) {
      bool isFirst = true;
      for (std::size_t page = 2; page < size.pages; ++page) {
        isFirst = isFirst && std::pair(ops[page - 1], crashes[page - 1]) >=
                                 std::pair(ops[page], crashes[page]);
      }
      if (isFirst) measures.push_back({.ops = ops, .crashes = crashes});
    }
  }
  return measures;
}

}  // namespace danji::scope
