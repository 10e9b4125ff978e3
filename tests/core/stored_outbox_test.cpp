// Undecided ops for a server that outlive the page they were made in.

#include <gtest/gtest.h>

#include <optional>

#include "tests/core/pair.h"
#include "tests/core/storage_world.h"

namespace danji {
namespace {

using testing_disk::kNow;
using testing_disk::kServers;
using testing_disk::Page;
using testing_disk::Server;

TEST(Outbox, a_write_of_a_page_that_is_gone_reaches_the_server_once) {
  TestDisk disk;
  {
    Page page(disk);
    const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
    page.serve();
    for (int i = 1; i <= 3; ++i) page.core.setNumber(likes, page.unit, i);
    page.serve();
    EXPECT_EQ(disk.count("outbox/"), 3u);
  }
  Server server;
  Page next(disk, 'b', kNow + 5000);
  const Slot likes = next.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
  next.serve();
  EXPECT_EQ(next.value(likes), Value::number(3)) << "it is shown before the server knows of it";
  server.talk(next.core, 1);
  next.serve();
  EXPECT_EQ(next.value(likes), Value::number(3));
  EXPECT_EQ(server.rows, 3u);
  EXPECT_EQ(disk.count("outbox/"), 0u);

  Page third(disk, 'c', kNow + 9000);
  const Slot again = third.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
  third.serve();
  EXPECT_EQ(third.value(again), Value::number(3)) << "without a connection";
  server.talk(third.core, 2);
  EXPECT_EQ(server.rows, 3u);
}

TEST(Outbox, a_row_stays_until_what_became_of_its_op_is_on_the_disk) {
  TestDisk disk;
  Server server;
  Page page(disk);
  const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
  page.serve();
  page.core.setNumber(likes, page.unit, 1);
  page.serve();
  ASSERT_EQ(disk.count("outbox/"), 1u);
  server.talk(page.core, 1);
  const Commit commit = page.core.storage().takeCommit().value();
  EXPECT_EQ(commit.remove.size(), 1u);
  EXPECT_FALSE(commit.put.empty());
}

TEST(Outbox, what_the_disk_refuses_is_sent_from_memory) {
  TestDisk disk;
  Server server;
  Page page(disk);
  const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
  page.serve();
  disk.commitFails = ErrorCode::quota;
  page.core.setNumber(likes, page.unit, 1);
  page.serve();
  server.talk(page.core, 1);
  EXPECT_EQ(server.rows, 1u);
  EXPECT_FALSE(page.core.replicaAt(0).hasUndecided());
}

// A server with definitions refuses every other key.
const Definition kOther{.scope = Scope::apartment, .plane = Plane::server, .parameters = ""};

TEST(Outbox, a_space_in_which_all_was_refused_is_on_the_disk_as_far_as_it_is) {
  TestDisk disk;
  Server server;
  ASSERT_TRUE(server.host.define("other", kOther, {}).ok());
  Page page(disk);
  const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
  page.serve();
  page.core.setNumber(likes, page.unit, 1);
  page.serve();
  server.talk(page.core, 1);
  page.serve();
  EXPECT_EQ(disk.count("outbox/"), 0u);
  StoredSpace stored;
  for (const Row& row : disk.read(spaceRange(kServers))) stored.add(kServers, row);
  EXPECT_EQ(stored.state().index, 1u);
}

// Bob, who follows, has written a lasting key of a server, and the row is on the disk.
struct OutboxOfTwo : ::testing::Test {
  OutboxOfTwo() {
    for (Engine* tab : {&tabs.ada, &tabs.bob}) tab->storage().begin();
    const Contract lasts{.lifetime = Lifetime::persistent};
    const DefinitionId id = tabs.bob.define("likes", kOther, lasts).value();
    const Slot likes = tabs.bob.open(id, kServers).value();
    serve();
    tabs.bob.setNumber(likes, tabs.bob.unit("cart").value(), 1);
    serve();
  }

  void serve() {
    tabs.settle();
    disk.serve(tabs.ada);
    disk.serve(tabs.bob);
  }

