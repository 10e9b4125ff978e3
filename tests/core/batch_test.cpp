// A batch is bytes of the page's own glue, and still everything in it is looked at before
// anything of it happens.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/engine/engine.h"

namespace danji {
namespace {

enum Kind : std::uint8_t { kSet = 1, kUnset = 2, kAdd = 3 };

class BatchTest : public testing::Test {
 protected:
  BatchTest() : engine("0123456789abcdef", 7) {
    engine.setClock(1'000);
    unit = engine.unit("cart").value();
    cart = open("cart", StrategyKind::lastWriteWins);
    likes = open("likes", StrategyKind::sum);
    start = engine.replicaAt(0).space().index();
  }

  Slot open(const char* key, StrategyKind strategy) {
    const Definition definition{.scope = Scope::apartment, .plane = Plane::tab,
                                .strategy = strategy, .parameters = ""};
    return engine.open(engine.define(key, definition).value(), "tab/apartment:main").value();
  }
  void write(Slot slot, Kind kind, double number = 0) {
    ++count;
    writes.varint(slot);
    writes.varint(unit);
    writes.u8(kind);
    if (kind != kUnset) encode(writes, Value::number(number));
  }
  ErrorCode commit() {
    ByteWriter batch;
    batch.varint(count);
    batch.raw(writes.view());
    ByteWriter ops;
    const Status status = engine.commit(batch.view(), ops);
    writes = ByteWriter();
    count = 0;
    return status.ok() ? ErrorCode::ok : status.error().code;
  }
  Value valueOf(const char* key) { return engine.replicaAt(0).space().find(key)->value; }
  // Records since the keys were opened.
  std::uint64_t decided() { return engine.replicaAt(0).space().index() - start; }

  Engine engine;
  NameId unit = 0;
  Slot cart = 0;
  Slot likes = 0;
  ByteWriter writes;
  std::uint64_t count = 0;
  std::uint64_t start = 0;
};

TEST_F(BatchTest, of_several_writes_to_a_key_the_last_stands_and_additions_are_all_made) {
  write(cart, kSet, 1);
  write(likes, kAdd, 2);
  write(cart, kSet, 3);
  write(likes, kAdd, 4);

  EXPECT_EQ(commit(), ErrorCode::ok);

  EXPECT_EQ(valueOf("cart"), Value::number(3));
  EXPECT_EQ(valueOf("likes"), Value::number(6));
  EXPECT_EQ(decided(), 1u);
}

TEST_F(BatchTest, an_addition_to_a_key_that_was_taken_away_in_the_same_batch_is_refused) {
  write(cart, kSet, 1);
  write(likes, kUnset);
  write(likes, kAdd, 4);

  EXPECT_EQ(commit(), ErrorCode::invalidValue);
  EXPECT_EQ(decided(), 0u);
}

TEST_F(BatchTest, only_a_sum_can_be_added_to) {
  write(likes, kAdd, 1);
  write(cart, kAdd, 1);

  EXPECT_EQ(commit(), ErrorCode::invalidValue);
  EXPECT_EQ(decided(), 0u);
}

TEST_F(BatchTest, a_key_that_was_never_opened_and_a_kind_that_is_none_are_malformed) {
  write(likes, kAdd, 1);
  write(99, kSet, 1);
  EXPECT_EQ(commit(), ErrorCode::malformed);

  write(cart, static_cast<Kind>(9), 1);
  EXPECT_EQ(commit(), ErrorCode::malformed);

  write(cart, kSet, 1);
  ++count;  // It says that there is one more.
  EXPECT_EQ(commit(), ErrorCode::malformed);
  EXPECT_EQ(decided(), 0u);
}

TEST_F(BatchTest, a_sum_takes_numbers_only_also_by_itself) {
  EXPECT_EQ(engine.set(likes, unit, Value::json("\"many\"")).code, ErrorCode::invalidValue);
  EXPECT_EQ(decided(), 0u);
}

TEST_F(BatchTest, a_definition_whose_parameters_cannot_be_read_is_none) {
  const Definition broken{.scope = Scope::apartment, .plane = Plane::tab,
                          .strategy = StrategyKind::sum, .parameters = "{\"sum\":{\"digits\":-1}}"};

  const Result<DefinitionId> id = engine.define("stock", broken);

  ASSERT_FALSE(id.ok());
  EXPECT_EQ(id.error().code, ErrorCode::invalidDefinition);
}

TEST_F(BatchTest, a_snapshot_in_which_a_key_has_two_meanings_changes_nothing) {
  const auto stateOf = [](const char* address, Scope scope) {
    EntryState entry{.key = "theme", .definition = {.scope = scope, .plane = Plane::tab,
                                                    .strategy = {}, .parameters = ""},
                     .value = Value::number(1), .stamp = {1}, .version = 1, .sequence = 1,
                     .session = std::string(16, 'a'), .unit = "cart"};
    return SpaceState{.address = address, .epoch = 1, .index = 1, .lastStamp = {1},
                      .floors = {}, .entries = {std::move(entry)}};
  };
  ByteWriter body;
  body.varint(2);
  encode(body, stateOf("tab/apartment:main", Scope::apartment));
  encode(body, stateOf("tab/global", Scope::global));
  ByteWriter ops;

  const Status status = engine.restore(sealFrame(FrameType::snapshot, body.view()),
                                       RestoreMode::merge, unit, ops);

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::definitionClash);
  EXPECT_EQ(decided(), 0u);
}

// What takes an own write back, as undo does: it must not take back what came after it.
TEST_F(BatchTest, a_write_that_follows_an_own_one_is_made_only_while_that_stands) {
  const auto replaceOwn = [&](std::uint64_t sequence, double number) {
    ByteWriter batch;
    ByteWriter ops;
    batch.varint(1);
    batch.varint(cart);
    batch.varint(unit);
    batch.u8(kSet + 64);
    batch.varint(sequence);
    encode(batch, Value::number(number));
    const Status status = engine.commit(batch.view(), ops);
    return status.ok() ? ErrorCode::ok : status.error().code;
  };
  const std::uint64_t first = engine.setNumber(cart, unit, 1).sequence;
  EXPECT_EQ(replaceOwn(first, 2), ErrorCode::ok);
  EXPECT_EQ(valueOf("cart"), Value::number(2));

  EXPECT_EQ(replaceOwn(first, 3), ErrorCode::stale);
  EXPECT_EQ(valueOf("cart"), Value::number(2));
  EXPECT_EQ(decided(), 2u);
}

}  // namespace
}  // namespace danji
