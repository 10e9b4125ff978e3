// What lasts: values, floors and undecided ops that outlive the page they were made in.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/pair.h"
#include "tests/core/storage_world.h"

namespace danji {
namespace {

using testing_disk::Page;

const std::string kPrivate = "tab/private:main/main/cart";

class Lasting : public ::testing::TestWithParam<std::string> {};

TEST_P(Lasting, a_value_that_lasts_is_there_for_the_next_page) {
  TestDisk disk;
  {
    Page page(disk);
    const Slot theme = page.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
    page.serve();
    page.core.setNumber(theme, page.unit, 7);
    page.serve();
  }
  Page next(disk, 'b');
  const Slot theme = next.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  next.serve();
  EXPECT_EQ(next.value(theme), Value::number(7));
}

TEST_P(Lasting, a_value_that_does_not_last_is_not_written) {
  TestDisk disk;
  Page page(disk);
  const Slot brief = page.use("brief", StrategyKind::lastWriteWins, Lifetime::memory, GetParam());
  page.core.setNumber(brief, page.unit, 7);
  page.serve();
  EXPECT_EQ(disk.commits, 0);

  const Slot theme = page.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  page.core.setNumber(theme, page.unit, 8);
  page.serve();
  Page next(disk, 'b');
  const Slot there = next.use("brief", StrategyKind::lastWriteWins, Lifetime::memory, GetParam());
  const Slot again = next.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  next.serve();
  EXPECT_FALSE(next.value(there).isSet());
  EXPECT_EQ(next.value(again), Value::number(8));
}

TEST_P(Lasting, what_is_added_before_the_disk_answers_is_added_to_what_it_has) {
  TestDisk disk;
  {
    Page page(disk);
    const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::persistent, GetParam());
    page.serve();
    page.core.setNumber(likes, page.unit, 5);
    page.serve();
  }
  Page next(disk, 'b');
  const Slot likes = next.use("likes", StrategyKind::sum, Lifetime::persistent, GetParam());
  EXPECT_EQ(next.core.setNumber(likes, next.unit, 1).index, 0u) << "the disk may know better";
  EXPECT_EQ(next.value(likes), Value::number(1));
  next.serve();
  EXPECT_EQ(next.value(likes), Value::number(6));
}

TEST_P(Lasting, a_disk_that_fails_is_gone_on_without_and_gives_back_what_nobody_wrote_anew) {
  TestDisk disk;
  {
    Page page(disk);
    const Slot theme = page.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
    const Slot name = page.use("name", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
    page.serve();
    page.core.setNumber(theme, page.unit, 7);
    page.core.setNumber(name, page.unit, 8);
    page.serve();
  }
  Page next(disk, 'b');
  disk.readFails = ErrorCode::storage;
  const Slot theme = next.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  const Slot name = next.use("name", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  next.core.setNumber(theme, next.unit, 1);
  next.serve();
  EXPECT_EQ(next.core.storage().status(), ErrorCode::storage);
  next.core.setNumber(theme, next.unit, 2);
  EXPECT_FALSE(next.core.replicaAt(next.core.spaceOf(theme)).hasUndecided());

  disk.readFails = ErrorCode::ok;
  next.core.setClock(next.core.storage().deadline());
  next.serve();
  EXPECT_EQ(next.value(theme), Value::number(2));
  EXPECT_EQ(next.value(name), Value::number(8));
  EXPECT_EQ(next.core.storage().status(), ErrorCode::ok);

  Page third(disk, 'c');
  const Slot again = third.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  third.serve();
  EXPECT_EQ(third.value(again), Value::number(2));
}

TEST_P(Lasting, what_the_disk_refuses_stands_and_is_written_later) {
  TestDisk disk;
  Page page(disk);
  const Slot theme = page.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  page.serve();
  disk.commitFails = ErrorCode::quota;
  page.core.setNumber(theme, page.unit, 7);
  page.serve();
  EXPECT_EQ(page.value(theme), Value::number(7));
  EXPECT_EQ(page.core.storage().status(), ErrorCode::quota);
  const int tries = disk.commits;
  page.serve();
  EXPECT_EQ(disk.commits, tries) << "it is not asked again at once";

  disk.commitFails = ErrorCode::ok;
  page.core.setClock(page.core.storage().deadline());
  page.serve();
  Page next(disk, 'b');
  const Slot again = next.use("theme", StrategyKind::lastWriteWins,
                              Lifetime::persistent, GetParam());
  next.serve();
  EXPECT_EQ(next.value(again), Value::number(7));
}

TEST_P(Lasting, a_row_that_is_damaged_takes_no_other_with_it) {
  TestDisk disk;
  {
    Page page(disk);
    for (int i = 0; i < 4; ++i) {
      const Slot slot = page.use("key" + std::to_string(i), StrategyKind::lastWriteWins,
                                 Lifetime::persistent, GetParam());
      page.serve();
      page.core.setNumber(slot, page.unit, i);
      page.serve();
    }
  }
  disk.rows.rbegin()->second.back() ^= 1;
  Page next(disk, 'b');
  int whole = 0;
  std::vector<Slot> slots;
  for (int i = 0; i < 4; ++i) {
    slots.push_back(next.use("key" + std::to_string(i), StrategyKind::lastWriteWins,
                             Lifetime::persistent, GetParam()));
  }
  next.serve();
  for (const Slot slot : slots) whole += next.value(slot).isSet() ? 1 : 0;
  EXPECT_EQ(whole, 3);
  EXPECT_EQ(next.core.storage().damagedRows(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Planes, Lasting,
                         ::testing::Values("device/apartment:main", kPrivate));

TEST(StorageRows, many_changes_of_few_keys_take_little_room) {
  TestDisk disk;
  Page page(disk);
  const Slot theme = page.use("theme");
  page.serve();
  for (int i = 0; i < 1000; ++i) {
    page.core.setNumber(theme, page.unit, i);
    page.serve();
  }
  EXPECT_LE(disk.count("space/"), kDeltasMax + 1);
  Page next(disk, 'b');
  const Slot again = next.use("theme");
  next.serve();
  EXPECT_EQ(next.value(again), Value::number(999));
}

TEST(StorageRows, a_large_space_is_written_anew_the_less_often_the_larger_it_is) {
  TestDisk disk;
  Page page(disk);
  std::vector<Slot> slots;
  for (int i = 0; i < 5'000; ++i) slots.push_back(page.use("key" + std::to_string(i)));
  page.serve();
  for (const double number : {0.25, 0.5}) {
    for (const Slot slot : slots) page.core.setNumber(slot, page.unit, number);
    page.serve();
  }
  const std::string base = baseKey("device/apartment:main");
  int written = 0;
  for (int i = 1; i <= 200; ++i) {
    const Bytes before = disk.rows.at(base);
    page.core.setNumber(slots[static_cast<std::size_t>(i)], page.unit, i);
    page.serve();
    written += disk.rows.at(base) == before ? 0 : 1;
  }
  const std::size_t apart = kDeltasMax + disk.rows.at(base).size() / kBaseBytesPerDelta;
  EXPECT_EQ(written, 200 / static_cast<int>(apart));

  Page next(disk, 'b');
  const Slot last = next.use("key200");
  next.serve();
  EXPECT_EQ(next.value(last), Value::number(200));
}

TEST(StorageRows, changes_that_come_while_it_writes_go_with_the_next_commit) {
  TestDisk disk;
  Page page(disk);
  const Slot theme = page.use("theme");
  page.serve();
  page.core.setNumber(theme, page.unit, 1);
  const Commit first = page.core.storage().takeCommit().value();
  page.core.setNumber(theme, page.unit, 2);
  EXPECT_FALSE(page.core.storage().takeCommit());
  page.core.storage().committed(disk.commit(first));
  page.serve();

  Page next(disk, 'b');
  const Slot again = next.use("theme");
  next.serve();
  EXPECT_EQ(next.value(again), Value::number(2));
}

TEST(StorageRows, a_page_that_was_replaced_writes_no_more_before_it_knows_what_is_there) {
  TestDisk disk;
  Page first(disk);
  const Slot theme = first.use("theme");
  first.serve();
  first.core.setNumber(theme, first.unit, 1);
  first.serve();
  Page second(disk, 'b');
  const Slot same = second.use("theme");
  const Slot other = second.use("other");
  second.serve();
  second.core.setNumber(other, second.unit, 5);
  second.serve();

  first.core.setNumber(theme, first.unit, 2);
  first.serve();
  Page third(disk, 'c');
  const Slot there = third.use("theme");
  const Slot kept = third.use("other");
  third.serve();
  EXPECT_EQ(third.value(kept), Value::number(5));
  EXPECT_EQ(third.value(there), Value::number(2));
  EXPECT_EQ(second.value(same), Value::number(1));
}

// It had begun to write before the next one looked, and the next one did not see it.
TEST(StorageRows, a_late_row_of_a_leader_that_was_replaced_says_nothing) {
  const std::string address = "device/apartment:main";
  SpaceState state{.address = address, .epoch = 1, .index = 8, .lastStamp = {9}, .floors = {},
                   .entries = {}};
  StoredSpace stored;
  EXPECT_TRUE(stored.add(address, {baseKey(address), spaceRow(5, 0, state)}));
  state.index = 9;
  EXPECT_TRUE(stored.add(address, {deltaKey(address, 3), spaceRow(4, 7, state)}));
  EXPECT_EQ(stored.state().index, 8u);
  EXPECT_TRUE(stored.add(address, {deltaKey(address, 4), spaceRow(5, 8, state)}));
  EXPECT_EQ(stored.state().index, 9u);
}

TEST(StorageRows, a_strategy_keeps_what_it_needs) {
  TestDisk disk;
  {
    Page page(disk);
    const Slot first = page.use("first", StrategyKind::firstWriteWins);
    const Slot merged = page.use("merged", StrategyKind::merge);
    const Slot likes = page.use("likes", StrategyKind::sum);
    page.serve();
    page.core.set(first, page.unit, Value::number(1));
    page.core.set(merged, page.unit, Value::json("{\"a\":1,\"b\":2}"));
    page.core.set(likes, page.unit, Value::number(3));
    page.serve();
  }
  Page next(disk, 'b');
  const Slot first = next.use("first", StrategyKind::firstWriteWins);
  const Slot merged = next.use("merged", StrategyKind::merge);
  const Slot likes = next.use("likes", StrategyKind::sum);
  next.serve();
  EXPECT_NE(next.core.set(first, next.unit, Value::number(2)).code, ErrorCode::ok);
  next.core.set(merged, next.unit, Value::json("{\"a\":1}"));
  EXPECT_EQ(next.value(merged), Value::json("{\"a\":1}"));
  next.core.set(likes, next.unit, Value::number(4));
  EXPECT_EQ(next.value(likes), Value::number(4));
}

TEST(StorageRows, of_very_many_refusals_the_last_are_kept) {
  const auto rowWith = [](std::uint64_t from, std::uint64_t since) {
    SpaceState state{.address = kPrivate, .epoch = 1, .index = from + kRejectionsKept};
    for (std::uint64_t i = 1; i <= kRejectionsKept; ++i) {
      state.rejections.push_back({.index = from + i, .session = std::string(16, 'a'),
                                  .sequence = from + i, .span = 1, .code = ErrorCode::conflict});
    }
    return spaceRow(1, since, state);
  };
  StoredSpace stored;
  ASSERT_TRUE(stored.add(kPrivate, {baseKey(kPrivate), rowWith(0, 0)}));
  ASSERT_TRUE(stored.add(kPrivate, {deltaKey(kPrivate, 1),
                                    rowWith(kRejectionsKept, kRejectionsKept)}));
  const SpaceState state = stored.state();
  ASSERT_EQ(state.rejections.size(), kRejectionsKept);
  EXPECT_EQ(state.rejections.front().index, kRejectionsKept + 1);
  EXPECT_EQ(state.rejections.back().index, 2 * kRejectionsKept);
}

}  // namespace
}  // namespace danji
