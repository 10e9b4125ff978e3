// The versions of an entry that a page keeps: each one that was confirmed, whoever wrote it.

#include "core/replica/history.h"

#include <gtest/gtest.h>

#include "tests/core/pair.h"

namespace danji {
namespace {

std::vector<double> valuesOf(const Engine& engine) {
  std::vector<double> values;
  for (const History::Version& version : engine.replicaAt(0).historyOf(0)->versions()) {
    values.push_back(version.value.isSet() ? version.value.number() : -1);
  }
  return values;
}

bool isWhole(const Engine& engine) { return engine.replicaAt(0).historyOf(0)->isWhole(); }

struct Remembered : Pair {
  Slot inAda = open(ada, "theme", StrategyKind::lastWriteWins, 3);
  Slot inBob = open(bob, "theme", StrategyKind::lastWriteWins, 3);

  Remembered() { settle(); }
};

TEST(History, a_follower_has_every_version_of_one_frame) {
  Remembered tabs;

  for (const double n : {1, 2}) tabs.ada.setNumber(tabs.inAda, 0, n);
  tabs.ada.unset(tabs.inAda, 0);
  tabs.settle();

  EXPECT_EQ(valuesOf(tabs.ada), (std::vector<double>{1, 2, -1}));
  EXPECT_EQ(valuesOf(tabs.bob), valuesOf(tabs.ada));
  EXPECT_TRUE(isWhole(tabs.bob));
}

TEST(History, it_has_what_is_confirmed_and_not_what_is_pending) {
  Remembered tabs;

  tabs.bob.setNumber(tabs.inBob, 0, 1);
  EXPECT_TRUE(valuesOf(tabs.bob).empty());
  tabs.settle();

  EXPECT_EQ(valuesOf(tabs.bob), (std::vector<double>{1}));
  EXPECT_EQ(tabs.bob.replicaAt(0).historyOf(0)->versions().front().id,
            tabs.bob.replicaAt(0).space().entry(0).writer());
}

TEST(History, the_oldest_versions_go_and_it_says_so) {
  Remembered tabs;

  for (const double n : {1, 2, 3}) tabs.ada.setNumber(tabs.inAda, 0, n);
  EXPECT_TRUE(isWhole(tabs.ada));
  tabs.ada.setNumber(tabs.inAda, 0, 4);

  EXPECT_EQ(valuesOf(tabs.ada), (std::vector<double>{2, 3, 4}));
  EXPECT_FALSE(isWhole(tabs.ada));
}

TEST(History, who_comes_later_begins_with_what_stands) {
  Pair tabs;
  const Slot inAda = Pair::open(tabs.ada, "theme");
  for (const double n : {1, 2}) tabs.ada.setNumber(inAda, 0, n);
  tabs.settle();

  const Slot inBob = Pair::open(tabs.bob, "theme", StrategyKind::lastWriteWins, 3);
  tabs.bob.setNumber(inBob, 0, 3);
  tabs.settle();

  EXPECT_EQ(valuesOf(tabs.bob), (std::vector<double>{2, 3}));
  EXPECT_FALSE(isWhole(tabs.bob));
}

TEST(History, a_state_from_elsewhere_starts_it_anew_unless_it_is_the_same) {
  Remembered tabs;
  for (const double n : {1, 2}) tabs.ada.setNumber(tabs.inAda, 0, n);
  tabs.settle();

  // The same log goes on under another name; only its last version is told under that name.
  const std::uint64_t epoch = tabs.bob.replicaAt(0).space().epoch();
  tabs.bob.peer().suspend();
  tabs.bob.peer().resume();
  const std::deque<History::Version>& versions = tabs.bob.replicaAt(0).historyOf(0)->versions();
  EXPECT_EQ(versions.front().epoch, epoch);
  EXPECT_EQ(versions.back().epoch, tabs.bob.replicaAt(0).space().epoch());
  EXPECT_NE(versions.back().epoch, epoch);

  tabs.settle();
  EXPECT_EQ(valuesOf(tabs.bob), (std::vector<double>{2}));
  EXPECT_FALSE(isWhole(tabs.bob));
  EXPECT_EQ(valuesOf(tabs.ada), (std::vector<double>{1, 2}));
}

// The bytes that the glue reads, as engine.h spells them.
TEST(History, it_is_told_version_by_version_with_who_wrote_each) {
  Remembered tabs;
  tabs.ada.setNumber(tabs.inAda, 0, 1);
  tabs.bob.setNumber(tabs.inBob, tabs.bob.unit("cart").value(), 2);
  tabs.settle();

  ByteWriter out;
  tabs.ada.history(tabs.inAda, out);
  ByteReader in(out.view());
  EXPECT_EQ(in.u8(), 1u) << "it is whole";
  ASSERT_EQ(in.varint(), 2u);
  for (const bool isBobs : {false, true}) {
    EXPECT_GT(in.f64(), 0.0);
    EXPECT_EQ(in.text(16), hex64(tabs.ada.replicaAt(0).space().epoch()));
    EXPECT_GE(in.f64(), 1e12);
    EXPECT_GT(in.f64(), 0.0);
    EXPECT_EQ(in.text(32), hexOf(isBobs ? kBob : kAda));
    EXPECT_EQ(in.text(100), isBobs ? "cart" : "danji");
    EXPECT_EQ(decodeValue(in), Value::number(isBobs ? 2 : 1));
  }
  EXPECT_TRUE(in.finished());

  const Slot other = Pair::open(tabs.ada, "other");
  ByteWriter none;
  tabs.ada.history(other, none);
  EXPECT_EQ(none.size(), 2u) << "of a key without a history: not whole, no versions";
}

}  // namespace
}  // namespace danji
