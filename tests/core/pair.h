// Pair: two tabs and the channel between them. Ada holds the lock and leads, Bob follows.
#pragma once

#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace danji {

inline const std::string kAda(16, 'a');
inline const std::string kBob(16, 'b');

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

  static Slot open(Engine& engine, const std::string& key,
                   StrategyKind strategy = StrategyKind::lastWriteWins,
                   std::uint32_t history = 0) {
    const Definition definition{
        .scope = Scope::global, .plane = Plane::device, .strategy = strategy};
    const DefinitionId id = engine.define(key, definition, {}, history).value();
    return engine.open(id, "device/global").value();
  }

  // What readers of a tab see under a key; unset where it has none.
  static Value visible(const Engine& engine, const std::string& key) {
    const Replica& replica = engine.replicaAt(0);
    for (EntryId id = 0; id < replica.space().entryCount(); ++id) {
      if (replica.space().entry(id).key == key) return replica.visible(id);
    }
    return Value();
  }
};

}  // namespace danji
