// Dice: random with the questions a simulation asks. One seed, one life.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/random.h"

namespace danji::sim {

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

}  // namespace danji::sim
