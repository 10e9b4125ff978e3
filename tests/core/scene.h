// Scene: what one seed of the simulation is about: which faults may happen, how slow everything
// is, and the keys that the pages use. Every seed draws its own, so that rare combinations are
// met as often as common ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/entry/definition.h"

namespace danji::sim {

// Random with the questions a test asks.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::uint64_t next() { return random_.next(); }
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : random_.next() % end; }
  bool chance(double probability) {
    return static_cast<double>(random_.next() >> 11) < probability * 9007199254740992.0;
  }
  double upTo(double max) { return max * static_cast<double>(below(1'000'001)) / 1e6; }
  template <class T>
  const T& oneOf(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(choices.size()))];
  }

 private:
  Random random_;
};

// Who writes a key, and so what must be true of it at the end.
//   own, contended, pair   last_write_wins
//   tally                  a sum that only one tab adds to
//   profile                a merge in which each tab has a field of its own
//   other                  any other strategy, written by everybody
enum class Use { own, contended, pair, tally, profile, other };

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

inline KeyPlan tallyOf(std::size_t tab) {
  return {"tally.ada-" + std::to_string(tab), "device/apartment:main", Scope::apartment,
          Use::tally, StrategyKind::sum};
}

inline std::vector<KeyPlan> ownKeys(std::size_t tab) {
  const std::string name = "note.ada-" + std::to_string(tab);
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
    return scene;
  }
};

}  // namespace danji::sim
