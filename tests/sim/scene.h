// Scene: what one seed of the simulation is about: which faults may happen, how slow everything
// is, and the keys that the pages use. Every seed draws its own, so that rare combinations are
// met as often as common ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/entry/definition.h"
#include "tests/sim/dice.h"

namespace danji::sim {

// Who writes a key, and so what must be true of it at the end.
//   own, contended, pair   last_write_wins
//   tally                  a sum that only one tab adds to
//   profile                a merge in which each tab has a field of its own
//   guarded                last_write_wins for whom the server lets
//   form                   last_write_wins, of a schema that a later release replaces
//   other                  any other strategy, written by everybody
enum class Use { own, contended, pair, tally, profile, guarded, form, other };

struct KeyPlan {
  std::string key;
  std::string address;
  Scope scope = Scope::apartment;
  Use use = Use::contended;
  StrategyKind strategy = StrategyKind::lastWriteWins;
};

// In a scene with clashes, some pages define this key in another way than the others.
inline constexpr const char* kDisputedKey = "theme";

inline const std::vector<KeyPlan>& sharedKeys() {
  static const std::vector<KeyPlan> keys = {
      {"cart", "device/apartment:main", Scope::apartment, Use::contended},
      {"cart.count", "device/apartment:main", Scope::apartment, Use::pair},
      {"cart.total", "device/apartment:main", Scope::apartment, Use::pair},
      {"theme", "device/global", Scope::global, Use::contended},
      {"language", "device/global", Scope::global, Use::contended},
      {"filter", "device/building:main/catalogue", Scope::building, Use::contended},
  };
  return keys;
}

inline const std::vector<KeyPlan>& strategyKeys() {
  static const std::vector<KeyPlan> keys = {
      {"profile", "device/apartment:main", Scope::apartment, Use::profile, StrategyKind::merge},
      {"seat", "device/global", Scope::global, Use::other, StrategyKind::firstWriteWins},
      {"likes", "device/apartment:main", Scope::apartment, Use::other, StrategyKind::sum},
      {"note", "device/global", Scope::global, Use::other, StrategyKind::userResolve},
      {"price", "device/global", Scope::global, Use::other, StrategyKind::custom},
  };
  return keys;
}

// What lives at the server, in all devices.
inline const std::vector<KeyPlan>& serverKeys() {
  static const std::vector<KeyPlan> keys = {
      {"order", "server/apartment:main", Scope::apartment, Use::contended},
      {"order.count", "server/apartment:main", Scope::apartment, Use::pair},
      {"order.total", "server/apartment:main", Scope::apartment, Use::pair},
      {"rooms", "server/building:main/hotel", Scope::building, Use::contended},
      {"address", "server/apartment:main", Scope::apartment, Use::profile, StrategyKind::merge},
      {"booking", "server/global", Scope::global, Use::other, StrategyKind::firstWriteWins},
      {"visits", "server/apartment:main", Scope::apartment, Use::other, StrategyKind::sum},
      {"memo", "server/global", Scope::global, Use::other, StrategyKind::userResolve},
      {"offer", "server/global", Scope::global, Use::other, StrategyKind::custom},
  };
  return keys;
}

// What only an editor may write: every page says that it is one, and the server knows better.
inline constexpr const char* kEditors = "role:editor";

inline const std::vector<KeyPlan>& guardedKeys() {
  static const std::vector<KeyPlan> keys = {
      {"menu", "server/apartment:main", Scope::apartment, Use::guarded},
      {"prices", "server/global", Scope::global, Use::guarded},
  };
  return keys;
}

inline const std::vector<KeyPlan>& formKeys(bool atServer) {
  static const std::vector<KeyPlan> local = {
      {"form", "device/apartment:main", Scope::apartment, Use::form}};
  static const std::vector<KeyPlan> remote = {
      {"contact", "server/apartment:main", Scope::apartment, Use::form}};
  return atServer ? remote : local;
}

// Sums that only one tab adds to.
inline std::vector<KeyPlan> talliesOf(std::size_t tab, bool atServer) {
  const std::string name = "tally.ada-" + std::to_string(tab);
  if (atServer) {
    return {{"paid." + name, "server/apartment:main", Scope::apartment, Use::tally,
             StrategyKind::sum}};
  }
  return {{name, "device/apartment:main", Scope::apartment, Use::tally, StrategyKind::sum}};
}

inline std::vector<KeyPlan> ownKeys(std::size_t tab, bool atServer) {
  const std::string name = "note.ada-" + std::to_string(tab);
  if (atServer) return {{"sent." + name, "server/apartment:main", Scope::apartment, Use::own}};
  return {{name, "device/apartment:main", Scope::apartment, Use::own},
          {"draft.ada-" + std::to_string(tab), "device/global", Scope::global, Use::own}};
}

struct Scene {
  std::size_t tabsMax = 4;
  double channelDelayMax = 2;
  double lockDelayMax = 2;
  double stepMax = 10;
  double immediateFlush = 0.8;
  std::uint64_t writesMax = 3;  // In one task.
  double loss = 0;
  double duplication = 0;
  bool crashes = false;
  bool freezes = false;
  bool suspends = false;
  bool caches = false;
  bool hides = false;
  bool waits = false;
  bool clashes = false;
  bool clockJumps = false;
  bool journals = false;
  bool strategies = false;  // Keys of all strategies, not only last_write_wins.
  bool duplicates = false;  // Tabs are duplicated.

