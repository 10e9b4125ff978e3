// What a panel is told of the ops that wait for a server, and whose of them may be taken back.

#include <gtest/gtest.h>

#include "tests/core/pair.h"

namespace danji {
namespace {

constexpr const char* kOrders = "server/global";

// As engine.h spells one of Engine::outbox().
struct Waiting {
  std::uint8_t whose = 0;
  std::string address;
  std::string session;
  double sequence = 0;
  std::string unit;
  double madeMillis = 0;
  std::uint32_t sends = 0;
  std::vector<std::string> keys;
};

std::vector<Waiting> outboxOf(const Engine& engine) {
  ByteWriter out;
  engine.outbox(out);
  ByteReader in(out.view());
  std::vector<Waiting> all;
  while (const std::uint8_t whose = in.u8()) {
    Waiting one{.whose = whose, .address = std::string(in.text(100))};
    one.session = in.text(100);
    one.sequence = in.f64();
    one.unit = in.text(100);
    one.madeMillis = in.f64();
    one.sends = in.u32();
    for (std::uint64_t count = in.varint(); count > 0; --count) {
      one.keys.emplace_back(in.text(100));
    }
    all.push_back(std::move(one));
  }
  EXPECT_TRUE(in.finished());
  return all;
}

enum Whose : std::uint8_t { kOwn = 1, kAnothers = 2, kOfOneGone = 3, kTakenBack = 4 };

// Ada leads, Bob has written, and neither has a connection.
struct OutboxTest : ::testing::Test {
  OutboxTest() {
    open(tabs.ada);
    const Slot order = open(tabs.bob);
    tabs.settle();
    tabs.bob.setNumber(order, tabs.bob.unit("cart").value(), 1);
    tabs.settle();
  }

  static Slot open(Engine& engine) {
    const Definition definition{.scope = Scope::global, .plane = Plane::server, .parameters = ""};
    return engine.open(engine.define("order", definition).value(), kOrders).value();
  }

  Pair tabs;
};

TEST_F(OutboxTest, an_op_is_told_with_its_author_its_age_and_its_keys) {
  const std::vector<Waiting> own = outboxOf(tabs.bob);
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].whose, kOwn);
  EXPECT_EQ(own[0].address, kOrders);
  EXPECT_EQ(own[0].session, hexOf(kBob));
  EXPECT_GE(own[0].sequence, 1.0);
  EXPECT_EQ(own[0].unit, "cart");
  EXPECT_EQ(own[0].madeMillis, tabs.nowMillis);
  EXPECT_EQ(own[0].keys, std::vector<std::string>{"order"});

  const std::vector<Waiting> seen = outboxOf(tabs.ada);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].whose, kAnothers);
  EXPECT_EQ(seen[0].session, own[0].session);
  EXPECT_EQ(seen[0].sequence, own[0].sequence);
  EXPECT_EQ(seen[0].keys, own[0].keys);
}

TEST_F(OutboxTest, what_an_open_tab_wrote_is_that_tabs_to_take_back) {
  const auto sequence = static_cast<std::uint64_t>(outboxOf(tabs.bob)[0].sequence);
  const auto codeOf = [](const Status& status) {
    return status.ok() ? ErrorCode::ok : status.error().code;
  };

  EXPECT_EQ(codeOf(tabs.ada.withdraw(kOrders, kBob, sequence)), ErrorCode::forbidden);
  EXPECT_EQ(codeOf(tabs.ada.withdraw("server/nowhere", kBob, sequence)), ErrorCode::stale);
  EXPECT_EQ(codeOf(tabs.bob.withdraw(kOrders, kBob, sequence + 9)), ErrorCode::stale);
  EXPECT_EQ(outboxOf(tabs.ada).front().whose, kAnothers);

  EXPECT_EQ(codeOf(tabs.bob.withdraw(kOrders, kBob, sequence)), ErrorCode::ok);
  EXPECT_EQ(outboxOf(tabs.bob).front().whose, kOwn + kTakenBack);
}

TEST_F(OutboxTest, what_a_tab_left_behind_may_be_taken_back_by_another) {
  tabs.bob.peer().leave();
  tabs.bob.peer().suspend();
  for (const Bytes& frame : tabs.bob.peer().flush()) tabs.ada.peer().receive(frame);
  tabs.ada.peer().sessionsFound({kAda});
  ASSERT_TRUE(tabs.ada.peer().peers().empty());

  const Waiting left = outboxOf(tabs.ada).front();
  EXPECT_EQ(left.whose, kOfOneGone);
  const auto sequence = static_cast<std::uint64_t>(left.sequence);
  EXPECT_TRUE(tabs.ada.withdraw(kOrders, kBob, sequence).ok());
  EXPECT_EQ(outboxOf(tabs.ada).front().whose, kOfOneGone + kTakenBack);
}

}  // namespace
}  // namespace danji
