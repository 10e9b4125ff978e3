// sort: brings the items of a vector in order with little code for each type of item.
//
// std::sort is 1 to 12 kB of WebAssembly for each type that it sorts. Here only the moves of the
// items are compiled for each type; what decides about the order exists once.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace danji {

// Whether the item at one place comes before the item at another.
using ComesBefore = bool (*)(const void* items, std::uint32_t left, std::uint32_t right);

// The places 0 to count - 1 in the order of their items; equal items keep theirs. Empty if they are
// in order already. Merging runs of doubled lengths, Knuth, "The Art of Computer Programming" 3,
// 5.2.4, in O(n log n) comparisons.
std::vector<std::uint32_t> orderOf(std::size_t count, ComesBefore comesBefore, const void* items);

// Stable, and in place: an item is moved at most twice. `isBefore(a, b)` is a strict weak order.
template <class Item, class IsBefore>
void sort(std::vector<Item>& items, const IsBefore& isBefore) {
  const std::pair<const std::vector<Item>&, const IsBefore&> view{items, isBefore};
  std::vector<std::uint32_t> order = orderOf(
      items.size(),
      [](const void* known, std::uint32_t left, std::uint32_t right) {
        const auto& [all, precedes] = *static_cast<decltype(&view)>(known);
        return precedes(all[left], all[right]);
      },
      &view);
  // Around each cycle of places, every item goes where it belongs.
  for (std::uint32_t first = 0; first < order.size(); ++first) {
    if (order[first] == first) continue;
    Item held = std::move(items[first]);
    std::uint32_t hole = first;
    while (order[hole] != first) {
      const std::uint32_t from = std::exchange(order[hole], hole);
      items[hole] = std::move(items[from]);
      hole = from;
    }
    order[hole] = hole;
    items[hole] = std::move(held);
  }
}

}  // namespace danji