  bool upgrades = false;    // Pages of two releases live side by side.

  // ---- Several devices and their server
  bool hasServer = false;
  std::size_t devicesMax = 1;
  double networkDelayMax = 40;
  double diskDelayMax = 2;
  double skewMax = 0;       // Each device's clock is wrong by up to so much.
  double repetition = 0;    // Of frames, and their order: as when requests are sent again.
  double reordering = 0;
  bool cuts = false;
  bool blackHoles = false;  // A connection that swallows everything for a while.
  bool outages = false;     // Devices without a network.
  bool serverCrashes = false;
  bool tears = false;       // A crash leaves half a row.
  bool revokes = false;     // The server takes grants from devices, and gives them back.

  // ---- The disks of the devices
  bool hasDisk = false;
  bool diskFails = false;
  bool powerFails = false;
  double storageDelayMax = 2;
  std::uint64_t lastingSalt = 0;

  // Whether the values of a key outlive the pages. Both keys of a pair do, or none.
  bool isLasting(const KeyPlan& plan) const {
    std::uint64_t hash = lastingSalt;
    for (const char one : plan.use == Use::pair ? plan.address : plan.key) {
      hash = (hash ^ static_cast<std::uint8_t>(one)) * 0x100000001b3ull;
    }
    return hasDisk && (hash >> 32) % 4 != 0;
  }

  void drawContracts(Dice& dice) {
    revokes = hasServer && dice.chance(0.3);
    upgrades = dice.chance(0.3);
  }

  void drawDisk(Dice& dice) {
    hasDisk = dice.chance(0.5);
    diskFails = dice.chance(0.4);
    powerFails = dice.chance(0.3);
    storageDelayMax = dice.oneOf<double>({0, 2, 50, 2000});
    lastingSalt = dice.next();
  }

  static Scene draw(Dice& dice) {
    Scene scene;
    scene.tabsMax = 2 + dice.below(4);
    scene.channelDelayMax = dice.oneOf<double>({0, 2, 20, 300});
    scene.lockDelayMax = dice.oneOf<double>({0, 2, 20, 400});
    scene.stepMax = dice.oneOf<double>({0.5, 10, 100, 1500});
    scene.immediateFlush = dice.oneOf<double>({1, 0.8, 0.3});
    scene.writesMax = dice.chance(0.03) ? 100 : dice.chance(0.5) ? 3 : 12;
    scene.crashes = dice.chance(0.5);
    scene.freezes = dice.chance(0.5);
    scene.suspends = dice.chance(0.3);
    scene.caches = dice.chance(0.3);
    scene.hides = dice.chance(0.3);
    scene.waits = dice.chance(0.5);
    scene.clashes = dice.chance(0.2);
    scene.clockJumps = dice.chance(0.1);
    scene.journals = dice.chance(0.2);
    scene.strategies = dice.chance(0.6);
    if (dice.chance(0.1)) scene.loss = dice.oneOf<double>({0.02, 0.2});
    if (dice.chance(0.1)) scene.duplication = dice.oneOf<double>({0.05, 0.4});
    scene.duplicates = dice.chance(0.2);
    if (dice.chance(0.15)) {
      scene.becomeStorm(dice);
      return scene;
    }
    scene.hasServer = dice.chance(0.8);
    if (scene.hasServer) scene.drawServer(dice);
    return scene;
  }

 private:
  // Leaders freeze for long, lose their lock and come back, and the others are slow to hear of it.
  void becomeStorm(Dice& dice) {
    tabsMax = 3 + dice.below(3);
    channelDelayMax = dice.oneOf<double>({20, 300});
    lockDelayMax = dice.oneOf<double>({20, 400});
    stepMax = dice.oneOf<double>({400, 1500, 4000});
    crashes = dice.chance(0.7);
    freezes = waits = strategies = true;
    suspends = caches = dice.chance(0.5);
    clashes = clockJumps = journals = false;
  }

  void drawServer(Dice& dice) {
    devicesMax = 1 + dice.below(3);
    tabsMax = 1 + dice.below(3);
    networkDelayMax = dice.oneOf<double>({0, 40, 400, 4000});
    diskDelayMax = dice.oneOf<double>({0, 20, 500, 3000});
    skewMax = dice.chance(0.4) ? 86'400'000 : 0;
    if (dice.chance(0.3)) repetition = dice.oneOf<double>({0.05, 0.4});
    if (dice.chance(0.3)) reordering = dice.oneOf<double>({0.05, 0.4});
    cuts = dice.chance(0.5);
    blackHoles = dice.chance(0.3);
    outages = dice.chance(0.5);
    serverCrashes = dice.chance(0.5);
    tears = dice.chance(0.5);
  }
};

}  // namespace danji::sim
