// Two tabs find each other, whatever one of them believes about the other.

#include "core/replica/peer.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/engine/engine.h"

namespace danji {
namespace {

const std::string kAda(16, 'a');
const std::string kBob(16, 'b');

// Two tabs and the channel between them. Ada holds the lock.
struct Pair {
  Engine ada{kAda, 1};
  Engine bob{kBob, 2};
  double nowMillis = 1e12;

  Pair() {
    wait(0);
    ada.peer().join();
    bob.peer().join();
    ada.peer().lockGranted();
    settle();
  }

  void wait(double millis) {
    nowMillis += millis;
    for (Engine* engine : {&ada, &bob}) {
      engine->setClock(nowMillis);
      engine->peer().tick();
    }
  }

  // Carries frames and answers the lock manager until nobody has anything to say.
  void settle() {
    for (bool isQuiet = false; !isQuiet;) {
      isQuiet = true;
      for (Engine* engine : {&ada, &bob}) {
        if ((engine->peer().takeWishes() & kWishQuerySessions) != 0) {
          engine->peer().sessionsFound({kAda, kBob});
        }
        for (const Bytes& frame : engine->peer().flush()) {
          isQuiet = false;
          (engine == &ada ? bob : ada).peer().receive(frame);
        }
      }
    }
  }

  static Slot open(Engine& engine, const std::string& key) {
    const Definition definition{.scope = Scope::global, .plane = Plane::device};
    return engine.open(engine.define(key, definition).value(), "device/global").value();
  }
};

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
