// Who may do what at a server that asks before it answers, and what a server that knows its keys
// makes of others.

#include <gtest/gtest.h>

#include "tests/core/server_world.h"

namespace danji {
namespace {

struct AskingServer : Server {
  AskingServer() { host.askFirst(); }

  // Answers everything that is asked.
  void allowAll(Access access) {
    for (const Wanted& one : host.takeWanted()) host.allow(one.connection, one.address, access);
  }
};

void say(Server& server, Page& page, ConnectionId id = 1) {
  for (const Bytes& frame : page.core.uplink().flush()) server.host.receive(id, frame);
}

Definition keyOf(StrategyKind strategy = StrategyKind::lastWriteWins) {
  return {.scope = Scope::apartment, .plane = Plane::server, .strategy = strategy,
          .parameters = ""};
}

// The code that the page's last write was refused with; ok: it was not.
ErrorCode refusalOf(const Page& page) {
  const SpaceState state = page.replica().space().state();
  return state.rejections.empty() ? ErrorCode::ok : state.rejections.back().code;
}

TEST(ServerAccess, a_hello_waits_until_each_of_its_spaces_was_spoken_of) {
  AskingServer server;
  Page page;
  page.open("cart");
  Definition global = keyOf();
  global.scope = Scope::global;
  ASSERT_TRUE(page.core.open(page.core.define("theme", global).value(), "server/global").ok());
  page.connect(server);
  EXPECT_FALSE(page.core.uplink().isOnline());
  EXPECT_EQ(server.host.spaceCount(), 0u);

  const std::vector<Wanted> wanted = server.host.takeWanted();
  ASSERT_EQ(wanted.size(), 2u);
  EXPECT_EQ(wanted.front().connection, 1u);
  server.host.allow(1, wanted.front().address, Access::write);
  page.talk(server);
  EXPECT_FALSE(page.core.uplink().isOnline());
  server.host.allow(1, wanted.back().address, Access::write);
  page.talk(server);
  EXPECT_TRUE(page.core.uplink().isOnline());
  EXPECT_TRUE(server.host.takeWanted().empty());
}

TEST(ServerAccess, a_space_is_asked_for_once_by_each_connection) {
  AskingServer server;
  Page page;
  page.open("cart");
  page.connect(server);
  page.core.uplink().connected();
  say(server, page);
  EXPECT_EQ(server.host.takeWanted().size(), 1u);
  server.host.allow(1, kAddress, Access::write);
  page.core.uplink().connected();
  page.talk(server);
  EXPECT_TRUE(server.host.takeWanted().empty());
  EXPECT_TRUE(page.core.uplink().isOnline());
}

TEST(ServerAccess, who_may_only_read_is_told_what_others_write_and_refused_himself) {
  AskingServer server;
  Page writer;
  Page reader('b');
  const Slot cart = writer.open("cart");
  const Slot same = reader.open("cart");
  writer.connect(server);
  server.allowAll(Access::write);
  writer.talk(server);
  reader.connect(server, 2);
  server.allowAll(Access::read);
  writer.set(cart, 3);
  writer.talk(server);
  reader.talk(server, 2);
  // What was said to the reader meanwhile was given out with the writer's.
  reader.core.uplink().connected();
  reader.talk(server, 2);
  EXPECT_EQ(reader.value("cart"), Value::number(3));

  reader.set(same, 4);
  reader.talk(server, 2);
  EXPECT_EQ(reader.value("cart"), Value::number(3));
  EXPECT_FALSE(reader.replica().hasUndecided());
  EXPECT_EQ(refusalOf(reader), ErrorCode::forbidden);
}

TEST(ServerAccess, a_space_that_may_not_be_read_is_passed_over) {
  AskingServer server;
  Page page;
  const Slot cart = page.open("cart");
  page.set(cart, 3);
  page.connect(server);
  server.allowAll(Access::none);
  page.talk(server);
  EXPECT_TRUE(page.core.uplink().isOnline());
  EXPECT_TRUE(server.rows.empty());
  EXPECT_EQ(page.replica().space().epoch(), 0u);
}

TEST(ServerAccess, who_may_not_read_any_more_hears_nothing_from_then_on) {
  AskingServer server;
  Page writer;
  Page reader('b');
  const Slot cart = writer.open("cart");
  reader.open("cart");
  writer.connect(server);
  server.allowAll(Access::write);
  writer.talk(server);
  reader.connect(server, 2);
  server.allowAll(Access::read);
  reader.talk(server, 2);
  ASSERT_TRUE(reader.core.uplink().isOnline());
  server.host.allow(2, kAddress, Access::none);
  writer.set(cart, 3);
  say(server, writer);
  for (const Outgoing& one : server.write()) EXPECT_EQ(one.connection, 1u);
}

TEST(ServerAccess, a_session_belongs_to_the_user_who_used_it_first) {
  AskingServer server;
  Page victim;
  Page thief;  // It claims the same session.
  const Slot cart = victim.open("cart");
  const Slot stolen = thief.open("cart");
  victim.connect(server, 1, "", "ada");
  server.allowAll(Access::write);
  victim.set(cart, 1);
  victim.talk(server);
  thief.connect(server, 2, "", "eve");
  server.allowAll(Access::write);
  thief.set(stolen, 8);
  thief.set(stolen, 9);
  thief.talk(server, 2);
  EXPECT_EQ(server.rows.size(), 2u) << "whose the session is, and its write";
  EXPECT_GT(server.host.refused().at(ErrorCode::forbidden), 0u);
  victim.set(cart, 2);
  victim.talk(server);
  EXPECT_EQ(victim.value("cart"), Value::number(2));
}

TEST(ServerAccess, whose_a_session_is_outlives_the_server) {
  std::vector<Bytes> owners;
  std::vector<Bytes> rows;
  {
    AskingServer server;
    Page victim;
    const Slot cart = victim.open("cart");
    victim.set(cart, 1);
    victim.connect(server, 1, "", "ada");
    server.allowAll(Access::write);
    for (const Bytes& frame : victim.core.uplink().flush()) server.host.receive(1, frame);
    for (const Outgoing& one : server.write()) victim.core.uplink().receive(one.bytes);
    for (const Bytes& frame : victim.core.uplink().flush()) server.host.receive(1, frame);
    for (const LogRow& row : server.host.takeRows()) {
      (row.address == kOwners ? owners : rows).push_back(row.bytes);
    }
  }
  ASSERT_EQ(owners.size(), 1u);
  ASSERT_EQ(rows.size(), 1u);

  AskingServer again;
  EXPECT_EQ(again.host.load(std::string(kOwners), {owners[0], Bytes(3)}).value(), 1u) << "torn";
  EXPECT_EQ(again.host.load(kAddress, rows).value(), 1u);
  Page thief;
  const Slot stolen = thief.open("cart");
  thief.set(stolen, 8);
  thief.set(stolen, 9);
  thief.connect(again, 2, "", "eve");
  again.allowAll(Access::write);
  thief.talk(again, 2);
  EXPECT_TRUE(again.rows.empty());
  EXPECT_EQ(again.host.refused().at(ErrorCode::forbidden), 1u) << "the first has the number of what"
                                                               << " was decided, and is dropped";
}

TEST(ServerAccess, a_server_that_knows_its_keys_refuses_others) {
  Server server;
  ASSERT_TRUE(server.host.define("cart", keyOf(), {}).ok());
  Page page;
  const Slot other = page.open("other");
  page.set(other, 3);
  page.connect(server);
  EXPECT_EQ(refusalOf(page), ErrorCode::notRegistered);
  EXPECT_FALSE(page.value("other").isSet());

  Page clashing('b');
  const Slot cart = clashing.open("cart", StrategyKind::sum);
  clashing.set(cart, 3);
  clashing.connect(server, 2);
  EXPECT_EQ(refusalOf(clashing), ErrorCode::definitionClash);
  EXPECT_FALSE(clashing.value("cart").isSet());
}

TEST(ServerAccess, permissions_are_those_of_the_servers_own_list) {
  Server server;
  server.host.authenticate();
  Contract staffOnly;
  staffOnly.permissions = R"({"write":["role:staff"]})";
  ASSERT_TRUE(server.host.define("cart", keyOf(), staffOnly).ok());
  Page page;  // It brings no permissions.
  const Slot cart = page.open("cart");
  page.set(cart, 3);
  page.connect(server);
  EXPECT_EQ(refusalOf(page), ErrorCode::forbidden);

  Page staff('b');
  const Slot same = staff.open("cart");
  staff.set(same, 4);
  staff.connect(server, 2, "role:staff");
  EXPECT_EQ(refusalOf(staff), ErrorCode::forbidden) << "the other one's, which stays told";
  EXPECT_EQ(staff.value("cart"), Value::number(4));
}

TEST(ServerAccess, a_higher_version_than_the_servers_own_is_not_let_in) {
  Server server;
  Contract first;
  first.version = "1";
  first.schema = R"({"type":"number"})";
  ASSERT_TRUE(server.host.define("cart", keyOf(), first).ok());
  Page page;
  Contract second = first;
  second.version = "2";
  const Slot cart =
      page.core.open(page.core.define("cart", keyOf(), second).value(), kAddress).value();
  page.set(cart, 3);
  page.connect(server);
  EXPECT_EQ(refusalOf(page), ErrorCode::notRegistered);
  EXPECT_FALSE(page.value("cart").isSet());
}

TEST(ServerAccess, a_log_may_be_read_in_several_pieces) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  for (double number : {1.0, 2.0, 3.0}) page.set(cart, number);
  page.talk(server);
  ASSERT_EQ(server.rows.size(), 3u);
  Server again;
  EXPECT_EQ(again.host.load(kAddress, {server.rows[0], server.rows[1]}).value(), 2u);
  EXPECT_EQ(again.host.load(kAddress, {server.rows[2]}).value(), 1u);
  EXPECT_EQ(again.host.spaceAt(0).find("cart")->value, Value::number(3));
}

}  // namespace
}  // namespace danji
