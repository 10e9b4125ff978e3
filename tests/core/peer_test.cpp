// Two tabs find each other, whatever one of them believes about the other.

#include "core/replica/peer.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/server/host.h"
#include "tests/core/pair.h"

namespace danji {
namespace {

Bytes goodbyeOf(const std::string& session) {
  ByteWriter body;
  encode(body, Bye{.sender = session});
  return sealMessage(FrameType::bye, body.view(), session, 1'000).front();
}

TEST(Peer, a_tab_whose_goodbye_came_after_its_return_is_counted_again) {
  Pair tabs;
  const Slot theme = Pair::open(tabs.ada, "theme");
  tabs.settle();
  tabs.wait(kBeaconMillis + kResendMillis);
  tabs.settle();
  ASSERT_EQ(tabs.bob.peer().role(), Role::following);

  tabs.ada.peer().receive(goodbyeOf(kBob));
  EXPECT_TRUE(tabs.ada.peer().peers().empty());
  tabs.wait(kBeaconMillis + kResendMillis);
  tabs.settle();
  tabs.ada.setNumber(theme, 0, 7);
  tabs.settle();

  EXPECT_EQ(tabs.ada.peer().peers().size(), 1u);
  EXPECT_EQ(tabs.bob.digest(0), tabs.ada.digest(0));
}

// Ada is gone, and what Carol says as she takes over does not reach Bob.
TEST(Peer, a_takeover_that_a_tab_missed_is_told_again_though_nobody_writes) {
  Pair tabs;
  Pair::open(tabs.ada, "theme");
  Pair::open(tabs.bob, "theme");
  tabs.settle();
  tabs.wait(kBeaconMillis + kResendMillis);
  tabs.settle();
  ASSERT_EQ(tabs.bob.peer().role(), Role::following);

  const std::string session(16, 'c');
  Engine carol(session, 3);
  const auto wait = [&](double millis) {
    tabs.wait(millis);
    carol.setClock(tabs.nowMillis);
    carol.peer().tick();
  };
  wait(0);
  Pair::open(carol, "theme");
  carol.peer().join();
  carol.peer().lockGranted();
  carol.peer().sessionsFound({session, kBob});
  wait(kPromiseWaitMillis);
  carol.peer().flush();  // Nobody gets it.
  ASSERT_EQ(carol.peer().role(), Role::leading);
  ASSERT_EQ(tabs.bob.peer().role(), Role::following);

  wait(kBeaconMillis);
  for (int i = 0; i < 5; ++i) {
    for (const Bytes& frame : carol.peer().flush()) tabs.bob.peer().receive(frame);
    for (const Bytes& frame : tabs.bob.peer().flush()) carol.peer().receive(frame);
  }

  EXPECT_EQ(carol.peer().peers().size(), 1u);
  EXPECT_EQ(tabs.bob.replicaAt(0).space().epoch(), carol.replicaAt(0).space().epoch());
}

// A server's answer that was lost between the tabs is missed though no other follows.
TEST(Peer, the_last_records_of_a_server_are_missed_at_the_next_beacon) {
  Pair tabs;
  Host host(std::string(16, 's'), 7);
  host.setClock(tabs.nowMillis);
  const auto open = [](Engine& engine) {
    const Definition definition{.scope = Scope::global, .plane = Plane::server};
    return engine.open(engine.define("order", definition).value(), "server/global").value();
  };
  const Slot order = open(tabs.ada);
  open(tabs.bob);
  const auto talk = [&] {
    for (const Bytes& frame : tabs.ada.uplink().flush()) host.receive(1, frame);
    host.takeRows();
    host.rowsWritten();
    for (const Outgoing& one : host.takeFrames()) tabs.ada.uplink().receive(one.bytes);
  };
  host.connected(1);
  tabs.ada.uplink().connected();
  talk();
  tabs.settle();
  tabs.wait(kBeaconMillis + kResendMillis);
  tabs.settle();
  ASSERT_EQ(tabs.bob.peer().role(), Role::following);

  tabs.ada.setNumber(order, tabs.ada.unit("cart").value(), 7);
  talk();
  talk();
  tabs.ada.peer().flush();  // Nobody gets it.
  tabs.wait(kBeaconMillis);
  tabs.settle();

  EXPECT_EQ(tabs.bob.digest(0), tabs.ada.digest(0));
  EXPECT_EQ(tabs.bob.replicaAt(0).space().index(), 1u);
}

TEST(Peer, a_lock_that_comes_to_a_tab_that_sleeps_is_given_back) {
  Engine ada(kAda, 1);
  ada.peer().join();
  ada.peer().suspend();
  ada.peer().takeWishes();

  ada.peer().lockGranted();

  EXPECT_NE(ada.peer().takeWishes() & kWishReleaseLock, 0u);
  EXPECT_NE(ada.peer().role(), Role::asking);
}

// Nobody can have more of a log than the tab that decides it.
TEST(Peer, a_log_that_somebody_knows_further_than_its_leader_goes_on_under_another_name) {
  Pair tabs;
  const Slot theme = Pair::open(tabs.ada, "theme");
  Pair::open(tabs.bob, "theme");
  tabs.ada.setNumber(theme, 0, 7);
  tabs.settle();
  const Space& space = tabs.ada.replicaAt(0).space();
  const std::uint64_t before = space.epoch();

  ByteWriter body;
  encode(body, Hello{.sender = kBob,
                     .cursors = {{.address = "device/global",
                                  .epoch = before,
                                  .index = space.index() + 1}}});
  tabs.ada.peer().receive(sealFrame(FrameType::hello, body.view()));
  tabs.settle();

  EXPECT_NE(space.epoch(), before);
  EXPECT_EQ(tabs.bob.replicaAt(0).space().epoch(), space.epoch());
  EXPECT_EQ(Pair::visible(tabs.bob, "theme"), Value::number(7));
  EXPECT_EQ(tabs.bob.digest(0), tabs.ada.digest(0));
}

TEST(Peer, a_leader_that_is_asked_above_its_epoch_again_and_again_takes_its_time) {
  Pair tabs;
  Engine& ada = tabs.ada;
  const auto asked = [&] {
    std::size_t count = 0;
    for (const Bytes& frame : ada.peer().flush()) {
      count += openFrame(frame).value().type == FrameType::prepare ? 1 : 0;
    }
    return count;
  };
  for (std::uint32_t i = 0; i <= kContestsMax; ++i) {
    ASSERT_EQ(asked(), i == 0 ? 0u : 1u);
    ByteWriter body;
    encode(body, Prepare{.sender = std::string(16, 'c'),
                         .leaderEpoch = ada.peer().leaderEpoch() + 1'000 * (i + 1)});
    ada.peer().receive(sealFrame(FrameType::prepare, body.view()));
  }
  EXPECT_EQ(ada.peer().role(), Role::asking);
  EXPECT_EQ(asked(), 0u);

  tabs.wait(kContestPauseMillisMax);
  EXPECT_EQ(asked(), 1u);
  tabs.wait(kPromiseWaitMillis);
  tabs.settle();
  EXPECT_EQ(ada.peer().role(), Role::leading);
}

TEST(Peer, what_no_tab_has_to_say_to_another_is_counted_and_changes_nothing) {
  Pair tabs;
  tabs.settle();
  const auto hear = [&](FrameType type, ByteView body) {
    tabs.ada.peer().receive(sealFrame(type, body));
  };
  ByteWriter push;
  encode(push, Push{.sender = kBob,
                    .tables = {},
                    .sections = {{.address = "tab/private:main/main/cart"}}});
  hear(FrameType::push, push.view());
  ByteWriter part;
  part.raw(asBytes(kBob));
  part.u32(7);
  part.varint(0);
  part.varint(1);
  part.raw(sealFrame(FrameType::part, {}));
  hear(FrameType::part, part.view());
  hear(FrameType::snapshot, {});

  EXPECT_EQ(tabs.ada.peer().refused().at(ErrorCode::protocol), 1u);
  EXPECT_EQ(tabs.ada.peer().refused().at(ErrorCode::malformed), 2u);
  EXPECT_EQ(tabs.ada.spaceCount(), 0u);
}

TEST(Peer, a_tab_without_others_says_so) {
  Engine ada(kAda, 1);
  EXPECT_NE(ada.inspect().find("\"role\":\"alone\""), std::string::npos);
  ada.peer().join();
  EXPECT_NE(ada.inspect().find("\"role\":\"joining\""), std::string::npos);
}

}  // namespace
}  // namespace danji
