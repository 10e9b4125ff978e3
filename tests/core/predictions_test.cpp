// What readers see while many ops wait over one entry, whatever happens under and between them.

#include "core/replica/predictions.h"

#include <gtest/gtest.h>

#include "tests/core/pair.h"
#include "tests/core/server_world.h"

namespace danji {
namespace {

constexpr double kMany = 40;

Value likes(const Engine& engine) { return Pair::visible(engine, "likes"); }

// Bob has told nobody of his.
struct Waiting {
  Waiting() {
    ada = Pair::open(tabs.ada, "likes", StrategyKind::sum);
    bob = Pair::open(tabs.bob, "likes", StrategyKind::sum);
    tabs.settle();
    for (double number = 1; number <= kMany; ++number) {
      set(number);
      EXPECT_EQ(likes(tabs.bob), Value::number(number));
    }
  }
  void set(double number) { tabs.bob.setNumber(bob, tabs.bob.unit("till").value(), number); }
  void hearAda() {
    for (const Bytes& frame : tabs.ada.peer().flush()) tabs.bob.peer().receive(frame);
  }

  Pair tabs;
  Slot ada = 0;
  Slot bob = 0;
};

TEST(Predictions, ops_of_another_are_seen_under_those_that_wait) {
  Waiting waiting;
  Pair& tabs = waiting.tabs;
  for (double number = 1; number <= 5; ++number) {
    tabs.ada.setNumber(waiting.ada, tabs.ada.unit("till").value(), 1'000 * number);
    waiting.hearAda();
    EXPECT_EQ(likes(tabs.bob), Value::number(1'000 * number + kMany + number - 1));
    waiting.set(1'000 * number + kMany + number);
    EXPECT_EQ(likes(tabs.bob), Value::number(1'000 * number + kMany + number));
  }
  tabs.settle();
  EXPECT_EQ(likes(tabs.ada), Value::number(5'000 + kMany + 5));
  EXPECT_EQ(likes(tabs.bob), likes(tabs.ada));
}

// A page without a server for long, which takes one of its ops back.
TEST(Predictions, an_op_between_others_goes_and_the_rest_stays) {
  Page page;
  const Slot likes = page.open("likes", StrategyKind::sum);
  const auto visible = [&] { return page.replica().visible(0); };
  for (double number = 1; number <= kMany; ++number) {
    page.set(likes, number);
    EXPECT_EQ(visible(), Value::number(number));
  }
  const std::string session(16, 'a');
  EXPECT_TRUE(page.core.withdraw(kAddress, session, 3).ok());
  EXPECT_EQ(visible(), Value::number(kMany - 1));
  EXPECT_TRUE(page.core.withdraw(kAddress, session, static_cast<std::uint64_t>(kMany)).ok());
  EXPECT_EQ(visible(), Value::number(kMany - 2));
  page.set(likes, kMany);
  EXPECT_EQ(visible(), Value::number(kMany));
}

TEST(Predictions, another_key_that_was_asked_meanwhile_changes_nothing) {
  Waiting waiting;
  Pair& tabs = waiting.tabs;
  const Slot other = Pair::open(tabs.bob, "other", StrategyKind::sum);
  for (double number = 1; number <= kMany; ++number) {
    tabs.bob.setNumber(other, tabs.bob.unit("till").value(), number);
    EXPECT_EQ(Pair::visible(tabs.bob, "other"), Value::number(number));
    EXPECT_EQ(likes(tabs.bob), Value::number(kMany));
  }
}

}  // namespace
}  // namespace danji
