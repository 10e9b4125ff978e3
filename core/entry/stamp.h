// Stamp: the total order of the writes of one space, given by its authority.
//
// 48 bits of milliseconds since 1970 and 16 bits of counter, as one number. Only an authority
// makes stamps; nobody compares clocks of two machines.
#pragma once

#include <cstdint>

namespace danji {

struct Stamp {
  std::uint64_t ticks = 0;

  static Stamp atMillis(double millis) {
    return {millis <= 0 ? 0 : static_cast<std::uint64_t>(millis) << 16};
  }
  double millis() const { return static_cast<double>(ticks >> 16); }
  Stamp next() const { return {ticks + 1}; }  // A full counter carries into the milliseconds.

  auto operator<=>(const Stamp&) const = default;
};

}  // namespace danji
