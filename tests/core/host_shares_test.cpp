// Servers that keep the same logs: one leads a space, the others follow it and hand ops on.

#include <gtest/gtest.h>

#include "core/server/forwarded.h"
#include "tests/core/server_world.h"

namespace danji {
namespace {

constexpr ConnectionId kElsewhere = 1'000;

// Two servers and what is in their store, with a page at each.
struct Shared {
  explicit Shared(bool knowsUsers = false) {
    for (Server* server : {&one, &other}) {
      server->host.share();
      if (knowsUsers) server->host.authenticate();
      EXPECT_EQ(server->host.load(kAddress, {}).value(), 0u);
    }
    // Both go on from the same beginning.
    log = {one.host.condense(kAddress).bytes};
    one.host.drop(kAddress);
    other.host.drop(kAddress);
    read(one.host, log);
    read(other.host, log);
    one.host.lead(kAddress);
  }

  static void read(Host& host, const std::vector<Bytes>& rows) {
    ASSERT_EQ(host.load(kAddress, rows).value(), rows.size());
  }

  // What the leader decided goes to the store, and from there to the follower.
  void write(Server& leader, Server& follower) {
    leader.take();
    read(follower.host, leader.rows);
    log.insert(log.end(), leader.rows.begin(), leader.rows.end());
    leader.rows.clear();
    leader.host.rowsWritten();
  }
  static void handOn(Server& follower, Server& leader) {
    for (const Forward& forward : follower.host.takeForwards()) {
      EXPECT_EQ(forward.address, kAddress);
      EXPECT_TRUE(leader.host.receiveForwarded(kElsewhere, forward.bytes).ok());
    }
  }
  // What the follower was given is decided, and both know.
  void settle() {
    handOn(other, one);
    write(one, other);
  }
  static std::string digest(const Host& host) { return digestOf(host.spaceAt(0).state()).hex(); }

  Server one;    // Leads at first.
  Server other;
  std::vector<Bytes> log;
};

// A page at one of the servers.
struct Guest : Page {
  Guest(Server& server, ConnectionId id, char name = 'a') : Page(name), server(server), id(id) {}

  // Its frames go to its server, and what that has for it comes back.
  void push() {
    for (const Bytes& frame : core.uplink().flush()) server.host.receive(id, frame);
  }
  void push(Slot slot, double number) {
    set(slot, number);
    push();
  }
  void hear() {
    server.host.takeRows();
    for (const Outgoing& frame : server.host.takeFrames()) {
      if (frame.connection == id) core.uplink().receive(frame.bytes);
    }
  }
  void meet(const char* user = "") {
    server.host.connected(id, "", user);
    core.uplink().connected();
    push();
    hear();
    push();
  }

