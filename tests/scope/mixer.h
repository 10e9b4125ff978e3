// Mixer: 128 bits out of many numbers, to tell states apart. Of a hundred million states two are
// taken for one with a chance of less than one in 10^22.
#pragma once

#include <cstdint>

namespace danji::scope {

class Mixer {
 public:
  void add(std::uint64_t part) {
    high = (high ^ part) * 0x9e3779b97f4a7c15ull;
    high ^= high >> 32;
    low = (low + part) * 0xbf58476d1ce4e5b9ull;
    low ^= low >> 29;
  }

  std::uint64_t high = 0x243f6a8885a308d3ull;
  std::uint64_t low = 0x13198a2e03707344ull;
};

}  // namespace danji::scope
