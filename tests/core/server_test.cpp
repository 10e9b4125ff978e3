// A tab and a server, one frame at a time: what each says, and what it must not say yet.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/server_world.h"

namespace danji {
namespace {

TEST(Server, a_write_waits_for_the_server_and_is_shown_meanwhile) {
  Page page;
  const Slot cart = page.open("cart");
  EXPECT_EQ(page.core.setNumber(cart, page.unit, 3).index, 0u);
  EXPECT_FALSE(page.value("cart").isSet());
  EXPECT_EQ(page.replica().visible(0), Value::number(3));

  Server server;
  page.connect(server);
  EXPECT_EQ(page.value("cart"), Value::number(3));
  EXPECT_FALSE(page.replica().hasUndecided());
}

TEST(Server, nothing_leaves_before_the_row_it_speaks_of_is_written) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  page.set(cart, 3);
  for (const Bytes& frame : page.core.uplink().flush()) server.host.receive(1, frame);

  server.take();
  EXPECT_TRUE(server.host.takeFrames().empty());
  server.host.connected(2);
  Page other('b');
  other.open("cart");
  other.core.uplink().connected();
  for (const Bytes& frame : other.core.uplink().flush()) server.host.receive(2, frame);
  server.take();
  EXPECT_TRUE(server.host.takeFrames().empty()) << "a welcome would tell of it too";

  server.host.rowsWritten();
  EXPECT_EQ(server.host.takeFrames().size(), 2u);
}

TEST(Server, frames_wait_for_their_own_rows_only) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  for (double number : {1.0, 2.0}) {
    page.set(cart, number);
    for (const Bytes& frame : page.core.uplink().flush()) server.host.receive(1, frame);
    server.take();
  }
  server.host.rowsWritten();
  EXPECT_EQ(server.host.takeFrames().size(), 1u);
  server.host.rowsWritten();
  EXPECT_EQ(server.host.takeFrames().size(), 1u);
}

TEST(Server, an_op_that_comes_twice_is_decided_once) {
  Server server;
  Page page;
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.connect(server);
  page.set(likes, 2);
  const std::vector<Bytes> push = page.core.uplink().flush();
  for (int times = 0; times < 2; ++times) {
    for (const Bytes& frame : push) server.host.receive(1, frame);
  }
  page.talk(server);
  EXPECT_EQ(server.rows.size(), 1u);
  EXPECT_EQ(page.value("likes"), Value::number(2));
}

TEST(Server, what_a_connection_lost_is_sent_again_over_the_next) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  page.set(cart, 3);
  page.core.uplink().flush();
  page.core.uplink().disconnected();
  server.host.disconnected(1);
  EXPECT_FALSE(page.core.uplink().isOnline());

  page.connect(server, 2);
  EXPECT_TRUE(page.core.uplink().isOnline());
  EXPECT_EQ(page.value("cart"), Value::number(3));
}

TEST(Server, a_server_that_is_silent_is_asked_again) {
  Server server;
  Page page;
  page.open("cart");
  server.host.connected(1);
  page.core.uplink().connected();
  page.core.uplink().flush();
  EXPECT_EQ(page.core.uplink().deadline(), kNow + kUplinkResendMillis);
  page.core.setClock(kNow + kUplinkResendMillis);
  page.core.uplink().tick();
  EXPECT_EQ(page.core.uplink().flush().size(), 1u);
}

TEST(Server, a_clock_that_goes_back_puts_off_no_question) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  page.set(cart, 3);
  page.core.uplink().flush();  // Lost.
  page.core.setClock(kNow - 86'400'000);
  EXPECT_EQ(page.core.uplink().deadline(), kNow - 86'400'000 + kUplinkResendMillis);
}

TEST(Server, an_op_that_was_passed_over_is_sent_again_though_the_server_speaks_of_others) {
  Server server;
  Page page;
  Page other('b');
  const Slot cart = page.open("cart");
  const Slot likes = other.open("likes");
  page.connect(server);
  other.connect(server, 2);
  page.set(cart, 3);
  page.core.uplink().flush();  // Lost.

  for (double after = 0; after < 2 * kUplinkResendMillis; after += 1000) {
    page.core.setClock(kNow + after);
    page.core.uplink().tick();
    EXPECT_TRUE(page.core.uplink().flush().empty()) << after;
    other.set(likes, after);
    for (const Bytes& frame : other.core.uplink().flush()) server.host.receive(2, frame);
    for (const Outgoing& answer : server.write()) {
      (answer.connection == 1 ? page : other).core.uplink().receive(answer.bytes);
    }
    EXPECT_EQ(page.value("likes"), Value::number(after));
  }
  EXPECT_EQ(page.core.uplink().deadline(), kNow + 2 * kUplinkResendMillis);
  page.core.setClock(kNow + 2 * kUplinkResendMillis);
  page.core.uplink().tick();
  page.talk(server);
  EXPECT_EQ(page.value("cart"), Value::number(3));
  EXPECT_EQ(page.core.uplink().deadline(), std::numeric_limits<double>::infinity());
}

