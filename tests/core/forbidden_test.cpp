// Who may not write is told in the call, and again by whoever decides.

#include <gtest/gtest.h>

#include "core/server/host.h"
#include "core/wire/messages.h"
#include "tests/core/pair.h"

namespace danji {
namespace {

constexpr const char* kStaff = R"({"write":["role:staff"]})";
constexpr const char* kPrice =
    R"({"paths":{"price":{"write":["role:staff"]}},"base":{"name":"","price":1}})";

class ForbiddenTest : public testing::Test {
 protected:
  Slot open(Engine& engine, const std::string& key, const char* permissions,
            StrategyKind strategy = StrategyKind::lastWriteWins) {
    const bool isMerge = strategy == StrategyKind::merge;
    const Definition definition{
        .scope = Scope::global, .plane = Plane::device, .strategy = strategy,
        .parameters = isMerge ? R"({"merge":{"base":{"name":"","price":1}}})" : ""};
    const Contract contract{.version = "", .schema = "", .permissions = permissions};
    return engine.open(engine.define(key, definition, contract).value(), "device/global").value();
  }
  NameId unit(Engine& engine, const char* name, const char* grants) {
    const NameId unit = engine.unit(name).value();
    EXPECT_TRUE(engine.grant(unit, grants).ok());
    return unit;
  }
  static Value json(const char* text) { return Value::json(text); }
  // Why the last op that was refused was refused, as a tab folded it.
  static ErrorCode lastRefusal(const Engine& engine) {
    const SpaceState state = engine.replicaAt(0).space().state();
    return state.rejections.empty() ? ErrorCode::ok : state.rejections.back().code;
  }

  Pair pair;
};

TEST_F(ForbiddenTest, who_lacks_the_grant_is_refused_in_the_call_whoever_decides) {
  for (Engine* engine : {&pair.ada, &pair.bob}) {
    const Slot stock = open(*engine, "stock", kStaff);
    pair.settle();
    const NameId guest = unit(*engine, "guest", "building:main");
    const std::uint64_t index = engine->replicaAt(0).space().index();

    EXPECT_EQ(engine->setNumber(stock, guest, 1).code, ErrorCode::forbidden);
    EXPECT_EQ(engine->unset(stock, guest).code, ErrorCode::forbidden);
    EXPECT_TRUE(engine->touch(stock, guest).needsText);

    EXPECT_FALSE(Pair::visible(*engine, "stock").isSet());
    EXPECT_EQ(engine->replicaAt(0).space().index(), index);
    EXPECT_FALSE(engine->replicaAt(0).hasUndecided());
  }
}

TEST_F(ForbiddenTest, a_claim_travels_with_the_op_and_the_leader_goes_by_it) {
  open(pair.ada, "stock", kStaff);
  const Slot stock = open(pair.bob, "stock", kStaff);
  pair.settle();
  const NameId desk = unit(pair.bob, "desk", "role:staff");

  EXPECT_EQ(pair.bob.setNumber(stock, desk, 7).code, ErrorCode::ok);
  // What was true in the call counts, whatever comes before the decision.
  EXPECT_TRUE(pair.bob.grant(desk, "").ok());
  EXPECT_EQ(pair.bob.setNumber(stock, desk, 8).code, ErrorCode::forbidden);
  pair.settle();

  EXPECT_EQ(Pair::visible(pair.ada, "stock"), Value::number(7));
  EXPECT_EQ(lastRefusal(pair.bob), ErrorCode::ok);
}

TEST_F(ForbiddenTest, a_page_that_does_not_know_the_permissions_is_refused_by_the_leader) {
  open(pair.ada, "stock", kStaff);
  const Slot stock = open(pair.bob, "stock", "");
  const NameId guest = unit(pair.bob, "guest", "");

  EXPECT_EQ(pair.bob.setNumber(stock, guest, 7).code, ErrorCode::ok);
  EXPECT_EQ(Pair::visible(pair.bob, "stock"), Value::number(7));
  pair.settle();

  EXPECT_EQ(lastRefusal(pair.bob), ErrorCode::forbidden);
  EXPECT_FALSE(Pair::visible(pair.bob, "stock").isSet());
  EXPECT_FALSE(Pair::visible(pair.ada, "stock").isSet());
  // From now on it knows.
  EXPECT_EQ(pair.bob.setNumber(stock, guest, 7).code, ErrorCode::forbidden);
}

TEST_F(ForbiddenTest, a_batch_with_one_forbidden_write_changes_nothing) {
  const Slot theme = open(pair.bob, "theme", "");
  const Slot stock = open(pair.bob, "stock", kStaff);
  pair.settle();
  const NameId guest = unit(pair.bob, "guest", "");
  ByteWriter batch;
  batch.varint(2);
  for (const Slot slot : {theme, stock}) {
    batch.varint(slot);
    batch.varint(guest);
    batch.u8(1);
    encode(batch, Value::number(1));
  }
  ByteWriter ops;

  const Status status = pair.bob.commit(batch.view(), ops);

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::forbidden);
  EXPECT_FALSE(Pair::visible(pair.bob, "theme").isSet());
}

TEST_F(ForbiddenTest, a_path_is_guarded_against_what_the_leader_has_confirmed) {
  const Slot item = open(pair.ada, "item", kPrice, StrategyKind::merge);
  const Slot same = open(pair.bob, "item", kPrice, StrategyKind::merge);
  pair.settle();
  const NameId desk = unit(pair.ada, "desk", "role:staff");
  const NameId guest = unit(pair.bob, "guest", "");

  EXPECT_EQ(pair.bob.set(same, guest, json(R"({"name":"tea","price":1})")).code, ErrorCode::ok);
  EXPECT_EQ(pair.bob.set(same, guest, json(R"({"name":"tea","price":2})")).code,
            ErrorCode::forbidden);
  EXPECT_EQ(pair.ada.set(item, desk, json(R"({"name":"","price":3})")).code, ErrorCode::ok);
  pair.settle();

  EXPECT_EQ(Pair::visible(pair.bob, "item"), json(R"({"name":"tea","price":3})"));
}

TEST_F(ForbiddenTest, a_whole_value_that_would_put_back_a_guarded_part_is_refused) {
  const Slot item = open(pair.ada, "item", kPrice);
  const Slot same = open(pair.bob, "item", kPrice);
  pair.settle();
  const NameId desk = unit(pair.ada, "desk", "role:staff");
  const NameId guest = unit(pair.bob, "guest", "");

  EXPECT_EQ(pair.bob.set(same, guest, json(R"({"name":"tea","price":1})")).code, ErrorCode::ok);
  EXPECT_EQ(pair.ada.set(item, desk, json(R"({"name":"","price":3})")).code, ErrorCode::ok);
  pair.settle();

  EXPECT_EQ(lastRefusal(pair.bob), ErrorCode::forbidden);
  EXPECT_EQ(Pair::visible(pair.bob, "item"), json(R"({"name":"","price":3})"));
}

TEST_F(ForbiddenTest, what_a_log_that_ended_had_accepted_is_accepted_by_the_next_one) {
  const Slot stock = open(pair.ada, "stock", kStaff);
  open(pair.bob, "stock", kStaff);
  pair.settle();
  const NameId desk = unit(pair.ada, "desk", "role:staff");
  EXPECT_EQ(pair.ada.setNumber(stock, desk, 7).code, ErrorCode::ok);
  // Nobody hears of it, and Bob leads a log without it.
  pair.ada.peer().suspend();
  pair.ada.peer().flush();
  pair.bob.peer().lockGranted();
  pair.settle();
  pair.wait(300);
  pair.settle();
  EXPECT_EQ(pair.bob.peer().role(), Role::leading);
  EXPECT_FALSE(Pair::visible(pair.bob, "stock").isSet());

  EXPECT_TRUE(pair.ada.grant(desk, "").ok());
  pair.ada.peer().resume();
  pair.settle();

  EXPECT_EQ(Pair::visible(pair.bob, "stock"), Value::number(7));
}

TEST_F(ForbiddenTest, what_is_no_list_of_grants_is_refused) {
  const NameId guest = pair.ada.unit("guest").value();

  EXPECT_EQ(pair.ada.grant(guest, "staff").error().code, ErrorCode::invalidValue);
  EXPECT_TRUE(pair.ada.grant(guest, "role:staff").ok());
}

// ---- At a server

class HostTest : public testing::Test {
 protected:
  HostTest() : host(std::string(16, 's'), 1) { host.setClock(1e12); }

