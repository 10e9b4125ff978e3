// A batch of plain writes is decided at once, without an op being made of it. Nobody may be able
// to tell: an engine that keeps a journal makes ops of everything, and ends with the same bytes.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/engine/engine.h"
#include "tests/core/random_input.h"
#include "tests/core/storage_world.h"

namespace danji {
namespace {

using testing_input::RandomInput;

enum Kind : std::uint8_t { kSet = 1, kUnset = 2, kAdd = 3, kReset = 5 };

struct Wish {
  Slot slot = 0;
  NameId unit = 0;
  std::uint8_t kind = kSet;  // With what is added to it.
  std::uint64_t condition = 0;
  Value value = {};
};

// One page, alone in its apartment.
struct Lonely {
  Engine engine{std::string(16, 'a'), 1};

  explicit Lonely(bool keepsJournal) {
    if (keepsJournal) engine.keepJournal();
    engine.setClock(1e12);
  }

  Slot open(const std::string& key, Plane plane, StrategyKind strategy, std::uint32_t history) {
    const Definition definition{.scope = Scope::global, .plane = plane, .strategy = strategy};
    const DefinitionId id = engine.define(key, definition, {}, history).value();
    return engine.open(id, plane == Plane::tab ? "tab/global" : "device/global").value();
  }

  // What it answers, and what it tells afterwards.
  std::string commit(const std::vector<Wish>& wishes) {
    ByteWriter batch;
    batch.varint(wishes.size());
    for (const Wish& wish : wishes) {
      batch.varint(wish.slot);
      batch.varint(wish.unit);
      batch.u8(wish.kind);
      if ((wish.kind & 80) != 0) batch.varint(wish.condition);
      if ((wish.kind & 15) != kUnset) encode(batch, wish.value);
    }
    ByteWriter answer;
    const Status status = engine.commit(batch.view(), answer);
    if (!status.ok()) answer.u8(static_cast<std::uint8_t>(status.error().code));
    return std::string(asText(answer.view()));
  }

  // How many records it remembers, and how many it has decided.
  std::uint64_t noted() const {
    std::uint64_t count = 0;
    for (SpaceId id = 0; id < engine.spaceCount(); ++id) {
      ByteReader in(engine.replicaAt(id).journal().view());
      while (in.remaining() > 0 && !in.failed()) {
        if (in.u8() == 2) ++count;  // 1: a state.
        in.raw(in.u32());
      }
    }
    return count;
  }
  std::uint64_t decided() const {
    std::uint64_t count = 0;
    for (SpaceId id = 0; id < engine.spaceCount(); ++id) {
      count += engine.replicaAt(id).space().index();
    }
    return count;
  }

  std::string states() const {
    ByteWriter out;
    for (SpaceId id = 0; id < engine.spaceCount(); ++id) {
      encode(out, engine.replicaAt(id).space().state());
    }
    return std::string(asText(out.view()));
  }
};

class QuickBatchTest : public testing::Test {
 protected:
  QuickBatchTest() : quick(false), slow(true) {
    for (const Plane plane : {Plane::tab, Plane::device}) {
      const std::string name = plane == Plane::tab ? "own" : "shared";
      for (int i = 0; i < 4; ++i) open(name + std::to_string(i), plane);
      open(name + " sum", plane, StrategyKind::sum);
      open(name + " old", plane, StrategyKind::lastWriteWins, 3);
    }
    for (Lonely* page : {&quick, &slow}) {
      cart = page->engine.unit("cart").value();
      header = page->engine.unit("header").value();
    }
  }

  void open(const std::string& key, Plane plane,
            StrategyKind strategy = StrategyKind::lastWriteWins, std::uint32_t history = 0) {
    quick.open(key, plane, strategy, history);
    slots.push_back(slow.open(key, plane, strategy, history));
    isSum.push_back(strategy == StrategyKind::sum);
  }

  // One place more often than not, and one unit: so some batches are quick, and some are not.
  std::vector<Wish> draw() {
    std::vector<Wish> wishes(1 + input.below(6));
    const std::size_t first = input.oneIn(2) ? 0 : slots.size() / 2;
    const bool isMixed = input.oneIn(4);
    for (Wish& wish : wishes) {
      const std::size_t place = isMixed ? input.below(slots.size()) : first + input.below(4);
      wish.slot = slots[place];
      wish.unit = isMixed && input.oneIn(3) ? header : cart;
      wish.value = Value::number(static_cast<double>(input.below(100)));
      if (isSum[place] && input.oneIn(2)) wish.kind = kAdd;
      if (isSum[place]) continue;
      if (input.oneIn(3)) wish.value = Value::json("[" + std::to_string(input.below(9)) + "]");
      if (input.oneIn(4)) wish.kind = kUnset;
      if (isMixed && input.oneIn(6)) wish.kind = kReset;
      if (isMixed && input.oneIn(6)) wish.kind += 16;
      if (wish.kind >= 16) wish.condition = input.below(8);
    }
    return wishes;
  }