TEST(Server, so_many_ops_are_under_way_at_a_time_and_all_arrive) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  const std::size_t count = kOpsInFlightMax + 100;
  for (std::size_t i = 1; i <= count; ++i) {
    page.set(cart, static_cast<double>(i));
  }
  page.connect(server);
  EXPECT_EQ(server.rows.size(), count);
  EXPECT_EQ(page.value("cart"), Value::number(static_cast<double>(count)));
}

TEST(Server, a_message_larger_than_a_frame_travels_in_parts_both_ways) {
  Server server;
  Page page;
  const std::string text = "\"" + std::string(kValueBytesMax - 2, 'x') + "\"";
  for (int i = 0; i < 6; ++i) {
    const Slot slot = page.open(("note" + std::to_string(i)).c_str());
    page.core.set(slot, page.unit, Value::json(text));
  }
  page.connect(server);
  Page other('b');
  other.open("note0");
  other.connect(server, 2);
  EXPECT_EQ(other.value("note5"), Value::json(text));
}

TEST(Server, whoever_is_too_far_behind_gets_the_state) {
  Server server;
  Page page;
  Page sleeper('b');
  const Slot cart = page.open("cart");
  sleeper.open("cart");
  page.connect(server);
  sleeper.connect(server, 2);
  server.host.disconnected(2);
  sleeper.core.uplink().disconnected();
  for (std::size_t i = 0; i < kRecordsKept + 5; ++i) {
    page.set(cart, static_cast<double>(i));
  }
  page.talk(server);
  sleeper.connect(server, 3);
  EXPECT_EQ(sleeper.core.digest(0), page.core.digest(0));
}

TEST(Server, what_nobody_can_read_is_counted_and_changes_nothing) {
  Server server;
  server.host.connected(1);
  server.host.receive(1, Bytes{1, 2, 3});
  server.host.receive(1, sealFrame(FrameType::hello, Bytes{9}));
  server.host.receive(1, sealFrame(FrameType::push, Bytes{9}));
  server.host.receive(1, sealFrame(FrameType::lead, Bytes{9}));
  server.host.receive(1, sealFrame(FrameType::part, Bytes{9}));
  server.host.receive(9, sealFrame(FrameType::hello, Bytes{9}));
  EXPECT_EQ(server.host.refused().size(), 2u);
  EXPECT_EQ(server.host.refused().at(ErrorCode::malformed), 4u);
  EXPECT_EQ(server.host.refused().at(ErrorCode::protocol), 1u);
  EXPECT_EQ(server.host.spaceCount(), 0u);

  Page page;
  page.open("cart");
  page.connect(server);
  page.core.uplink().receive(Bytes{1, 2, 3});
  page.core.uplink().receive(sealFrame(FrameType::welcome, Bytes{9}));
  page.core.uplink().receive(sealFrame(FrameType::records, Bytes{9}));
  page.core.uplink().receive(sealFrame(FrameType::hello, Bytes{9}));
  page.core.uplink().receive(sealFrame(FrameType::part, Bytes{9}));
  EXPECT_EQ(page.core.uplink().refused().size(), 2u);
}

TEST(Server, nobody_pushes_into_a_space_he_has_not_asked_for) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  page.set(cart, 1);
  server.host.connected(2);
  for (const Bytes& frame : page.core.uplink().flush()) server.host.receive(2, frame);
  server.take();
  EXPECT_TRUE(server.rows.empty());
  EXPECT_EQ(server.host.refused().at(ErrorCode::protocol), 1u);
}

TEST(Server, only_spaces_of_the_server_are_kept) {
  Server server;
  server.host.connected(1);
  ByteWriter body;
  encode(body, Hello{.sender = std::string(16, 'x'),
                     .cursors = {{.address = "device/apartment:main", .epoch = 0, .index = 0}}});
  server.host.receive(1, sealFrame(FrameType::hello, body.view()));
  EXPECT_EQ(server.host.refused().at(ErrorCode::invalidId), 1u);
  EXPECT_EQ(server.host.load("device/global", {}).error().code, ErrorCode::invalidId);
}

