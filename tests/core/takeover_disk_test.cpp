// What a tab that takes over finds on the disk, and what it knows that the disk does not.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/pair.h"
#include "tests/core/test_disk.h"

namespace danji {
namespace {

// Ada leads; whatever she decides from `part` on, nobody hears, and Bob takes over.
struct Takeover : ::testing::Test {
  Takeover() {
    for (Engine* tab : {&tabs.ada, &tabs.bob}) {
      tab->storage().begin();
      unit = tab->unit("cart").value();
      likes = open(*tab, "likes", StrategyKind::sum, Lifetime::persistent);
      theme = open(*tab, "theme", StrategyKind::lastWriteWins, Lifetime::memory);
      profile = open(*tab, "profile", StrategyKind::merge, Lifetime::memory);
    }
    for (int round = 0; round < 3; ++round) {
      tabs.settle();
      disk.serve(tabs.ada);
      disk.serve(tabs.bob);
    }
  }

  static Slot open(Engine& tab, const std::string& key, StrategyKind strategy, Lifetime lifetime) {
    const Definition definition{.scope = Scope::global, .plane = Plane::device,
                                .strategy = strategy, .parameters = ""};
    const Contract contract{.lifetime = lifetime};
    return tab.open(tab.define(key, definition, contract).value(), "device/global").value();
  }

  enum Kind : std::uint8_t { kSet = 1, kAdd = 3 };
  void write(ByteWriter& batch, Slot slot, Kind kind, const Value& value) const {
    batch.varint(slot);
    batch.varint(unit);
    batch.u8(kind);
    encode(batch, value);
  }

  void adaWritesAndDies() {
    tabs.ada.setNumber(likes, unit, 2);
    disk.serve(tabs.ada);
    tabs.ada.peer().flush();
  }

  void bobLeads() {
    tabs.bob.peer().lockGranted();
    while ((tabs.bob.peer().takeWishes() & kWishQuerySessions) != 0) {
      tabs.bob.peer().sessionsFound({kBob});
    }
    ASSERT_EQ(tabs.bob.peer().role(), Role::leading);
    disk.serve(tabs.bob);
  }

  // What the disk says of Bob's last op that it marks; ok: it marks none.
  ErrorCode markOfBob() const {
    StoredSpace stored;
    for (const Row& row : disk.read(spaceRange("device/global"))) stored.add("device/global", row);
    ErrorCode mark = ErrorCode::ok;
    for (const RejectionState& one : stored.state().rejections) {
      if (one.session == kBob) mark = one.code;
    }
    return mark;
  }

  Value bobSees(const std::string& key) const { return Pair::visible(tabs.bob, key); }

