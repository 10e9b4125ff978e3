// How much a server lets anybody fill a space with.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/wire/messages.h"
#include "tests/core/server_world.h"

namespace danji {
namespace {

const Definition kNote{
    .scope = Scope::apartment, .plane = Plane::server, .strategy = {}, .parameters = ""};

// Someone who speaks the protocol and writes what he likes, under names that nobody knows.
struct Filler {
  explicit Filler(Server& server) : server(server) {
    server.host.connected(7);
    ByteWriter hello;
    encode(hello, Hello{.sender = session,
                        .cursors = {{.address = kAddress, .epoch = 0, .index = 0}}});
    server.host.receive(7, sealFrame(FrameType::hello, hello.view()));
    server.write();
  }

  // One op that sets so many new keys; how it was decided.
  ErrorCode write(std::size_t count) {
    Push push{.sender = session, .tables = {}, .sections = {}};
    push.tables.sessions = {session};
    push.tables.units = {{.name = "till"}};
    WireOp op{.sequence = ++sequence};
    for (std::size_t i = 0; i < count; ++i) {
      push.tables.keys.push_back({.key = "key" + std::to_string(++keys),
                                  .fingerprint = fingerprintOf(kNote),
                                  .definition = kNote});
      op.changes.push_back({.kind = ChangeKind::set,
                            .key = static_cast<std::uint32_t>(i),
                            .value = Value::number(1)});
    }
    push.sections.push_back({.address = kAddress, .epoch = 0, .cursor = 0, .ops = {op}});
    ByteWriter body;
    encode(body, push);
    for (const Bytes& frame : sealMessage(FrameType::push, body.view(), session, ++message)) {
      server.host.receive(7, frame);
    }
    server.write();
    const SpaceState state = server.host.spaceAt(0).state();
    const bool isRefused =
        !state.rejections.empty() && state.rejections.back().index == state.index;
    return isRefused ? state.rejections.back().code : ErrorCode::ok;
  }

  Server& server;
  std::string session = std::string(16, 'x');
  std::uint64_t sequence = 0;
  std::size_t keys = 0;
  std::uint32_t message = 0;
};

TEST(ServerRoom, a_space_takes_so_many_keys_and_goes_on_with_those_it_has) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  page.set(cart, 1);
  page.talk(server);
  Filler filler(server);
  while (server.host.spaceAt(0).entryCount() + kBatchChangesMax <= kEntriesMax) {
    ASSERT_EQ(filler.write(kBatchChangesMax), ErrorCode::ok);
  }
  const std::size_t left = kEntriesMax - server.host.spaceAt(0).entryCount();

  EXPECT_EQ(filler.write(left + 1), ErrorCode::tooLarge);
  EXPECT_EQ(server.host.spaceAt(0).entryCount(), kEntriesMax - left) << "none of it has a place";
  EXPECT_EQ(filler.write(left), ErrorCode::ok);
  EXPECT_EQ(filler.write(1), ErrorCode::tooLarge);

  page.set(cart, 2);
  page.talk(server);
  EXPECT_EQ(server.host.spaceAt(0).find("cart")->value, Value::number(2));
}

TEST(ServerRoom, a_server_with_a_list_keeps_no_place_for_other_keys) {
  Server server;
  ASSERT_TRUE(server.host.define("cart", kNote, {}).ok());
  Filler filler(server);

  EXPECT_EQ(filler.write(100), ErrorCode::notRegistered);
  EXPECT_EQ(server.host.spaceAt(0).entryCount(), 0u);
}

TEST(ServerRoom, of_ops_that_wait_for_others_so_many_are_kept_and_those_in_order_are_decided) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  Filler filler(server);
  filler.sequence = 7;  // Nobody ever had those before.
  for (std::size_t i = 0; i < kWaitingOpsMax + 10; ++i) filler.write(1);
  const std::string kept = "\"waiting\":" + std::to_string(kWaitingOpsMax);
  EXPECT_NE(server.host.inspect().find(kept), std::string::npos) << server.host.inspect();
  EXPECT_EQ(server.host.refused().at(ErrorCode::gap), 10u);

  for (int number = 1; number <= 3; ++number) page.set(cart, number);
  page.talk(server);
  EXPECT_EQ(server.host.spaceAt(0).find("cart")->value, Value::number(3));

  // When the first ones come after all, they are decided, and the others when they come again.
  filler.sequence = 0;
  for (std::size_t i = 0; i < 7 + kWaitingOpsMax + 10; ++i) filler.write(1);
  EXPECT_NE(server.host.inspect().find("\"waiting\":0"), std::string::npos);
  EXPECT_EQ(server.host.refused().at(ErrorCode::gap), 10u);
}

TEST(ServerRoom, a_new_session_and_many_bytes_count_as_many_ops) {
  Server server;
  server.host.authenticate();
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server, 1, "", "ada");
  page.set(cart, 1);
  page.talk(server);
  const std::uint64_t first = server.host.effort();
  page.set(cart, 2);
  page.talk(server);
  const std::uint64_t second = server.host.effort() - first;
  const std::string text(20 * kEffortBytes, 'x');
  page.core.set(cart, page.unit, Value::json("\"" + text + "\""));
  page.talk(server);

  EXPECT_GE(first, kSessionEffort);
  EXPECT_EQ(second, 1u);
  EXPECT_EQ(server.host.effort() - first - second, 21u);
}

TEST(ServerRoom, a_full_space_takes_only_what_makes_it_smaller) {
  Server server;
  Page page;
  const Slot cart = page.open("cart");
  page.connect(server);
  page.set(cart, 1);
  page.talk(server);
  server.host.setFull(kAddress, true);
  server.host.setFull("server/global", true);

  page.set(cart, 2);
  page.talk(server);
  EXPECT_EQ(server.host.spaceAt(0).state().rejections.back().code, ErrorCode::tooLarge);
  EXPECT_EQ(page.value("cart"), Value::number(1));
  page.core.unset(cart, page.unit);
  page.talk(server);
  EXPECT_FALSE(page.value("cart").isSet());

  server.host.setFull(kAddress, false);
  page.set(cart, 3);
  page.talk(server);
  EXPECT_EQ(page.value("cart"), Value::number(3));
}

}  // namespace
}  // namespace danji