  void expectSame(const std::string& one, const std::string& other) {
    EXPECT_TRUE(one == other) << input.trace();
  }

  RandomInput input;
  Lonely quick;
  Lonely slow;
  std::vector<Slot> slots;
  std::vector<bool> isSum;
  NameId cart = 0;
  NameId header = 0;
};

TEST_F(QuickBatchTest, answers_and_states_are_those_of_an_engine_that_makes_ops_of_everything) {
  for (int i = 0; i < 1'000 && !HasFailure(); ++i) {
    if (input.oneIn(3)) {
      const double now = 1e12 + static_cast<double>(i / 2);
      quick.engine.setClock(now);
      slow.engine.setClock(now);
    }
    const std::vector<Wish> wishes = draw();
    expectSame(quick.commit(wishes), slow.commit(wishes));
    if (input.oneIn(3)) {
      const Slot slot = slots[input.below(4)];
      EXPECT_EQ(quick.engine.setNumber(slot, cart, i).index,
                slow.engine.setNumber(slot, cart, i).index);
    }
    expectSame(quick.states(), slow.states());
  }
  EXPECT_EQ(slow.noted(), slow.decided());
}

TEST_F(QuickBatchTest, readers_are_told_of_nothing_that_the_batch_itself_wrote) {
  const std::vector<Wish> wishes = {{.slot = slots[0], .unit = cart, .value = Value::number(1)},
                                    {.slot = slots[1], .unit = cart, .value = Value::number(2)}};
  quick.commit(wishes);
  ByteWriter before;
  quick.engine.drain(before);

  quick.commit(wishes);

  ByteWriter told;
  quick.engine.drain(told);
  EXPECT_EQ(told.view().size(), 1u);  // The end of the list.
}

TEST_F(QuickBatchTest, a_shared_batch_of_too_many_writes_or_bytes_is_refused_as_a_whole) {
  const auto shared = [&](std::size_t count, const Value& value) {
    std::vector<Wish> wishes;
    for (std::size_t i = 0; i < count; ++i) {
      wishes.push_back({.slot = slots[slots.size() / 2 + i % 4], .unit = cart, .value = value});
    }
    return wishes;
  };
  // All keys are known from here on.
  EXPECT_EQ(quick.commit(shared(4, Value::number(1))), slow.commit(shared(4, Value::number(1))));
  const Value large = Value::json("\"" + std::string(kBatchBytesMax / 4 - 2, 'x') + "\"");
  const std::string before = quick.states();

  const std::string answer = quick.commit(shared(4, large));

  EXPECT_EQ(answer, slow.commit(shared(4, large)));
  EXPECT_EQ(answer, std::string(1, static_cast<char>(ErrorCode::tooLarge)));
  EXPECT_TRUE(quick.states() == before);
  // Several writes to a key count once.
  const auto again = shared(kBatchChangesMax + 4, Value::number(2));
  EXPECT_EQ(quick.commit(again), slow.commit(again));
  std::vector<Wish> many;
  for (std::size_t i = 0; i <= kBatchChangesMax; ++i) {
    open("many" + std::to_string(i), Plane::device);
    many.push_back({.slot = slots.back(), .unit = cart, .value = Value::number(3)});
  }
  quick.commit({many.begin(), many.end() - 1});
  quick.commit({many.back()});
  const std::string known = quick.states();
  EXPECT_EQ(quick.commit(many), std::string(1, static_cast<char>(ErrorCode::tooLarge)));
  EXPECT_TRUE(quick.states() == known);
}

TEST_F(QuickBatchTest, what_lasts_is_on_the_disk_after_a_batch_of_known_keys) {
  using testing_disk::Page;
  TestDisk disk;
  {
    Page page(disk);
    const Slot theme = page.use("theme");
    page.serve();
    for (const double number : {1, 2}) {
      ByteWriter batch;
      ByteWriter answer;
      batch.varint(1);
      batch.varint(theme);
      batch.varint(page.unit);
      batch.u8(kSet);
      encode(batch, Value::number(number));
      EXPECT_TRUE(page.core.commit(batch.view(), answer).ok());
      page.serve();
    }
  }
  Page next(disk, 'b');
  const Slot theme = next.use("theme");
  next.serve();
  EXPECT_EQ(next.value(theme), Value::number(2));
}

}  // namespace
}  // namespace danji