// A server that has written three ops, as its log.
std::vector<Bytes> threeRows() {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  for (double number : {1.0, 2.0, 3.0}) page.set(cart, number);
  page.talk(server);
  return server.rows;
}

TEST(Server, a_log_brings_back_what_was_decided_and_who_was_heard) {
  const std::vector<Bytes> rows = threeRows();
  Server server;
  EXPECT_EQ(server.host.load(kAddress, rows).value(), 3u);
  EXPECT_EQ(server.host.spaceAt(0).find("cart")->value, Value::number(3));

  Page page;  // The same session: its first op is known.
  const Slot cart = page.open("cart");
  page.set(cart, 9);
  page.connect(server);
  EXPECT_TRUE(server.rows.empty());
  EXPECT_EQ(page.value("cart"), Value::number(3));
}

TEST(Server, a_torn_row_ends_a_log_which_goes_on_from_there) {
  std::vector<Bytes> rows = threeRows();
  rows.back().resize(rows.back().size() - 1);
  Server server;
  EXPECT_EQ(server.host.load(kAddress, rows).value(), 2u);
  rows.resize(2);

  Page page('b');
  const Slot cart = page.open("cart");
  page.set(cart, 9);
  page.connect(server);
  rows.insert(rows.end(), server.rows.begin(), server.rows.end());
  Server again;
  EXPECT_EQ(again.host.load(kAddress, rows).value(), 3u);
  EXPECT_EQ(again.host.spaceAt(0).find("cart")->value, Value::number(9));
}

TEST(Server, a_row_out_of_its_place_ends_a_log) {
  std::vector<Bytes> rows = threeRows();
  rows.erase(rows.begin() + 1);
  Server server;
  EXPECT_EQ(server.host.load(kAddress, rows).value(), 1u);
}

TEST(Server, the_log_of_another_space_is_not_read) {
  Server server;
  EXPECT_EQ(server.host.load("server/global", threeRows()).error().code, ErrorCode::malformed);
}

TEST(Server, a_tab_that_has_nothing_at_the_server_wants_no_connection) {
  Page page;
  EXPECT_FALSE(page.core.uplink().wantsConnection());
  page.open("cart");
  EXPECT_TRUE(page.core.uplink().wantsConnection());
  page.core.peer().join();
  EXPECT_FALSE(page.core.uplink().wantsConnection()) << "until it leads";
}

TEST(Server, keys_that_come_later_are_asked_for) {
  Server server;
  Page page;
  page.open("cart");
  page.connect(server);
  const Definition definition{
      .scope = Scope::global, .plane = Plane::server, .strategy = {}, .parameters = ""};
  const Slot theme =
      page.core.open(page.core.define("theme", definition).value(), "server/global").value();
  page.set(theme, 1);
  page.talk(server);
  EXPECT_EQ(page.core.replicaAt(1).space().find("theme")->value, Value::number(1));
}

TEST(Server, a_hello_that_comes_late_takes_nothing_back) {
  Server server;
  Page page;
  page.open("cart");
  server.host.connected(1);
  page.core.uplink().connected();
  const std::vector<Bytes> early = page.core.uplink().flush();
  const Definition definition{
      .scope = Scope::global, .plane = Plane::server, .strategy = {}, .parameters = ""};
  const Slot theme =
      page.core.open(page.core.define("theme", definition).value(), "server/global").value();
  page.talk(server);
  for (const Bytes& frame : early) server.host.receive(1, frame);
  page.set(theme, 1);
  page.talk(server);
  EXPECT_FALSE(page.core.replicaAt(1).hasUndecided());
}

TEST(Server, a_log_that_was_begun_anew_gets_what_this_tab_had_decided_in_the_old_one) {
  Page page;
  const Slot likes = page.open("likes", StrategyKind::sum);
  {
    Server lost;
    page.connect(lost);
    page.set(likes, 2);
    page.talk(lost);
    page.core.uplink().disconnected();
  }
  Server server;
  server.host.setClock(kNow + 1000);
  page.connect(server);
  EXPECT_EQ(page.value("likes"), Value::number(2));
  EXPECT_EQ(server.rows.size(), 1u);
}

}  // namespace
}  // namespace danji