  // The decision on a write to "stock" by the unit "desk", which claims to be staff.
  ErrorCode write(ConnectionId connection) {
    const std::string session(16, static_cast<char>('a' + connection));
    const Definition definition{
        .scope = Scope::global, .plane = Plane::server, .strategy = {}, .parameters = ""};
    const Hello hello{.sender = session,
                      .cursors = {{.address = "server/global", .epoch = 0, .index = 0}}};
    const WireKey key{.key = "stock", .fingerprint = fingerprintOf(definition),
                      .definition = definition,
                      .contract = {.version = "", .schema = "",
                                   .permissions = R"({"write":["unit:desk","role:staff"]})"}};
    WireOp op{.session = 0, .sequence = 1};
    op.changes = {{.kind = ChangeKind::set, .key = 0, .value = Value::number(1)}};
    const Push push{.sender = session,
                    .tables = {.sessions = {session}, .units = {{"desk", "role:staff"}},
                               .keys = {key}},
                    .sections = {{.address = "server/global", .epoch = 0, .cursor = 0,
                                  .ops = {op}}}};
    ByteWriter said;
    encode(said, hello);
    host.receive(connection, sealFrame(FrameType::hello, said.view()));
    ByteWriter pushed;
    encode(pushed, push);
    host.receive(connection, sealFrame(FrameType::push, pushed.view()));
    const Space& space = host.spaceAt(0);
    EXPECT_EQ(space.state().floors.back().session, session);
    const SpaceState state = space.state();
    return state.rejections.empty() ? ErrorCode::ok : state.rejections.back().code;
  }

  Host host;
};

TEST_F(HostTest, it_goes_by_what_the_connection_was_given_and_a_unit_is_only_a_name) {
  host.authenticate();
  host.connected(0, "role:staff");
  host.connected(1, "role:guest");
  host.connected(2);

  EXPECT_EQ(write(0), ErrorCode::ok);
  EXPECT_EQ(write(1), ErrorCode::forbidden);
  EXPECT_EQ(write(2), ErrorCode::forbidden);
  // What it was given is nobody else's business.
  const Bytes row = host.takeRows().front().bytes;
  EXPECT_EQ(asText(row).find("role:"), asText(row).rfind("role:staff\"]"));
}

TEST_F(HostTest, one_that_does_not_authenticate_believes_what_an_op_claims) {
  host.connected(0);

  EXPECT_EQ(write(0), ErrorCode::ok);
}

}  // namespace
}  // namespace danji
