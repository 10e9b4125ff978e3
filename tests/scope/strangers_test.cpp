// What is pushed to spaces that its sender has not asked for leaves nothing in a server.

#include <gtest/gtest.h>

#include "core/server/host.h"
#include "core/wire/frame.h"
#include "core/wire/messages.h"
#include "tests/scope/inside.h"

namespace danji {
namespace {

constexpr const char* kRoom = "server/apartment:main";

Bytes insideOf(const Host& host) {
  ByteWriter out;
  Inside::tell(out, host);
  return out.take();
}

TEST(Strangers, a_server_keeps_no_name_of_what_nobody_asked_for) {
  Host host(std::string(16, 's'), 7);
  host.share();
  host.connected(1, "", "eve");
  ASSERT_TRUE(host.load(kRoom, {}).ok());
  host.takeRows();
  const Bytes before = insideOf(host);

  const std::string session(16, 'x');
  Push push{.sender = session, .tables = {}, .sections = {}};
  push.tables.sessions = {session};
  push.tables.units = {{.name = "till", .grants = "role:cashier"}};
  const Definition definition{
      .scope = Scope::apartment, .plane = Plane::server, .strategy = {}, .parameters = ""};
  push.tables.keys = {
      {.key = "cart", .fingerprint = fingerprintOf(definition), .definition = definition}};
  push.sections = {{.address = kRoom, .epoch = 0, .cursor = 0, .ops = {{.sequence = 1}}}};
  push.sections.front().ops.front().changes = {
      {.kind = ChangeKind::set, .key = 0, .value = Value::number(1)}};
  ByteWriter body;
  encode(body, push);
  for (const Bytes& frame : sealMessage(FrameType::push, body.view(), session, 1)) {
    host.receive(1, frame);
  }
  host.takeRows();

  EXPECT_EQ(host.refused(), (std::map<ErrorCode, std::uint64_t>{{ErrorCode::protocol, 1}}));
  EXPECT_EQ(insideOf(host), before);
  EXPECT_FALSE(host.hasClaims());
}

}  // namespace
}  // namespace danji
