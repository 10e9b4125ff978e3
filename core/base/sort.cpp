#include "core/base/sort.h"

#include <algorithm>

namespace danji {

std::vector<std::uint32_t> orderOf(std::size_t count, ComesBefore comesBefore, const void* items) {
  const auto size = static_cast<std::uint32_t>(count);
  std::uint32_t inOrder = 1;
  while (inOrder < size && !comesBefore(items, inOrder, inOrder - 1)) ++inOrder;
  if (inOrder >= size) return {};

  std::vector<std::uint32_t> order(size);
  for (std::uint32_t place = 0; place < size; ++place) order[place] = place;
  std::vector<std::uint32_t> merged(size);
  for (std::size_t run = 1; run < size; run *= 2) {
    for (std::size_t begin = 0; begin < size; begin += 2 * run) {
      const std::size_t middle = std::min<std::size_t>(begin + run, size);
      const std::size_t end = std::min<std::size_t>(middle + run, size);
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t to = begin; to < end; ++to) {
        const bool takesRight =
            right < end && (left == middle || comesBefore(items, order[right], order[left]));
        merged[to] = takesRight ? order[right++] : order[left++];
      }
    }
    order.swap(merged);
  }
  return order;
}

}  // namespace danji
