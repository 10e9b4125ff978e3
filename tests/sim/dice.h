// Dice: random with the questions a simulation asks. One seed, one life.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/random.h"

namespace danji::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed), random_(seed) {}

  // So many draws were made since the seed; and going on as if it were so many.
  std::uint64_t place() const { return draws_; }
  void goTo(std::uint64_t draws) {
    random_ = Random(seed_ + draws * kStride);
    draws_ = draws;
  }

  std::uint64_t next() {
    ++draws_;
    return random_.next();
  }
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : next() % end; }
  bool chance(double probability) {
    return static_cast<double>(next() >> 11) < probability * 9007199254740992.0;
  }
  double upTo(double max) { return max * static_cast<double>(below(1'000'001)) / 1e6; }
  template <class T>
  const T& oneOf(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(choices.size()))];
  }

 private:
  // How far a draw moves the state of core/base/random.h: the seed is its first.
  static constexpr std::uint64_t kStride = 0x9e3779b97f4a7c15ull;
  std::uint64_t seed_;
  std::uint64_t draws_ = 0;
  Random random_;
};

}  // namespace danji::sim