  TestDisk disk;
  Pair tabs;
  NameId unit = 0;
  Slot likes = 0;
  Slot theme = 0;
  Slot profile = 0;
};

TEST_F(Takeover, what_only_the_disk_has_of_the_leader_before_is_there) {
  adaWritesAndDies();
  bobLeads();
  EXPECT_EQ(bobSees("likes"), Value::number(2));
}

TEST_F(Takeover, what_was_decided_before_the_disk_was_read_is_made_on_top_of_it) {
  adaWritesAndDies();
  tabs.bob.setNumber(likes, unit, 1);
  disk.readFails = ErrorCode::storage;
  bobLeads();
  tabs.bob.setNumber(likes, unit, 4);
  EXPECT_EQ(bobSees("likes"), Value::number(4));
  disk.readFails = ErrorCode::ok;
  tabs.wait(60'000);
  disk.serve(tabs.bob);
  EXPECT_EQ(bobSees("likes"), Value::number(6)) << "two of Ada's and four of his own";
}

TEST_F(Takeover, a_write_that_the_disk_only_counts_is_made_again) {
  tabs.bob.setNumber(theme, unit, 7);
  for (const Bytes& frame : tabs.bob.peer().flush()) tabs.ada.peer().receive(frame);
  ASSERT_EQ(Pair::visible(tabs.ada, "theme"), Value::number(7));
  adaWritesAndDies();
  EXPECT_EQ(markOfBob(), ErrorCode::voided);
  bobLeads();
  EXPECT_EQ(bobSees("likes"), Value::number(2));
  EXPECT_EQ(bobSees("theme"), Value::number(7));
  EXPECT_FALSE(tabs.bob.replicaAt(0).hasUndecided());
}

// Not only where the field is lacking: an older tab may bring back what it was before.
TEST_F(Takeover, a_field_that_the_disk_only_counts_is_its_authors_latest_write_again) {
  ByteWriter batch;
  batch.varint(1);
  write(batch, profile, kSet, Value::json(R"({"name":"Bob"})"));
  ByteWriter out;
  ASSERT_TRUE(tabs.bob.commit(batch.view(), out).ok());
  tabs.settle();
  adaWritesAndDies();
  bobLeads();
  EXPECT_EQ(bobSees("likes"), Value::number(2));
  EXPECT_EQ(bobSees("profile"), Value::json(R"({"name":"Bob"})"));
  const Space& space = tabs.bob.replicaAt(0).space();
  const Parts& fields = space.find("profile")->parts;
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_GT(fields[0].stamp, Stamp{}) << "brought back, it would give way to anything";
}

// A batch of which the disk has one half: the other half is made again, the first is not doubled.
TEST_F(Takeover, of_a_batch_that_lasts_in_part_the_rest_is_made_again) {
  ByteWriter batch;
  batch.varint(2);
  write(batch, likes, kAdd, Value::number(3));
  write(batch, theme, kSet, Value::number(9));
  ByteWriter out;
  ASSERT_TRUE(tabs.bob.commit(batch.view(), out).ok());
  for (const Bytes& frame : tabs.bob.peer().flush()) tabs.ada.peer().receive(frame);
  disk.serve(tabs.ada);
  tabs.ada.peer().flush();
  EXPECT_EQ(markOfBob(), ErrorCode::storage);
  bobLeads();
  EXPECT_EQ(bobSees("likes"), Value::number(3));
  EXPECT_EQ(bobSees("theme"), Value::number(9));
  EXPECT_FALSE(tabs.bob.replicaAt(0).hasUndecided());
}

// Carol takes over, and has from the disk what Ada decided of Bob's batch and told nobody.
struct TakeoverByCarol : Takeover {
  TakeoverByCarol() {
    carol.setClock(tabs.nowMillis);
    carol.storage().begin();
    carol.unit("cart").value();
    open(carol, "likes", StrategyKind::sum, Lifetime::persistent);
    open(carol, "theme", StrategyKind::lastWriteWins, Lifetime::memory);
    open(carol, "profile", StrategyKind::merge, Lifetime::memory);
    for (Engine* tab : {&tabs.ada, &tabs.bob, &carol}) {
      visits = open(*tab, "visits", StrategyKind::sum, Lifetime::memory);
    }
    tabs.settle();
  }

  // One op of two: what lasts, and what does not.
  void bobWrites() {
    ByteWriter batch;
    batch.varint(4);
    write(batch, likes, kAdd, Value::number(3));
    write(batch, theme, kSet, Value::number(9));
    write(batch, visits, kAdd, Value::number(2));
    write(batch, profile, kSet, Value::json(R"({"age":1,"name":"Bob"})"));
    ByteWriter out;
    ASSERT_TRUE(tabs.bob.commit(batch.view(), out).ok());
    for (const Bytes& frame : tabs.bob.peer().flush()) tabs.ada.peer().receive(frame);
    disk.serve(tabs.ada);
    tabs.ada.peer().flush();
    ASSERT_EQ(markOfBob(), ErrorCode::storage);
  }

  void carolLeads() {
    carol.peer().join();
    carol.peer().lockGranted();
    for (int round = 0; round < 12; ++round) {
      while ((carol.peer().takeWishes() & kWishQuerySessions) != 0) {
        carol.peer().sessionsFound({session, kBob});
      }
      tabs.bob.peer().takeWishes();
      for (const Bytes& frame : carol.peer().flush()) tabs.bob.peer().receive(frame);
      for (const Bytes& frame : tabs.bob.peer().flush()) carol.peer().receive(frame);
      disk.serve(carol);
      disk.serve(tabs.bob);
      tabs.wait(kResendMillis);
      carol.setClock(tabs.nowMillis);
      carol.peer().tick();
    }
    ASSERT_EQ(carol.peer().role(), Role::leading);
    ASSERT_EQ(tabs.bob.digest(0), carol.digest(0));
    ASSERT_FALSE(tabs.bob.replicaAt(0).hasUndecided());
  }

  const std::string session = std::string(16, 'c');
  Engine carol{session, 3};
  Slot visits = 0;
};

TEST_F(TakeoverByCarol, an_author_makes_again_what_did_not_last_of_its_batch) {
  bobWrites();
  carolLeads();
  EXPECT_EQ(Pair::visible(carol, "likes"), Value::number(3));
  EXPECT_EQ(Pair::visible(carol, "theme"), Value::number(9));
  EXPECT_EQ(Pair::visible(carol, "visits"), Value::number(2));
  EXPECT_EQ(Pair::visible(carol, "profile"), Value::json(R"({"age":1,"name":"Bob"})"));
}

TEST_F(TakeoverByCarol, what_an_author_wrote_over_since_is_not_made_again) {
  bobWrites();
  ByteWriter batch;
  batch.varint(3);
  write(batch, theme, kSet, Value::number(10));
  write(batch, visits, kAdd, Value::number(1));
  write(batch, profile, kSet, Value::json(R"({"age":1,"name":"Bea"})"));
  ByteWriter out;
  ASSERT_TRUE(tabs.bob.commit(batch.view(), out).ok());
  carolLeads();
  EXPECT_EQ(Pair::visible(carol, "likes"), Value::number(3));
  EXPECT_EQ(Pair::visible(carol, "theme"), Value::number(10));
  EXPECT_EQ(Pair::visible(carol, "visits"), Value::number(3)) << "additions stand beside others";
  EXPECT_EQ(Pair::visible(carol, "profile"), Value::json(R"({"age":1,"name":"Bea"})"));
}

}  // namespace
}  // namespace danji
