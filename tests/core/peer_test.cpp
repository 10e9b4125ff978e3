// Two tabs find each other, whatever one of them believes about the other.

#include "core/replica/peer.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/pair.h"

namespace danji {
namespace {

Bytes goodbyeOf(const std::string& session) {
  ByteWriter body;
  encode(body, Bye{.sender = session});
  return sealMessage(FrameType::bye, body.view(), session, 1'000).front();
}

TEST(Peer, a_tab_whose_goodbye_came_after_its_return_is_counted_again) {
  Pair tabs;
  const Slot theme = Pair::open(tabs.ada, "theme");
  tabs.settle();
  tabs.wait(kBeaconMillis + kResendMillis);
  tabs.settle();
  ASSERT_EQ(tabs.bob.peer().role(), Role::following);

  tabs.ada.peer().receive(goodbyeOf(kBob));
  EXPECT_TRUE(tabs.ada.peer().peers().empty());
  tabs.wait(kBeaconMillis + kResendMillis);
  tabs.settle();
  tabs.ada.setNumber(theme, 0, 7);
  tabs.settle();

  EXPECT_EQ(tabs.ada.peer().peers().size(), 1u);
  EXPECT_EQ(tabs.bob.digest(0), tabs.ada.digest(0));
}

}  // namespace
}  // namespace danji
