// A space gives each key one place, in whatever order keys are named.

#include "core/space/space.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/base/random.h"

namespace danji {
namespace {

class SpaceTest : public testing::Test {
 protected:
  SpaceTest() : space(Address::parse("device/apartment:main").value(), sessions, units, known) {}

  void define(const std::string& key) {
    const NameId session = sessions.intern("0123456789abcdef");
    Record record{.op = {.id = {.session = session, .sequence = space.index() + 1}}};
    record.op.changes.push_back({.kind = ChangeKind::define, .entry = space.entryOf(key),
                                 .definition = known.learn(Definition())});
    space.fold(record);
  }

  Names sessions;
  Names units;
  Definitions known;
  Space space;
};

TEST_F(SpaceTest, a_key_keeps_its_place_in_whatever_order_keys_are_named) {
  Random random(7);
  std::map<std::string, EntryId> places;
  for (int i = 0; i < 2'000; ++i) {
    const std::string key = std::to_string(random.next() % 300);

    const EntryId place = space.entryOf(key);

    const auto [before, isNew] = places.emplace(key, place);
    EXPECT_EQ(before->second, place);
    EXPECT_EQ(place < places.size() - (isNew ? 1 : 0), !isNew);
    EXPECT_EQ(space.entry(place).key, key);
  }
  EXPECT_EQ(space.entryCount(), places.size());
  for (const auto& [key, place] : places) EXPECT_EQ(space.entryOf(key), place);  // In their order.
}

TEST_F(SpaceTest, a_state_has_the_keys_that_are_defined_in_the_order_of_their_bytes) {
  for (const char* key : {"rice", "tea", "barley", "\xc3\xa9", "milk"}) define(key);
  space.entryOf("named only");

  const SpaceState state = space.state();

  ASSERT_EQ(state.entries.size(), 5u);
  EXPECT_EQ(state.entries.front().key, "barley");
  for (std::size_t i = 1; i < 5; ++i) EXPECT_LT(state.entries[i - 1].key, state.entries[i].key);
}

}  // namespace
}  // namespace danji
