// Every strategy folds the same records to the same state, however they were delivered.

#include "core/strategy/strategy.h"

#include <gtest/gtest.h>

#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

// A small domain on purpose: collisions are where folds go wrong.
Change anyChange(RandomInput& random) {
  switch (random.below(4)) {
    case 0:
      return {.kind = ChangeKind::unset, .value = {}, .definition = {}};
    case 1:
      return {.kind = ChangeKind::fill, .value = Value::number(100), .definition = {}};
    default:
      return {.kind = ChangeKind::set,
              .value = Value::number(static_cast<double>(random.below(5))),
              .definition = {}};
  }
}

Decided decidedAt(std::uint64_t index, std::uint64_t ticks) {
  return {.index = index, .stamp = {ticks}, .id = {.session = 1, .sequence = index}, .unit = 1};
}

Entry defined() {
  Entry entry;
  entry.fingerprint = fingerprintOf(entry.definition);
  return entry;
}

TEST(LastWriteWins, the_greatest_stamp_stands_and_the_later_index_breaks_ties) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 5'000; ++round) {
    Entry entry = defined();
    std::uint64_t greatest = 0;
    Value expected;
    std::uint64_t version = 0;
    for (std::uint64_t index = 1; index <= 12; ++index) {
      const Change change = anyChange(random);
      const std::uint64_t ticks = 1 + random.below(4);
      foldChange(entry, change, decidedAt(index, ticks));
      const bool isFill = change.kind == ChangeKind::fill;
      if (isFill && version != 0) continue;
      // What was brought back counts as older than anything that is written.
      const std::uint64_t counted = isFill ? 0 : ticks;
      if (counted < greatest) continue;
      greatest = counted;
      expected = change.kind == ChangeKind::unset ? Value() : change.value;
      version = index;
    }
    EXPECT_EQ(entry.value, expected);
    EXPECT_EQ(entry.version, version);
    EXPECT_EQ(entry.stamp.ticks, greatest);
  }
}

TEST(LastWriteWins, a_later_deletion_beats_an_earlier_write) {
  Entry entry = defined();
  foldChange(entry, {.kind = ChangeKind::set, .value = Value::json("\"draft\""), .definition = {}},
             decidedAt(1, 1));

  foldChange(entry, {.kind = ChangeKind::unset, .value = {}, .definition = {}}, decidedAt(2, 2));

  EXPECT_FALSE(entry.value.isSet());
  EXPECT_TRUE(entry.isWritten());
}

TEST(LastWriteWins, a_write_that_waited_offline_loses_to_what_was_written_meanwhile) {
  Entry entry = defined();
  foldChange(entry, {.kind = ChangeKind::set, .value = Value::number(2), .definition = {}},
             decidedAt(1, 50));

  const bool changed =
      foldChange(entry, {.kind = ChangeKind::set, .value = Value::number(1), .definition = {}},
                 decidedAt(2, 10));

  EXPECT_FALSE(changed);
  EXPECT_EQ(entry.value, Value::number(2));
  EXPECT_EQ(entry.version, 1u);
}

TEST(Strategy, the_first_definition_stands) {
  Entry entry;
  Definition first{.scope = Scope::global, .plane = Plane::device,
                   .strategy = StrategyKind::lastWriteWins, .parameters = {}};
  Definition second = first;
  second.scope = Scope::building;

  foldChange(entry, {.kind = ChangeKind::define, .value = {}, .definition = first}, decidedAt(1, 1));
  foldChange(entry, {.kind = ChangeKind::define, .value = {}, .definition = second}, decidedAt(2, 2));

  EXPECT_EQ(entry.definition, first);
  EXPECT_FALSE(entry.isWritten());
}

TEST(Strategy, a_fill_brings_back_only_what_was_never_written) {
  Entry entry = defined();
  const Change fill{.kind = ChangeKind::fill, .value = Value::number(7), .definition = {}};

  EXPECT_TRUE(foldChange(entry, fill, decidedAt(1, 1)));
  foldChange(entry, {.kind = ChangeKind::unset, .value = {}, .definition = {}}, decidedAt(2, 2));
  EXPECT_FALSE(foldChange(entry, fill, decidedAt(3, 3)));

  EXPECT_FALSE(entry.value.isSet());
}

TEST(Strategy, what_a_preview_shows_is_what_the_fold_gives_when_nothing_came_between) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 5'000; ++round) {
    Entry entry = defined();
    for (std::uint64_t index = 1; index <= 6; ++index) {
      const Change change = anyChange(random);
      Value visible = entry.value;
      previewChange(visible, entry.isWritten(), change, entry.definition.strategy);
      foldChange(entry, change, decidedAt(index, index));
      EXPECT_EQ(visible, entry.value);
    }
  }
}

}  // namespace
}  // namespace danji