  Server& server;
  ConnectionId id;
};

TEST(ServersTogether, what_a_follower_is_given_the_leader_decides_and_both_tell) {
  Shared shared;
  Guest near(shared.one, 1, 'a');
  Guest far(shared.other, 2, 'b');
  const Slot likes = near.open("likes", StrategyKind::sum);
  const Slot same = far.open("likes", StrategyKind::sum);
  near.meet();
  far.meet();
  shared.write(shared.one, shared.other);
  near.set(likes, 1);
  far.set(same, 2);
  near.push();
  far.push();

  EXPECT_TRUE(shared.other.host.hasForwards());
  EXPECT_TRUE(shared.other.host.takeRows().empty()) << "a follower decides nothing";
  shared.settle();
  near.hear();
  far.hear();

  EXPECT_FALSE(near.replica().hasUndecided());
  EXPECT_FALSE(far.replica().hasUndecided());
  EXPECT_EQ(Shared::digest(shared.one.host), Shared::digest(shared.other.host));
  EXPECT_EQ(digestOf(near.replica().space().state()).hex(),
            digestOf(far.replica().space().state()).hex());
}

TEST(ServersTogether, who_takes_a_space_over_decides_what_waited_and_nothing_twice) {
  Shared shared;
  Guest page(shared.other, 2);
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.meet();
  page.push(likes, 1);
  shared.settle();
  page.push(likes, 2);
  const std::uint64_t before = shared.other.host.spaceAt(0).index();
  Shared::handOn(shared.other, shared.one);  // Which dies before it has written that.

  shared.other.host.lead(kAddress);
  shared.other.take();
  shared.other.host.rowsWritten();
  EXPECT_EQ(shared.other.rows.size(), 1u);
  EXPECT_EQ(shared.other.host.spaceAt(0).index(), before + 1);
  page.hear();
  EXPECT_FALSE(page.replica().hasUndecided());
}

TEST(ServersTogether, what_was_handed_on_is_handed_on_again_when_it_has_to_be) {
  Shared shared;
  Guest page(shared.other, 2);
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.meet();
  page.push(likes, 1);
  EXPECT_FALSE(shared.other.host.takeForwards().empty());  // Lost on the way.
  EXPECT_TRUE(shared.other.host.takeForwards().empty());

  shared.other.host.forwardAgain(kAddress);
  Shared::handOn(shared.other, shared.one);
  shared.other.host.forwardAgain(kAddress);
  shared.settle();
  page.hear();

  EXPECT_FALSE(page.replica().hasUndecided());
  EXPECT_EQ(page.value("likes"), Value::number(1));
  shared.other.host.forwardAgain(kAddress);
  EXPECT_TRUE(shared.other.host.takeForwards().empty());
}

TEST(ServersTogether, who_asked_for_a_space_that_is_dropped_before_it_was_read_is_sent_away) {
  Server server;
  server.host.share();
  server.host.askFirst();
  Page page;
  page.open("likes");
  server.host.connected(1);
  server.host.connected(2);
  page.core.uplink().connected();
  for (const Bytes& frame : page.core.uplink().flush()) server.host.receive(1, frame);
  ASSERT_EQ(server.host.takeWanted().size(), 1u);

  EXPECT_EQ(server.host.drop(kAddress), std::vector<ConnectionId>{1});
}

TEST(ServersTogether, who_may_only_read_is_refused_by_the_leader_too) {
  Shared shared;
  shared.other.host.askFirst();
  Guest page(shared.other, 2);
  const Slot cart = page.open("cart");
  shared.other.host.connected(2);
  page.core.uplink().connected();
  page.push();
  shared.other.host.allow(2, kAddress, Access::read);
  page.hear();
  page.push(cart, 1);
  shared.settle();
  page.hear();

  EXPECT_FALSE(page.replica().hasUndecided());
  EXPECT_EQ(page.value("cart"), Value());
}

TEST(ServersTogether, what_is_on_no_list_of_keys_is_refused_in_the_name_of_its_follower) {
  Shared shared;
  const Definition definition{.scope = Scope::apartment, .plane = Plane::server};
  ASSERT_TRUE(shared.other.host.define("known", definition, {}).ok());
  Guest page(shared.other, 2);
  const Slot cart = page.open("cart");
  page.meet();
  page.push(cart, 1);
  shared.settle();
  page.hear();

  EXPECT_FALSE(page.replica().hasUndecided());
  EXPECT_EQ(page.value("cart"), Value());
}

TEST(ServersTogether, who_lost_a_space_drops_what_it_had_decided_and_its_users_come_again) {
  Shared shared;
  Guest page(shared.one, 1);
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.meet();
  page.push(likes, 1);

  EXPECT_EQ(shared.one.host.drop(kAddress), std::vector<ConnectionId>{1});
  EXPECT_TRUE(shared.one.host.takeRows().empty());
  shared.one.host.disconnected(1);
  EXPECT_TRUE(shared.one.host.takeFrames().empty());
  page.core.uplink().disconnected();
  EXPECT_TRUE(page.replica().hasUndecided());

  shared.other.host.lead(kAddress);
  page.connect(shared.other, 2);
  EXPECT_FALSE(page.replica().hasUndecided());
  EXPECT_EQ(page.value("likes"), Value::number(1));
  EXPECT_TRUE(shared.one.host.drop("server/global").empty());
}

TEST(ServersTogether, what_is_handed_to_who_does_not_lead_changes_nothing) {
  Shared shared;
  Guest page(shared.other, 2);
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.meet();
  page.push(likes, 1);
  Server third;
  third.host.share();
  const std::vector<Forward> forwards = shared.other.host.takeForwards();
  ASSERT_EQ(forwards.size(), 1u);

  EXPECT_TRUE(third.host.receiveForwarded(kElsewhere, forwards[0].bytes).ok());
  Shared::read(third.host, shared.log);
  EXPECT_TRUE(third.host.receiveForwarded(kElsewhere, forwards[0].bytes).ok());
  third.host.lead(kAddress);
  EXPECT_TRUE(third.host.takeRows().empty());
}

TEST(ServersTogether, bytes_that_are_no_forwarded_ops_are_refused) {
  Shared shared;
  Guest page(shared.other, 2);
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.meet();
  page.push(likes, 1);
  const Bytes whole = shared.other.host.takeForwards().front().bytes;

  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(shared.one.host.receiveForwarded(kElsewhere, part).error().code,
              ErrorCode::malformed);
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(shared.one.host.receiveForwarded(kElsewhere, longer).ok());
  EXPECT_TRUE(shared.one.host.takeRows().empty());
}

TEST(ServersTogether, what_a_connection_brought_goes_with_it_if_nobody_decided_it) {
  Shared shared;
  Guest page(shared.other, 2);
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.meet();
  page.push(likes, 1);
  shared.other.host.disconnected(2);

  EXPECT_TRUE(shared.other.host.takeForwards().empty());
  shared.other.host.lead(kAddress);
  EXPECT_TRUE(shared.other.host.takeRows().empty());
}

TEST(ServersTogether, a_base_of_the_same_log_is_caught_up_with_wherever_it_comes) {
  Shared shared;
  Guest page(shared.one, 1);
  const Slot cart = page.open("cart");
  page.meet();
  page.push(cart, 1);
  shared.write(shared.one, shared.other);

  // At the index that is known, and behind rows that are not.
  Shared::read(shared.other.host, {shared.one.host.condense(kAddress).bytes});
  Guest far(shared.other, 2, 'b');
  far.open("cart");
  far.meet();
  page.push(cart, 2);
  shared.one.take();
  const LogRow base = shared.one.host.condense(kAddress);
  Shared::read(shared.other.host, {base.bytes});
  EXPECT_EQ(Shared::digest(shared.one.host), Shared::digest(shared.other.host));

  // Whom the state was kept from asks for it.
  far.hear();
  far.push();
  far.hear();
  EXPECT_EQ(far.value("cart"), Value::number(2));

  // And the log goes on behind it.
  shared.one.rows.clear();
  shared.one.host.rowsWritten();
  page.push(cart, 3);
  shared.write(shared.one, shared.other);
  far.hear();
  EXPECT_EQ(far.value("cart"), Value::number(3));
}

TEST(ServersTogether, a_base_of_another_log_or_of_other_rows_is_not_followed) {
  Shared shared;
  Guest page(shared.one, 1);
  const Slot cart = page.open("cart");
  page.meet();
  page.push(cart, 1);
  shared.write(shared.one, shared.other);

  Shared stranger;
  stranger.one.host.renew(kAddress);
  const Bytes another = stranger.one.host.condense(kAddress).bytes;
  EXPECT_EQ(shared.other.host.load(kAddress, {another}).error().code, ErrorCode::malformed);

  // The same index of the same log, with another value there.
  Server twin;
  twin.host.share();
  Shared::read(twin.host, {shared.log.front()});
  twin.host.lead(kAddress);
  Guest liar(twin, 3, 'c');
  const Slot lie = liar.open("cart");
  liar.meet();
  liar.push(lie, 9);
  twin.take();
  ASSERT_EQ(twin.host.spaceAt(0).index(), shared.other.host.spaceAt(0).index());
  const Bytes other = twin.host.condense(kAddress).bytes;
  EXPECT_EQ(shared.other.host.load(kAddress, {other}).error().code, ErrorCode::malformed);
}

TEST(ServersTogether, a_log_that_lost_rows_goes_on_as_another_that_pages_take_over) {
  Shared shared;
  Guest page(shared.one, 1);
  const Slot cart = page.open("cart");
  page.meet();
  page.push(cart, 1);
  shared.write(shared.one, shared.other);
  page.hear();
  EXPECT_FALSE(page.replica().hasUndecided());

  Server next;
  next.host.share();
  Shared::read(next.host, {shared.log.front()});
  const std::uint64_t before = next.host.spaceAt(0).epoch();
  next.host.renew(kAddress);
  next.host.lead(kAddress);
  EXPECT_GT(next.host.spaceAt(0).epoch(), before);
  page.core.uplink().disconnected();
  page.connect(next, 5);

  EXPECT_EQ(page.replica().space().epoch(), next.host.spaceAt(0).epoch());
  EXPECT_FALSE(page.replica().hasUndecided());
}

TEST(ServersTogether, ops_of_a_session_wait_until_it_is_known_whose_it_is) {
  Shared shared(true);
  Guest page(shared.one, 1);
  const Slot cart = page.open("cart");
  page.meet("ada");
  page.push(cart, 1);
  const std::vector<Claim> claims = shared.one.host.takeClaims();
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_EQ(claims[0].user, "ada");
  EXPECT_TRUE(shared.one.host.takeRows().empty());

  shared.one.host.own(claims[0].session, "ada");
  EXPECT_FALSE(shared.one.host.takeRows().empty());
  page.push(cart, 2);
  EXPECT_FALSE(shared.one.host.hasClaims()) << "it is known";
  EXPECT_FALSE(shared.one.host.takeRows().empty());

  // Somebody else who got hold of it, at another server.
  Guest thief(shared.other, 2, 'a');
  const Slot stolen = thief.open("cart");
  thief.meet("eve");
  thief.push(stolen, 9);
  ASSERT_EQ(shared.other.host.takeClaims().size(), 1u);
  shared.other.host.own(claims[0].session, "ada");
  EXPECT_TRUE(shared.other.host.takeForwards().empty());
  EXPECT_GE(shared.other.host.refused().find(ErrorCode::forbidden)->second, 1u);

  shared.one.host.disownAll();
  page.push(cart, 3);
  EXPECT_TRUE(shared.one.host.hasClaims()) << "the store may have forgotten it";
}

TEST(ServersTogether, words_are_asked_where_a_space_is_led) {
  Shared shared;
  for (Server* server : {&shared.one, &shared.other}) {
    server->host.askWords({.permission = true, .turn = false});
  }
  Guest page(shared.other, 2);
  const Slot cart = page.open("cart");
  page.meet();
  page.push(cart, 1);
  EXPECT_FALSE(shared.other.host.hasQuestions());
  Shared::handOn(shared.other, shared.one);
  const std::vector<Question> questions = shared.one.host.takeQuestions();
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].connection, kElsewhere);

  shared.other.host.lead(kAddress);
  const std::vector<Question> later = shared.other.host.takeQuestions();
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].connection, 2u);
  shared.other.host.answer(later[0].ticket, ErrorCode::ok);
  EXPECT_FALSE(shared.other.host.takeRows().empty());
}

}  // namespace
}  // namespace danji
