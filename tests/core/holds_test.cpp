// Writes that are shown before they are decided, hidden until they are, or held back until their
// author knows that they are wanted.
//
//   DANJI_SEED=123 ctest -R Holds

#include <gtest/gtest.h>

#include "tests/core/pair.h"
#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

enum Extra : std::uint8_t { kPlain = 0, kHidden = 32 };

Status set(Engine& engine, Slot slot, const Value& value, Extra extra = kPlain) {
  ByteWriter batch;
  ByteWriter out;
  batch.varint(1);
  batch.varint(slot);
  batch.varint(engine.unit("cart").value());
  batch.u8(static_cast<std::uint8_t>(1 + extra));
  encode(batch, value);
  return engine.commit(batch.view(), out);
}

Result<HoldId> hold(Engine& engine, Slot slot, const Value& value) {
  ByteWriter bytes;
  ByteWriter out;
  bytes.u8(1);
  bytes.varint(slot);
  bytes.varint(engine.unit("cart").value());
  bytes.u8(1);
  encode(bytes, value);
  if (const Status status = engine.hold(bytes.view(), out); !status.ok()) return status.error();
  ByteReader in(out.view());
  return static_cast<HoldId>(in.varint());
}

Status submit(Engine& engine, HoldId id, const Value& value = Value()) {
  ByteWriter bytes;
  ByteWriter out;
  bytes.u8(2);
  bytes.varint(id);
  encode(bytes, value);
  return engine.hold(bytes.view(), out);
}

Status drop(Engine& engine, HoldId id) {
  ByteWriter bytes;
  ByteWriter out;
  bytes.u8(3);
  bytes.varint(id);
  return engine.hold(bytes.view(), out);
}

Value number(double n) { return Value::number(n); }
Value json(const char* text) { return Value::json(text); }

struct Theme : Pair {
  Slot inAda = open(ada, "theme");
  Slot inBob = open(bob, "theme");

  Theme() { settle(); }
  Value seenByAda() const { return visible(ada, "theme"); }
  Value seenByBob() const { return visible(bob, "theme"); }
};

struct Profile : Pair {
  Slot inAda = open(ada, "profile", StrategyKind::merge);
  Slot inBob = open(bob, "profile", StrategyKind::merge);

  Profile() { settle(); }
  std::string seenByAda() const { return visible(ada, "profile").text(); }
  std::string seenByBob() const { return visible(bob, "profile").text(); }
};

TEST(Hidden, a_hidden_op_is_seen_by_nobody_before_it_is_decided) {
  Theme tabs;
  ASSERT_TRUE(set(tabs.bob, tabs.inBob, number(1)).ok());
  tabs.settle();

  ASSERT_TRUE(set(tabs.bob, tabs.inBob, number(2), kHidden).ok());
  EXPECT_EQ(tabs.seenByBob(), number(1));
  const std::vector<Bytes> frames = tabs.bob.peer().flush();
  EXPECT_EQ(tabs.bob.replicaAt(0).overlay().countOf(0), 1u);

  Engine third(std::string(16, 'c'), 3);
  third.setClock(tabs.nowMillis);
  third.peer().join();
  Pair::open(third, "theme");
  for (const Bytes& frame : frames) third.peer().receive(frame);
  EXPECT_EQ(third.replicaAt(0).overlay().countOf(0), 1u);
  EXPECT_FALSE(Pair::visible(third, "theme").isSet());

  for (const Bytes& frame : frames) tabs.ada.peer().receive(frame);
  tabs.settle();
  EXPECT_EQ(tabs.seenByBob(), number(2));
  EXPECT_EQ(tabs.seenByAda(), number(2));
}

TEST(Hidden, a_hidden_op_survives_its_leader) {
  Theme tabs;
  ASSERT_TRUE(set(tabs.bob, tabs.inBob, number(2), kHidden).ok());
  tabs.bob.peer().flush();

  tabs.bob.peer().lockGranted();
  tabs.bob.peer().sessionsFound({kBob});

  EXPECT_EQ(tabs.bob.peer().role(), Role::leading);
  EXPECT_EQ(tabs.seenByBob(), number(2));
}

