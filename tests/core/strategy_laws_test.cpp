// Every strategy folds the same records to the same state, however they were delivered.

#include "core/strategy/strategy.h"

#include <gtest/gtest.h>

#include "core/entry/definitions.h"
#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

// A small domain on purpose: collisions are where folds go wrong.
Change anyChange(RandomInput& random) {
  switch (random.below(4)) {
    case 0:
      return {.kind = ChangeKind::unset, .value = {}};
    case 1:
      return {.kind = ChangeKind::fill, .value = Value::number(100)};
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
  static Definitions definitions;
  Entry entry;
  entry.known = definitions.learn(Definition{});
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
  foldChange(entry, {.kind = ChangeKind::set, .value = Value::json("\"draft\"")},
             decidedAt(1, 1));

  foldChange(entry, {.kind = ChangeKind::unset, .value = {}}, decidedAt(2, 2));

  EXPECT_FALSE(entry.value.isSet());
  EXPECT_TRUE(entry.isWritten());
}

TEST(LastWriteWins, a_write_that_waited_offline_loses_to_what_was_written_meanwhile) {
  Entry entry = defined();
  foldChange(entry, {.kind = ChangeKind::set, .value = Value::number(2)},
             decidedAt(1, 50));

  const bool changed =
      foldChange(entry, {.kind = ChangeKind::set, .value = Value::number(1)},
                 decidedAt(2, 10));

  EXPECT_FALSE(changed);
  EXPECT_EQ(entry.value, Value::number(2));
  EXPECT_EQ(entry.version, 1u);
}

TEST(Strategy, the_first_definition_stands) {
  Definitions definitions;
  const KnownDefinition* first = definitions.learn({.scope = Scope::global});
  const KnownDefinition* second = definitions.learn({.scope = Scope::building});
  Entry entry;

  foldChange(entry, {.kind = ChangeKind::define, .definition = first}, decidedAt(1, 1));
  foldChange(entry, {.kind = ChangeKind::define, .definition = second}, decidedAt(2, 2));

  EXPECT_EQ(entry.known, first);
  EXPECT_FALSE(entry.isWritten());
}

TEST(Strategy, a_fill_brings_back_only_what_was_never_written) {
  Entry entry = defined();
  const Change fill{.kind = ChangeKind::fill, .value = Value::number(7)};

  EXPECT_TRUE(foldChange(entry, fill, decidedAt(1, 1)));
  foldChange(entry, {.kind = ChangeKind::unset, .value = {}}, decidedAt(2, 2));
  EXPECT_FALSE(foldChange(entry, fill, decidedAt(3, 3)));

  EXPECT_FALSE(entry.value.isSet());
}

}  // namespace
}  // namespace danji
