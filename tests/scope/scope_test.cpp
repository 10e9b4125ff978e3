// Small worlds are right in every order of events. Under the sanitizers, so smaller ones than
// `npm run sim -- --exhaustive` searches.

#include <gtest/gtest.h>

#include "core/base/mutation.h"
#include "tests/scope/plans.h"
#include "tests/scope/schedule.h"
#include "tests/scope/search.h"

namespace danji::scope {
namespace {

using Names = std::vector<std::string>;

const Size kTabs{.pages = 3, .ops = 2, .crashes = 1, .hasServer = false};
const Size kServer{.pages = 2, .ops = 2, .crashes = 1, .hasServer = true};

Size with(Size size, std::size_t ops, std::size_t crashes) {
  size.ops = ops;
  size.crashes = crashes;
  return size;
}

Findings searchAll(World& world, const Size& size, Limits limits = {}) {
  Outlooks outlooks(world);
  Findings all;
  for (const Measure& measure : measuresOf(size)) {
    all.add(Search(world, outlooks, limits).run(measure));
  }
  return all;
}

std::string faultOf(const Names& strategies, const Size& size) {
  World world(planFor(strategies, size));
  const Findings found = searchAll(world, size);
  EXPECT_TRUE(found.isComplete);
  EXPECT_GE(found.ends, 5u);
  return found.violations == 0 ? "" : found.first + "\n" + textOf(world, found);
}

TEST(Scope, every_strategy_is_right_in_every_order_of_two_ops) {
  for (const std::string& name : strategyNames()) {
    EXPECT_EQ(faultOf({name}, with(kTabs, 2, 0)), "") << name;
    EXPECT_EQ(faultOf({name}, with(kServer, 2, 0)), "") << name;
    EXPECT_EQ(faultOf({name + kTakingBack}, with(kTabs, 2, 0)), "") << name;
  }
}

TEST(Scope, a_batch_is_whole_whoever_dies_and_when) {
  EXPECT_EQ(faultOf({"sum", "custom"}, with(kTabs, 1, 2)), "");
  EXPECT_EQ(faultOf({"sum", "custom"}, with(kServer, 1, 2)), "");
}

TEST(Scope, ops_are_spread_in_all_ways_but_for_those_that_are_alike) {
  // (2,0,0) (1,1,0) (0,2,0) (0,1,1), and a crash of each page that is not like another.
  EXPECT_EQ(measuresOf(kTabs).size(), 2 + 3 + 3 + 2u);
}

// Which orders are left out changes nothing of what is found.
TEST(Scope, the_ends_are_the_same_when_no_order_is_left_out) {
  for (const Size& size : {with(kTabs, 1, 1), with(kServer, 2, 0), with(kServer, 1, 2)}) {
    World world(planFor({"user_resolve"}, size));
    const Findings few = searchAll(world, size);
    const Findings all = searchAll(world, size, {.reduces = false});

    EXPECT_EQ(few.ends, all.ends);
    EXPECT_LT(few.states, all.states);
    EXPECT_LT(few.paths, all.paths);
  }
}

// What inside.cpp forgot would show here: two engines that are told equal would differ later.
TEST(Scope, machines_that_are_told_equal_go_on_alike) {
  for (const Size& size : {with(kTabs, 1, 2), with(kServer, 2, 1)}) {
    World world(planFor({"merge", "sum"}, size));
    searchAll(world, size);

    EXPECT_EQ(world.automata().audit(10), "");
  }
}

#ifdef DANJI_MUTATIONS

// Without this rule a search finds something wrong, and the way there is wrong when it is played.
void missesRule(mutation::Rule rule, const Names& strategies, const Size& size) {
  mutation::removed = rule;
  World world(planFor(strategies, size));
  const Findings found = searchAll(world, size, {.stopsAtViolation = true});
  std::string error;
  const auto schedule = readSchedule(textOf(world, found), error);
  const std::string fault = schedule ? play(*schedule) : "";
  mutation::removed = mutation::Rule::none;

  EXPECT_GT(found.violations, 0u);
  EXPECT_EQ(error, "");
  EXPECT_NE(fault, "") << textOf(world, found);
}

TEST(Scope, a_search_finds_what_goes_wrong_without_a_rule) {
  using mutation::Rule;
  for (const Rule rule : {Rule::opDecidedOnce, Rule::rejectionMovesFloor,
                          Rule::recordsFoldedOnce, Rule::promiseKept}) {
    SCOPED_TRACE(static_cast<int>(rule));
    missesRule(rule, {"sum", "last_write_wins"}, kTabs);
  }
  for (const Rule rule : {Rule::batchIsWhole, Rule::durableBeforeTold, Rule::rejectionsInState,
                          Rule::expectationChecked, Rule::pendingUntilDecided}) {
    SCOPED_TRACE(static_cast<int>(rule));
    missesRule(rule, {"sum", "custom"}, kServer);
  }
  missesRule(Rule::firstStands, {"first_write_wins", "sum"}, kTabs);
}

#endif

}  // namespace
}  // namespace danji::scope