TEST(Holds, a_held_write_is_shown_here_and_told_to_nobody) {
  Theme tabs;

  const HoldId id = hold(tabs.bob, tabs.inBob, number(1)).value();
  tabs.settle();

  EXPECT_EQ(tabs.seenByBob(), number(1));
  EXPECT_FALSE(tabs.seenByAda().isSet());
  EXPECT_EQ(tabs.bob.replicaAt(0).lastSequence(), 0u);
  ASSERT_TRUE(submit(tabs.bob, id).ok());
  tabs.settle();
  EXPECT_EQ(tabs.seenByAda(), number(1));
}

TEST(Holds, a_dropped_write_takes_nothing_with_it) {
  Theme tabs;
  const HoldId id = hold(tabs.bob, tabs.inBob, number(1)).value();
  ASSERT_TRUE(set(tabs.ada, tabs.inAda, number(7)).ok());
  tabs.settle();
  EXPECT_EQ(tabs.seenByBob(), number(1));

  ASSERT_TRUE(drop(tabs.bob, id).ok());

  EXPECT_EQ(tabs.seenByBob(), number(7));
  EXPECT_FALSE(drop(tabs.bob, id).ok());
  EXPECT_FALSE(submit(tabs.bob, id).ok());
}

TEST(Holds, what_is_written_over_a_held_write_does_not_wait_and_stands) {
  Theme tabs;
  const HoldId id = hold(tabs.bob, tabs.inBob, number(1)).value();

  ASSERT_TRUE(set(tabs.bob, tabs.inBob, number(2)).ok());
  EXPECT_EQ(tabs.seenByBob(), number(2));
  tabs.settle();
  EXPECT_EQ(tabs.seenByAda(), number(2));
  ASSERT_TRUE(set(tabs.ada, tabs.inAda, number(3)).ok());
  tabs.settle();
  EXPECT_EQ(tabs.seenByBob(), number(3)) << "what was covered does not come back";

  ASSERT_TRUE(submit(tabs.bob, id).ok());
  tabs.settle();
  EXPECT_EQ(tabs.seenByBob(), number(3));
  EXPECT_EQ(tabs.ada.digest(0), tabs.bob.digest(0));
}

TEST(Holds, what_is_on_its_way_when_a_held_write_is_submitted_stands) {
  Theme tabs;
  const HoldId id = hold(tabs.bob, tabs.inBob, number(1)).value();
  ASSERT_TRUE(set(tabs.bob, tabs.inBob, number(2)).ok());

  ASSERT_TRUE(submit(tabs.bob, id).ok());
  EXPECT_EQ(tabs.seenByBob(), number(2));
  tabs.settle();

  EXPECT_EQ(tabs.seenByAda(), number(2));
}

TEST(Holds, a_held_patch_brings_its_own_fields_only) {
  Profile tabs;
  ASSERT_TRUE(set(tabs.bob, tabs.inBob, json(R"({"city":"Bern","name":"Ada"})")).ok());
  tabs.settle();
  const HoldId id =
      hold(tabs.bob, tabs.inBob, json(R"({"city":"Ulm","name":"Eve","zip":1})")).value();
  ASSERT_TRUE(set(tabs.ada, tabs.inAda, json(R"({"city":"Bern","name":"Ada","phone":7})")).ok());
  tabs.settle();
  ASSERT_TRUE(
      set(tabs.bob, tabs.inBob, json(R"({"city":"Rom","name":"Eve","phone":7,"zip":1})")).ok());
  tabs.settle();
  EXPECT_EQ(tabs.seenByAda(), R"({"city":"Rom","name":"Ada","phone":7})");
  EXPECT_EQ(tabs.seenByBob(), R"({"city":"Rom","name":"Eve","phone":7,"zip":1})");

  ASSERT_TRUE(submit(tabs.bob, id, json(R"({"city":"Ulm","name":"Zoe"})")).ok());
  tabs.settle();

  EXPECT_EQ(tabs.seenByBob(), R"({"city":"Rom","name":"Zoe","phone":7})");
  EXPECT_EQ(tabs.seenByAda(), tabs.seenByBob());
}