  TestDisk disk;
  Server server;
  Pair tabs;
};

TEST_F(OutboxOfTwo, a_refused_write_of_a_space_in_which_nothing_lasts_leaves_no_row) {
  ASSERT_TRUE(server.host.define("other", kOther, {}).ok());
  ASSERT_EQ(disk.count("outbox/"), 1u);
  server.talk(tabs.ada, 1);
  serve();
  EXPECT_FALSE(tabs.bob.replicaAt(0).hasUndecided());
  EXPECT_EQ(disk.count("outbox/"), 0u);
}

TEST_F(OutboxOfTwo, a_tab_that_wakes_is_told_what_the_disk_has) {
  serve();
  tabs.bob.peer().suspend();
  tabs.settle();
  server.talk(tabs.ada, 1);
  disk.serve(tabs.ada);
  tabs.ada.peer().flush();  // Nobody hears that it was decided, and that the disk has it.
  ASSERT_EQ(disk.count("outbox/"), 1u);
  tabs.bob.peer().resume();
  serve();
  serve();
  EXPECT_FALSE(tabs.bob.replicaAt(0).hasUndecided());
  EXPECT_EQ(disk.count("outbox/"), 0u);
}

TEST(Outbox, keys_of_a_server_that_do_not_last_leave_nothing_on_the_disk) {
  TestDisk disk;
  Page page(disk);
  const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::memory, kServers);
  page.core.setNumber(likes, page.unit, 1);
  page.serve();
  EXPECT_TRUE(disk.rows.empty());
}

// Undecided ops of a page that is gone, as the next one finds them.
struct OutboxOfAnother : ::testing::Test {
  OutboxOfAnother() {
    Page page(disk);
    const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
    page.serve();
    for (int i = 1; i <= 3; ++i) page.core.setNumber(likes, page.unit, i);
    page.serve();
  }

  Slot read(Page& page) {
    const Slot likes = page.use("likes", StrategyKind::sum, Lifetime::persistent, kServers);
    page.serve();
    return likes;
  }

  TestDisk disk;
  Server server;
  const std::string gone = std::string(16, 'a');
};

TEST_F(OutboxOfAnother, a_damaged_row_takes_no_other_with_it) {
  const std::string broken = outboxKey(kServers, gone, 2);
  ASSERT_TRUE(disk.rows.contains(broken));
  disk.rows[broken].back() ^= 1;
  disk.rows[outboxKey("device/global", gone, 9)] = disk.rows[outboxKey(kServers, gone, 1)];

  Page next(disk, 'b');
  const Slot likes = read(next);
  EXPECT_EQ(next.value(likes), Value::number(2)) << "1 and 3 are there";
  EXPECT_EQ(next.core.storage().damagedRows(), 1u);
}

TEST_F(OutboxOfAnother, what_was_taken_back_is_taken_back_for_the_page_after_the_next_as_well) {
  {
    Page next(disk, 'b');
    const Slot likes = read(next);
    ASSERT_TRUE(next.core.withdraw(kServers, gone, 2).ok());
    next.serve();
    EXPECT_EQ(next.value(likes), Value::number(2));
  }
  Page third(disk, 'c');
  const Slot likes = read(third);
  EXPECT_EQ(third.value(likes), Value::number(2));
  server.talk(third.core, 1);
  third.serve();
  EXPECT_EQ(third.value(likes), Value::number(2));
  EXPECT_EQ(disk.count("outbox/"), 0u);
}

// The commit that was under way holds the op as it was.
TEST_F(OutboxOfAnother, what_is_taken_back_while_its_row_is_written_is_written_again) {
  {
    Page next(disk, 'b');
    const Slot likes = read(next);
    const std::uint64_t own = next.core.setNumber(likes, next.unit, 10).sequence;
    std::optional<Commit> first = next.core.storage().takeCommit();
    ASSERT_TRUE(first);
    ASSERT_TRUE(next.core.withdraw(kServers, std::string(16, 'b'), own).ok());
    next.core.storage().committed(disk.commit(*first));
    next.serve();
    EXPECT_EQ(next.value(likes), Value::number(3));
  }
  Page third(disk, 'c');
  EXPECT_EQ(third.value(read(third)), Value::number(3));
}

}  // namespace
}  // namespace danji
