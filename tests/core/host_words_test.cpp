// Ops that wait for a word of whoever keeps the server.

#include <gtest/gtest.h>

#include "core/server/told.h"
#include "tests/core/server_world.h"

namespace danji {
namespace {

// A server that asks, and two pages that write to it.
struct Asking {
  explicit Asking(Proposals::Words words) {
    server.host.askWords(words);
    cart = page.open("cart");
    note = other.open("note");
    page.connect(server, 1);
    other.connect(server, 2);
  }

  void write(Page& who, ConnectionId id, Slot slot, double number) {
    who.set(slot, number);
    for (const Bytes& frame : who.core.uplink().flush()) server.host.receive(id, frame);
  }
  std::vector<Question> questions() { return server.host.takeQuestions(); }
  std::size_t decided() {
    server.take();
    return server.rows.size();
  }
  ErrorCode lastRefusal() const {
    const SpaceState state = server.host.spaceAt(0).state();
    return state.rejections.empty() ? ErrorCode::ok : state.rejections.back().code;
  }

  Server server;
  Page page{'a'};
  Page other{'b'};
  Slot cart = 0;
  Slot note = 0;
};

constexpr Proposals::Words kPermission{.permission = true, .turn = false};
constexpr Proposals::Words kTurn{.permission = false, .turn = true};
constexpr Proposals::Words kBoth{.permission = true, .turn = true};

TEST(ServerWords, an_op_waits_for_its_permission_and_others_do_not_wait_for_it) {
  Asking asking(kPermission);
  asking.write(asking.page, 1, asking.cart, 1);
  asking.write(asking.other, 2, asking.note, 2);
  const std::vector<Question> questions = asking.questions();
  ASSERT_EQ(questions.size(), 2u);
  EXPECT_EQ(questions[0].connection, 1u);
  EXPECT_EQ(asking.decided(), 0u);

  asking.server.host.answer(questions[1].ticket, ErrorCode::ok);
  EXPECT_EQ(asking.decided(), 1u);
  asking.server.host.answer(questions[0].ticket, ErrorCode::ok);
  EXPECT_EQ(asking.decided(), 2u);
  EXPECT_EQ(asking.lastRefusal(), ErrorCode::ok);
}

TEST(ServerWords, a_session_stays_in_order_whatever_is_answered_first) {
  Asking asking(kPermission);
  for (const double number : {1.0, 2.0, 3.0}) asking.write(asking.page, 1, asking.cart, number);
  const std::vector<Question> questions = asking.questions();
  ASSERT_EQ(questions.size(), 3u);

  asking.server.host.answer(questions[2].ticket, ErrorCode::ok);
  asking.server.host.answer(questions[1].ticket, ErrorCode::outOfRange);
  EXPECT_EQ(asking.decided(), 0u);
  asking.server.host.answer(questions[0].ticket, ErrorCode::ok);
  EXPECT_EQ(asking.decided(), 3u);
  EXPECT_EQ(asking.lastRefusal(), ErrorCode::outOfRange);
  EXPECT_EQ(asking.server.host.spaceAt(0).find("cart")->value, Value::number(3));
}

TEST(ServerWords, an_op_that_comes_again_while_it_waits_is_asked_for_once) {
  Asking asking(kPermission);
  asking.page.set(asking.cart, 1);
  const std::vector<Bytes> push = asking.page.core.uplink().flush();
  for (int times = 0; times < 2; ++times) {
    for (const Bytes& frame : push) asking.server.host.receive(1, frame);
  }
  const std::vector<Question> questions = asking.questions();
  ASSERT_EQ(questions.size(), 1u);

  asking.server.host.answer(questions[0].ticket, ErrorCode::ok);
  asking.server.host.answer(questions[0].ticket, ErrorCode::forbidden);
  EXPECT_EQ(asking.decided(), 1u);
  EXPECT_EQ(asking.lastRefusal(), ErrorCode::ok);
}

TEST(ServerWords, one_op_of_a_space_has_its_turn_and_sees_what_the_one_before_left) {
  Asking asking(kTurn);
  asking.write(asking.page, 1, asking.cart, 1);
  asking.write(asking.other, 2, asking.note, 2);
  asking.write(asking.page, 1, asking.cart, 3);
  std::vector<std::string> seen;
  for (std::size_t turn = 1; turn <= 3; ++turn) {
    const std::vector<Question> questions = asking.questions();
    ASSERT_EQ(questions.size(), 1u);
    EXPECT_TRUE(questions[0].isTurn);
    EXPECT_EQ(asking.decided(), turn - 1);
    asking.server.host.answer(questions[0].ticket, ErrorCode::ok);
  }
  EXPECT_EQ(asking.decided(), 3u);
  EXPECT_TRUE(asking.questions().empty());
}

TEST(ServerWords, a_permission_comes_before_a_turn_and_a_refusal_needs_none) {
  Asking asking(kBoth);
  asking.write(asking.page, 1, asking.cart, 1);
  asking.write(asking.other, 2, asking.note, 2);
  const std::vector<Question> asked = asking.questions();
  ASSERT_EQ(asked.size(), 2u);
  asking.server.host.answer(asked[0].ticket, ErrorCode::forbidden);
  EXPECT_EQ(asking.decided(), 1u);
  EXPECT_EQ(asking.lastRefusal(), ErrorCode::forbidden);

  asking.server.host.answer(asked[1].ticket, ErrorCode::ok);
  const std::vector<Question> turns = asking.questions();
  ASSERT_EQ(turns.size(), 1u);
  asking.server.host.answer(turns[0].ticket, ErrorCode::conflict);
  EXPECT_EQ(asking.decided(), 2u);
  EXPECT_EQ(asking.lastRefusal(), ErrorCode::conflict);
}

TEST(ServerWords, an_op_is_told_with_what_it_would_write_and_what_is_there) {
  Asking asking(kTurn);
  for (const double number : {5.0, 6.0}) {
    asking.write(asking.page, 1, asking.cart, number);
    const std::vector<Question> questions = asking.questions();
    ASSERT_EQ(questions.size(), 1u);
    ByteReader in(questions[0].op);
    EXPECT_EQ(in.text(100), kAddress);
    EXPECT_EQ(asText(in.raw(16)), std::string(16, 'a'));
    EXPECT_EQ(in.f64(), number - 4);
    EXPECT_EQ(in.text(100), "cart");
    EXPECT_EQ(in.text(100), "");
    EXPECT_EQ(in.varint(), 1u);
    EXPECT_EQ(in.text(100), "cart");
    EXPECT_EQ(in.u8(), static_cast<std::uint8_t>(ChangeKind::set));
    EXPECT_EQ(in.u8(), 0u);
    EXPECT_EQ(decodeValue(in), Value::number(number));
    EXPECT_EQ(in.varint(), 0u);
    EXPECT_EQ(decodeValue(in), number == 5 ? Value() : Value::number(5));
    EXPECT_TRUE(in.finished());
    asking.server.host.answer(questions[0].ticket, ErrorCode::ok);
  }
}

TEST(ServerWords, an_op_is_told_with_the_fields_and_the_digits_of_what_it_would_write) {
  Server server;
  server.host.askWords(kTurn);
  Page page;
  const Slot profile = page.open("profile", StrategyKind::merge);
  const Definition inCents{.scope = Scope::apartment, .plane = Plane::server,
                           .strategy = StrategyKind::sum, .parameters = "{\"sum\":{\"digits\":2}}"};
  const Slot total = page.core.open(page.core.define("total", inCents).value(), kAddress).value();
  page.connect(server);
  const auto write = [&](Slot slot, const Value& value) {
    ByteWriter batch;
    ByteWriter out;
    batch.varint(1);
    batch.varint(slot);
    batch.varint(page.unit);
    batch.u8(1);
    encode(batch, value);
    ASSERT_TRUE(page.core.commit(batch.view(), out).ok());
    page.talk(server);
  };
  // Behind the address, the session, the op's number, the unit and the user: its one write.
  const auto toldOf = [&](const char* key, ChangeKind kind, std::uint8_t digits, ByteReader& in) {
    in.text(100);
    in.raw(16);
    in.f64();
    in.text(100);
    in.text(100);
    EXPECT_EQ(in.varint(), 1u);
    EXPECT_EQ(in.text(100), key);
    EXPECT_EQ(in.u8(), static_cast<std::uint8_t>(kind));
    EXPECT_EQ(in.u8(), digits);
    decodeValue(in);
  };

  write(profile, Value::json("{\"name\":\"Ada\"}"));
  std::vector<Question> questions = server.host.takeQuestions();
  ASSERT_EQ(questions.size(), 1u);
  ByteReader fields(questions[0].op);
  toldOf("profile", ChangeKind::patch, 0, fields);
  EXPECT_EQ(fields.varint(), 1u);
  EXPECT_EQ(fields.text(100), "/name");
  EXPECT_EQ(decodeFieldValue(fields, "/name"), Value::json("\"Ada\""));
  EXPECT_FALSE(decodeValue(fields).isSet());
  EXPECT_TRUE(fields.finished());
  server.host.answer(questions[0].ticket, ErrorCode::ok);

  write(total, Value::number(125));
  questions = server.host.takeQuestions();
  ASSERT_EQ(questions.size(), 1u);
  ByteReader cents(questions[0].op);
  toldOf("total", ChangeKind::add, 2, cents);
}

TEST(ServerWords, a_space_is_not_let_go_while_an_op_waits_for_a_word) {
  Asking asking(kPermission);
  asking.write(asking.page, 1, asking.cart, 1);
  const std::vector<Question> questions = asking.questions();
  ASSERT_EQ(questions.size(), 1u);
  asking.server.host.disconnected(1);
  asking.server.host.disconnected(2);
  EXPECT_FALSE(asking.server.host.unload(kAddress));

  asking.server.host.answer(questions[0].ticket, ErrorCode::ok);
  asking.server.write();
  EXPECT_TRUE(asking.server.host.unload(kAddress));
  asking.server.host.answer(questions[0].ticket, ErrorCode::ok);
}

TEST(ServerWords, a_row_tells_what_it_wrote_and_where_it_is) {
  Server server;
  Page page;
  const Slot seat = page.open("seat", StrategyKind::firstWriteWins);
  page.connect(server);
  for (const double number : {1.0, 2.0}) page.set(seat, number);
  page.talk(server);
  ASSERT_EQ(server.rows.size(), 2u);

  const Bytes first = server.host.tell(kAddress, server.rows[0]).value();
  ByteReader in(first);
  EXPECT_EQ(in.u8(), 1u);
  EXPECT_EQ(in.f64(), 1.0);
  EXPECT_EQ(in.u64(), server.host.spaceAt(0).epoch());
  EXPECT_EQ(in.text(100), kAddress);
  const Bytes refused = server.host.tell(kAddress, server.rows[1]).value();
  EXPECT_EQ(refused.front(), 0u);
  const Bytes base = server.host.condense(kAddress).bytes;
  EXPECT_EQ(server.host.tell(kAddress, base).value().front(), 0u);

  EXPECT_EQ(server.host.tell("server/global", base).error().code, ErrorCode::invalidId);
  EXPECT_EQ(server.host.tell(kAddress, Bytes{1, 2, 3}).error().code, ErrorCode::malformed);
}

}  // namespace
}  // namespace danji
