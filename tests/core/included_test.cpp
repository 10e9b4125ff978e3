// Whoever was not answered in a log that ended learns what its brought-back values include.

#include "core/entry/included.h"

#include <gtest/gtest.h>

#include <map>

#include "core/base/limits.h"
#include "core/engine/engine.h"
#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

constexpr NameId kBob = 2;
constexpr NameId kCas = 3;

TEST(Included, numbers_change_sides_at_each_dot) {
  const Included dots{{kBob, 6}, {kBob, 7}, {kBob, 31}, {kCas, 2}};

  EXPECT_TRUE(includes(dots, {kBob, 1}));
  EXPECT_TRUE(includes(dots, {kBob, 6}));
  EXPECT_FALSE(includes(dots, {kBob, 7}));
  EXPECT_TRUE(includes(dots, {kBob, 8}));
  EXPECT_TRUE(includes(dots, {kBob, 31}));
  EXPECT_FALSE(includes(dots, {kBob, 32}));
  EXPECT_FALSE(includes(dots, {kCas, 3}));
  EXPECT_FALSE(includes(dots, {kBob, 0})) << "what has no number yet is in no log";
}

TEST(Included, of_two_lists_the_one_that_goes_further_tells_of_a_session) {
  const Included now{{kBob, 4}, {kCas, 1}, {kCas, 9}};
  const Included before{{kBob, 5}, {kCas, 8}};

  EXPECT_EQ(joined(now, before), (Included{{kBob, 5}, {kCas, 1}, {kCas, 9}}));
}

TEST(Included, of_too_many_sessions_the_last_ones_are_told_of) {
  Included all;
  for (NameId session = 0; session < kIncludedMax + 10; ++session) all.push_back({session, 1});

  const Included kept = joined(all, {});
  EXPECT_EQ(kept.size(), kIncludedMax);
  EXPECT_EQ(kept.back().session, kIncludedMax + 9);
}

// What a space says of its ops is what it was told of each.
TEST(Included, a_log_accepted_what_its_records_say) {
  RandomInput random;
  SCOPED_TRACE(random.trace());
  for (int round = 0; round < 300; ++round) {
    Realm realm(std::string(16, 'a'), 1);
    Space space(Address::parse("device/global").value(), realm.sessions, realm.units,
                realm.definitions);
    std::map<std::pair<NameId, std::uint64_t>, bool> accepted;
    for (std::uint64_t count = random.below(40); count > 0; --count) {
      const NameId session = realm.sessions.intern(std::string(16, "xy"[random.below(2)]));
      const std::uint64_t floor = space.floorOf(session);
      Record record{.op = {.id = {session, floor + 1}}, .stamp = {}};
      if (random.oneIn(4)) record.op.id.sequence += random.below(3);
      const bool isRefused = random.oneIn(3) || record.op.id.sequence > floor + 1;
      if (isRefused) record.decision = ErrorCode::voided;
      for (std::uint64_t number = floor + 1; number <= record.op.id.sequence; ++number) {
        accepted[{session, number}] = !isRefused;
      }
      space.fold(record);
    }
    const Included dots = space.acceptedIn(space.state());
    for (const auto& [op, wasAccepted] : accepted) {
      ASSERT_EQ(includes(dots, {op.first, op.second}), wasAccepted) << op.second;
    }
  }
}

// ---- Three tabs that are never awake at once

struct Device {
  struct Tab {
    Engine core;
    std::string session;
    bool hears = true;
  };
  Device() {
    for (Tab* tab : all()) tab->core.setClock(1e12);
  }
  std::vector<Tab*> all() { return {&ada, &bob, &cas}; }

  void settle() {
    for (bool isQuiet = false; !isQuiet;) {
      isQuiet = true;
      for (Tab* from : all()) {
        if ((from->core.peer().takeWishes() & kWishQuerySessions) != 0) {
          std::vector<std::string> live;
          for (Tab* tab : all()) {
            if (tab->hears) live.push_back(tab->session);
          }
          from->core.peer().sessionsFound(live);
        }
        for (const Bytes& frame : from->core.peer().flush()) {
          isQuiet = false;
          for (Tab* to : all()) {
            if (to != from && to->hears) to->core.peer().receive(frame);
          }
        }
      }
    }
  }
  Slot open(Tab& tab, StrategyKind strategy) {
    const Definition definition{
        .scope = Scope::global, .plane = Plane::device, .strategy = strategy};
    return tab.core.open(tab.core.define("likes", definition).value(), "device/global").value();
  }
  void sleep(Tab& tab) {
    tab.core.peer().suspend();
    settle();
    tab.hears = false;
  }
  void wake(Tab& tab) {
    tab.hears = true;
    tab.core.peer().resume();
    settle();
  }
  const Entry& entryOf(Tab& tab) { return *tab.core.replicaAt(0).space().find("likes"); }

  Tab ada{.core{std::string(16, 'a'), 1}, .session = std::string(16, 'a')};
  Tab bob{.core{std::string(16, 'b'), 2}, .session = std::string(16, 'b')};
  Tab cas{.core{std::string(16, 'c'), 3}, .session = std::string(16, 'c'), .hears = false};
};

// Bob writes, Ada decides, Bob is not told, and both sleep while Cas begins a log. Then Ada comes
// back with what she had, and Bob with his op.
void tellBobLate(Device& device, StrategyKind strategy, const std::vector<std::uint8_t>& change) {
  device.open(device.ada, strategy);
  const Slot slot = device.open(device.bob, strategy);
  device.ada.core.peer().join();
  device.bob.core.peer().join();
  device.ada.core.peer().lockGranted();
  device.settle();

  ByteWriter batch;
  batch.varint(1);
  batch.varint(slot);
  batch.varint(device.bob.core.unit("bob").value());
  for (const std::uint8_t byte : change) batch.u8(byte);
  encode(batch, Value::number(3));
  ByteWriter out;
  ASSERT_TRUE(device.bob.core.commit(batch.view(), out).ok());
  for (const Bytes& frame : device.bob.core.peer().flush()) device.ada.core.peer().receive(frame);
  device.bob.hears = false;
  device.sleep(device.ada);
  device.bob.core.peer().suspend();
  device.bob.core.peer().flush();
  ASSERT_TRUE(device.bob.core.replicaAt(0).hasUndecided());

  device.cas.hears = true;
  device.open(device.cas, strategy);
  device.cas.core.peer().join();
  device.cas.core.peer().lockGranted();
  device.settle();
  device.wake(device.ada);
  ASSERT_EQ(device.entryOf(device.cas).value, Value::number(3)) << "Ada brought it back";
  device.wake(device.bob);
}

TEST(Included, an_addition_that_was_brought_back_counts_once_and_its_author_is_told_so) {
  Device device;
  tellBobLate(device, StrategyKind::sum, {3});

  EXPECT_FALSE(device.bob.core.replicaAt(0).hasUndecided());
  EXPECT_TRUE(device.cas.core.replicaAt(0).space().state().rejections.empty());
  EXPECT_EQ(device.entryOf(device.bob).value, Value::number(3));
  EXPECT_EQ(device.bob.core.digest(0), device.cas.core.digest(0));
}

TEST(Included, whoever_was_first_is_not_told_that_somebody_else_was) {
  Device device;
  tellBobLate(device, StrategyKind::firstWriteWins, {1});

  EXPECT_FALSE(device.bob.core.replicaAt(0).hasUndecided());
  EXPECT_TRUE(device.cas.core.replicaAt(0).space().state().rejections.empty());
  EXPECT_EQ(device.entryOf(device.bob).value, Value::number(3));
}

}  // namespace
}  // namespace danji