TEST(Holds, a_held_write_stays_through_sleep_and_another_log) {
  Theme tabs;
  const HoldId id = hold(tabs.bob, tabs.inBob, number(1)).value();
  ASSERT_TRUE(set(tabs.ada, tabs.inAda, number(7)).ok());
  tabs.settle();

  tabs.bob.peer().suspend();
  tabs.bob.peer().resume();
  tabs.settle();
  EXPECT_EQ(tabs.seenByBob(), number(1));
  ASSERT_TRUE(submit(tabs.bob, id).ok());
  tabs.settle();

  EXPECT_EQ(tabs.seenByAda(), number(1));
  EXPECT_EQ(tabs.ada.digest(0), tabs.bob.digest(0));
}

// What Bob wrote before, and the log that ended had decided, is older than what he holds.
TEST(Holds, what_is_sent_again_after_a_log_ended_does_not_cover_a_held_write) {
  Theme tabs;
  ASSERT_TRUE(set(tabs.bob, tabs.inBob, number(1)).ok());
  tabs.settle();
  const HoldId id = hold(tabs.bob, tabs.inBob, number(2)).value();
  tabs.bob.peer().suspend();
  Engine fresh(std::string(16, 'd'), 4);
  fresh.setClock(tabs.nowMillis);
  fresh.peer().join();
  fresh.peer().lockGranted();
  fresh.peer().sessionsFound({std::string(16, 'd')});
  Pair::open(fresh, "theme");
  tabs.bob.peer().resume();
  for (int i = 0; i < 4; ++i) {
    for (const Bytes& frame : tabs.bob.peer().flush()) fresh.peer().receive(frame);
    for (const Bytes& frame : fresh.peer().flush()) tabs.bob.peer().receive(frame);
  }
  EXPECT_EQ(Pair::visible(fresh, "theme"), number(1));
  EXPECT_EQ(tabs.seenByBob(), number(2));

  ASSERT_TRUE(submit(tabs.bob, id).ok());

  EXPECT_EQ(tabs.seenByBob(), number(2));
}

TEST(Holds, a_write_that_can_not_be_made_is_not_held) {
  Pair tabs;
  const Slot seat = Pair::open(tabs.ada, "seat", StrategyKind::firstWriteWins);
  ASSERT_TRUE(set(tabs.ada, seat, number(1)).ok());

  const Result<HoldId> refused = hold(tabs.ada, seat, number(2));

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_TRUE(tabs.ada.replicaAt(0).overlay().empty());
}

TEST(Holds, what_can_not_be_read_holds_nothing) {
  Theme tabs;
  for (const char* text : {"", "\x01", "\x02\x01", "\x03", "\x04", "\x02\x01\x02", "\x03\x01"}) {
    ByteWriter bytes;
    ByteWriter out;
    bytes.raw(std::string_view(text));
    EXPECT_FALSE(tabs.bob.hold(bytes.view(), out).ok());
  }
  EXPECT_TRUE(tabs.bob.replicaAt(0).overlay().empty());
}

// ---- Random histories

Value anyValue(RandomInput& random, bool isObject) {
  if (!isObject) return number(static_cast<double>(random.below(9)));
  std::string text = "{\"a\":" + std::to_string(random.below(4));
  if (!random.oneIn(3)) text += ",\"b\":" + std::to_string(random.below(4));
  if (!random.oneIn(3)) text += ",\"c\":" + std::to_string(random.below(4));
  return Value::json(text + "}");
}

