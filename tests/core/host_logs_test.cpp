// A server's logs when they get long, and its spaces when nobody uses them.

#include <gtest/gtest.h>

#include "tests/core/server_world.h"

namespace danji {
namespace {

// A server that has decided some ops of a page, the last of them refused.
struct Written {
  Written() {
    slots = {page.open("cart"), page.open("likes", StrategyKind::sum),
             page.open("seat", StrategyKind::firstWriteWins)};
    page.connect(server);
    write({1, 2, 3});
    write({4, 5, 6});
  }

  void write(const std::vector<double>& numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      page.set(slots[i], numbers[i]);
    }
    page.talk(server);
  }
  // The rows as a store has them after they were condensed.
  std::vector<Bytes> condensed() { return {server.host.condense(kAddress).bytes}; }
  std::string digest() const { return digestOf(server.host.spaceAt(0).state()).hex(); }

  Server server;
  Page page;
  std::vector<Slot> slots;
};

TEST(ServerLogs, a_base_brings_back_what_its_rows_came_to) {
  Written written;
  const LogRow base = written.server.host.condense(kAddress);
  EXPECT_EQ(base.index, written.server.rows.size());

  Server again;
  EXPECT_EQ(again.host.load(kAddress, {base.bytes}).value(), 1u);
  EXPECT_EQ(digestOf(again.host.spaceAt(0).state()).hex(), written.digest());
}

TEST(ServerLogs, a_log_goes_on_behind_its_base_and_pages_with_it) {
  Written written;
  std::vector<Bytes> rows = written.condensed();
  written.server.rows.clear();
  written.write({7});
  rows.insert(rows.end(), written.server.rows.begin(), written.server.rows.end());

  Server again;
  ASSERT_EQ(again.host.load(kAddress, rows).value(), rows.size());
  EXPECT_EQ(digestOf(again.host.spaceAt(0).state()).hex(), written.digest());

  // What was decided before is known, and what is behind the page comes as a state.
  Page late('b');
  late.open("cart");
  late.connect(again);
  EXPECT_EQ(late.value("cart"), Value::number(7));
  written.page.core.uplink().disconnected();
  written.page.set(written.slots[0], 8);
  written.page.connect(again, 2);
  EXPECT_EQ(written.page.value("cart"), Value::number(8));
}

TEST(ServerLogs, a_base_of_another_space_or_behind_other_rows_is_not_read) {
  Written written;
  const std::vector<Bytes> rows = written.server.rows;
  const std::vector<Bytes> base = written.condensed();

  Server other;
  EXPECT_EQ(other.host.load("server/global", base).error().code, ErrorCode::malformed);
  Server twice;
  EXPECT_EQ(twice.host.load(kAddress, rows).value(), rows.size());
  EXPECT_EQ(twice.host.load(kAddress, base).value(), 0u) << "it does not follow";
}

TEST(ServerLogs, a_row_that_is_damaged_before_whole_ones_is_no_torn_end) {
  Written written;
  std::vector<Bytes> rows = written.server.rows;
  ASSERT_GT(rows.size(), 3u);
  rows[1].back() ^= 1;
  Server server;
  EXPECT_EQ(server.host.load(kAddress, rows).error().code, ErrorCode::malformed);

  std::vector<Bytes> base = written.condensed();
  base[0].back() ^= 1;
  Server other;
  EXPECT_EQ(other.host.load(kAddress, base).error().code, ErrorCode::malformed)
      << "a base takes the place of rows that are gone, so it is never just torn";
}

TEST(ServerLogs, a_space_is_let_go_when_nobody_uses_it_and_comes_back_as_it_was) {
  Written written;
  Host& host = written.server.host;
  const std::string before = written.digest();
  EXPECT_TRUE(host.idle().empty());
  EXPECT_FALSE(host.unload(kAddress)) << "a page uses it";

  host.disconnected(1);
  EXPECT_EQ(host.idle(), std::vector<std::string>{kAddress});
  EXPECT_TRUE(host.unload(kAddress));
  EXPECT_EQ(host.spaceCount(), 0u);
  EXPECT_FALSE(host.unload(kAddress)) << "it is gone";

  EXPECT_EQ(host.load(kAddress, written.server.rows).value(), written.server.rows.size());
  EXPECT_EQ(written.digest(), before);
  written.page.core.uplink().disconnected();
  written.page.connect(written.server, 2);
  written.write({9});
  Server again;
  EXPECT_EQ(again.host.load(kAddress, written.server.rows).value(), written.server.rows.size());
  EXPECT_EQ(digestOf(again.host.spaceAt(0).state()).hex(), written.digest());
}

TEST(ServerLogs, a_space_with_rows_that_nobody_took_stays) {
  Written written;
  written.page.set(written.slots[0], 9);
  for (const Bytes& frame : written.page.core.uplink().flush()) {
    written.server.host.receive(1, frame);
  }
  written.server.host.disconnected(1);

  EXPECT_FALSE(written.server.host.unload(kAddress));
  written.server.write();
  EXPECT_TRUE(written.server.host.unload(kAddress));
}

TEST(ServerLogs, another_space_takes_the_place_of_one_that_was_let_go) {
  Written written;
  Host& host = written.server.host;
  host.disconnected(1);
  ASSERT_TRUE(host.unload(kAddress));
  ASSERT_TRUE(host.load("server/global", {}).ok());
  ASSERT_TRUE(host.load(kAddress, written.server.rows).ok());

  EXPECT_EQ(host.spaceCount(), 2u);
  EXPECT_EQ(host.idle().size(), 2u);
  Page late('b');
  late.open("cart");
  late.connect(written.server, 2);
  EXPECT_EQ(late.value("cart"), Value::number(4));
}

// Rows that its pages have seen are missing, and it says what it says under their numbers.
TEST(ServerLogs, a_log_from_a_backup_goes_on_as_another_when_a_page_knows_more) {
  Server before;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(before);
  page.set(cart, 1);
  page.talk(before);
  const std::vector<Bytes> backup = before.rows;
  page.set(cart, 2);
  page.talk(before);
  page.core.uplink().disconnected();

  Server server;
  ASSERT_EQ(server.host.load(kAddress, backup).value(), backup.size());
  Page other('b');
  const Slot same = other.open("cart");
  other.connect(server, 2);
  page.connect(server, 1);
  EXPECT_EQ(page.value("cart"), Value::number(2)) << "its author brings it again";

  other.set(same, 3);
  other.talk(server, 2);
  page.talk(server, 1);
  page.connect(server, 1);
  other.connect(server, 2);
  EXPECT_EQ(page.value("cart"), Value::number(3));
  const auto digest = [](const Page& one) { return digestOf(one.replica().space().state()).hex(); };
  EXPECT_EQ(digest(page), digest(other));

  std::vector<Bytes> rows = backup;
  rows.insert(rows.end(), server.rows.begin(), server.rows.end());
  Server next;
  EXPECT_EQ(next.host.load(kAddress, rows).value(), rows.size());
}

// Whoever makes epochs up, makes nobody read everything again.
TEST(ServerLogs, an_epoch_of_the_future_is_nobodys) {
  Server server;
  Page page;
  page.open("cart");
  page.connect(server);
  const std::uint64_t epoch = server.host.spaceAt(0).epoch();
  const std::string stranger(16, 'x');
  std::uint64_t messages = 0;
  const auto claim = [&](std::uint64_t claimed, std::uint64_t index) {
    ByteWriter body;
    encode(body, Hello{.sender = std::string(16, 'x'), .cursors = {{kAddress, claimed, index}}});
    server.host.connected(9);
    for (const Bytes& frame : sealMessage(FrameType::hello, body.view(), stranger, ++messages)) {
      server.host.receive(9, frame);
    }
    server.write();
  };
  claim(~std::uint64_t{0}, 1);
  EXPECT_EQ(server.host.spaceAt(0).epoch(), epoch);
  claim(epoch, 1'000);
  const std::uint64_t renewed = server.host.spaceAt(0).epoch();
  EXPECT_GT(renewed, epoch);
  claim(renewed, 1'000);
  EXPECT_EQ(server.host.spaceAt(0).epoch(), renewed) << "once";
}

}  // namespace
}  // namespace danji
