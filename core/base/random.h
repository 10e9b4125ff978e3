// Random: numbers drawn from a seed that came in as an argument (splitmix64).
//
// The core has no source of randomness of its own; log epochs are drawn from the 64 bits
// that its creator gave. Steele, Lea and Flood, "Fast splittable pseudorandom number
// generators", 2014.
#pragma once

#include <cstdint>

namespace danji {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ull;
    std::uint64_t n = state_;
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9ull;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebull;
    return n ^ (n >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace danji