// Two worlds with the same calls, but that in one of them held writes are made and dropped. In
// the end both are the same, to the byte.
void playDropped(std::uint64_t seed, StrategyKind strategy) {
  RandomInput random(seed);
  Pair one;
  Pair other;
  const auto open = [&](Engine& engine) { return Pair::open(engine, "key", strategy); };
  const Slot slots[] = {open(one.ada), open(one.bob), open(other.ada), open(other.bob)};
  std::vector<HoldId> held;
  for (int step = 0; step < 30; ++step) {
    // A sum's and a patch's meaning depends on what is seen: that is the held one's too.
    const bool mayWrite = strategy == StrategyKind::lastWriteWins || held.empty();
    const Value value = anyValue(random, strategy == StrategyKind::merge);
    switch (random.below(6)) {
      case 0:
        held.push_back(hold(one.bob, slots[1], value).value());
        break;
      case 1:
        if (held.empty()) break;
        EXPECT_TRUE(drop(one.bob, held.back()).ok());
        held.pop_back();
        break;
      case 2:
        EXPECT_TRUE(set(one.ada, slots[0], value).ok() && set(other.ada, slots[2], value).ok());
        break;
      case 3:
        if (!mayWrite) break;
        EXPECT_TRUE(set(one.bob, slots[1], value).ok() && set(other.bob, slots[3], value).ok());
        break;
      case 4:
        one.settle();
        other.settle();
        break;
      default:
        one.wait(10);
        other.wait(10);
    }
  }
  for (const HoldId id : held) EXPECT_TRUE(drop(one.bob, id).ok());
  EXPECT_EQ(Pair::visible(one.bob, "key"), Pair::visible(other.bob, "key"));
  one.settle();
  other.settle();
  EXPECT_EQ(Pair::visible(one.bob, "key"), Pair::visible(other.ada, "key"));
  EXPECT_EQ(one.bob.digest(0), one.ada.digest(0));
}

// Submitting what was predicted changes nothing for who sees it, and all agree in the end.
void playSubmitted(std::uint64_t seed, StrategyKind strategy) {
  RandomInput random(seed);
  Pair tabs;
  const Slot inAda = Pair::open(tabs.ada, "key", strategy);
  const Slot inBob = Pair::open(tabs.bob, "key", strategy);
  std::vector<HoldId> held;
  for (int step = 0; step < 30; ++step) {
    const Value value = anyValue(random, strategy == StrategyKind::merge);
    switch (random.below(6)) {
      case 0:
        held.push_back(hold(tabs.bob, inBob, value).value());
        EXPECT_EQ(Pair::visible(tabs.bob, "key"), value);
        break;
      case 1: {
        // The oldest: what is held above it stays above it.
        if (held.empty()) break;
        const Value before = Pair::visible(tabs.bob, "key");
        EXPECT_TRUE(submit(tabs.bob, held.front()).ok());
        EXPECT_EQ(Pair::visible(tabs.bob, "key"), before);
        held.erase(held.begin());
        break;
      }
      case 2:
        EXPECT_TRUE(set(tabs.ada, inAda, value).ok());
        break;
      case 3:
        EXPECT_TRUE(set(tabs.bob, inBob, value).ok());
        EXPECT_EQ(Pair::visible(tabs.bob, "key"), value);
        break;
      case 4:
        tabs.settle();
        break;
      default:
        tabs.wait(10);
    }
  }
  for (const HoldId id : held) EXPECT_TRUE(drop(tabs.bob, id).ok());
  tabs.settle();
  EXPECT_EQ(Pair::visible(tabs.bob, "key"), Pair::visible(tabs.ada, "key"));
  EXPECT_EQ(tabs.bob.digest(0), tabs.ada.digest(0));
  EXPECT_TRUE(tabs.bob.replicaAt(0).overlay().empty());
}

TEST(Holds, dropping_leaves_no_trace_among_any_others) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("DANJI_SEED=" + std::to_string(seed));
    playDropped(seed, StrategyKind::lastWriteWins);
    playDropped(seed, StrategyKind::merge);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Holds, submitting_what_was_predicted_changes_nothing_for_its_reader) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("DANJI_SEED=" + std::to_string(seed));
    playSubmitted(seed, StrategyKind::lastWriteWins);
    playSubmitted(seed, StrategyKind::merge);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Held, an_op_that_only_names_a_key_writes_over_nothing) {
  Held held;
  const Change later{.kind = ChangeKind::define};
  held.cover(later, StrategyKind::lastWriteWins);
  const Change change{.kind = ChangeKind::set, .value = number(1)};
  EXPECT_EQ(held.restOf(change).kind, ChangeKind::set);
}

TEST(Held, a_write_that_is_held_back_is_counted_among_those_that_wait) {
  Theme theme;
  ASSERT_TRUE(hold(theme.ada, theme.inAda, number(1)).ok());
  EXPECT_NE(theme.ada.inspect().find("\"waiting\":1"), std::string::npos);
}

}  // namespace
}  // namespace danji
