// Visited: the states that a search has been in, each as 128 bits, with a number for each. As small
// as it can be: there are many.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/scope/mixer.h"

namespace danji::scope {

class Visited {
 public:
  Visited() : slots_(1 << 16) {}

  std::size_t size() const { return size_; }

  // The number of the state; null when it is new, and has that number from now on.
  double* find(const Mixer& name, double begin) {
    if (2 * size_ > slots_.size()) grow();
    Slot& slot = slotOf(name.high | 1, name.low);
    if (slot.high != 0) return &slot.number;
    slot = {name.high | 1, name.low, begin};
    ++size_;
    return nullptr;
  }
  void set(const Mixer& name, double number) { slotOf(name.high | 1, name.low).number = number; }

 private:
  struct Slot {
    std::uint64_t high = 0;  // 0: free.
    std::uint64_t low = 0;
    double number = 0;
  };

  Slot& slotOf(std::uint64_t high, std::uint64_t low) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = low & mask;
    while (slots_[place].high != 0 && (slots_[place].high != high || slots_[place].low != low)) {
      place = (place + 1) & mask;
    }
    return slots_[place];
  }

  void grow() {
    std::vector<Slot> before(slots_.size() * 2);
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.high != 0) slotOf(slot.high, slot.low) = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace danji::scope
