// sort: the order, of what is equal too, and nothing lost on the way.

#include "core/base/sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/base/random.h"

namespace danji {
namespace {

struct Item {
  std::string key;
  std::uint32_t place;
  bool operator==(const Item&) const = default;
};

bool hasLowerKey(const Item& left, const Item& right) { return left.key < right.key; }

TEST(Sort, gives_what_the_standard_library_gives_for_random_items_of_every_length) {
  Random random(7);
  for (std::uint32_t count = 0; count < 300; ++count) {
    const std::uint64_t keys = 1 + random.next() % (count + 1);
    std::vector<Item> items;
    for (std::uint32_t place = 0; place < count; ++place) {
      items.push_back({std::to_string(random.next() % keys), place});
    }
    std::vector<Item> expected = items;
    std::stable_sort(expected.begin(), expected.end(), hasLowerKey);
    sort(items, hasLowerKey);
    ASSERT_EQ(items, expected) << count;
  }
}

TEST(Sort, touches_nothing_that_is_in_order) {
  EXPECT_TRUE(orderOf(0, nullptr, nullptr).empty());
  EXPECT_TRUE(orderOf(1, nullptr, nullptr).empty());
  const auto never = [](const void*, std::uint32_t, std::uint32_t) { return false; };
  EXPECT_TRUE(orderOf(100, never, nullptr).empty());
}

}  // namespace
}  // namespace danji
