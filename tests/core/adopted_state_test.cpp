// A state that is taken over as a whole: from the rows of a disk, by a space that has named keys
// before, and what readers are told of it.

#include <gtest/gtest.h>

#include "core/replica/replica.h"
#include "core/storage/rows.h"

namespace danji {
namespace {

constexpr const char* kAddress = "device/apartment:main";
const std::string kSelf(16, 'a');
const std::string kOther(16, 'b');
const Definition kCart{
    .scope = Scope::apartment, .plane = Plane::device, .strategy = {}, .parameters = ""};

// Each key has the index as its value.
SpaceState stateOf(std::uint64_t index, const std::vector<std::string>& keys) {
  SpaceState state{.address = kAddress, .epoch = 7, .index = index, .lastStamp = {1000}};
  state.floors = {{.session = kOther, .sequence = index}};
  for (const std::string& key : keys) {
    state.entries.push_back({.key = key,
                             .definition = kCart,
                             .value = Value::number(static_cast<double>(index)),
                             .stamp = {900},
                             .version = index,
                             .sequence = index,
                             .session = kOther,
                             .unit = "till"});
  }
  return state;
}

std::string told(const SpaceState& state) {
  std::string text;
  for (const EntryState& entry : state.entries) {
    text += entry.key + std::to_string(static_cast<int>(entry.value.number())) + " ";
  }
  return text;
}

TEST(AdoptedState, rows_come_together_in_the_order_of_their_keys_and_the_later_one_counts) {
  StoredSpace stored;
  const auto add = [&](std::uint64_t index, const std::vector<std::string>& keys) {
    const Bytes bytes = spaceRow(1, 0, stateOf(index, keys));
    return stored.add(kAddress, {deltaKey(kAddress, index), bytes});
  };
  EXPECT_TRUE(add(1, {"b", "d", "f"}));
  EXPECT_EQ(told(stored.state()), "b1 d1 f1 ");
  EXPECT_TRUE(add(2, {"a", "d", "g"}));
  EXPECT_TRUE(add(3, {"d", "e", "h"}));
  EXPECT_EQ(told(stored.state()), "a2 b1 d3 e3 f1 g2 h3 ");
  EXPECT_EQ(told(stored.take()), "a2 b1 d3 e3 f1 g2 h3 ");
}

TEST(AdoptedState, a_space_finds_each_key_where_it_had_named_it_before) {
  Realm realm{kSelf, 1};
  Replica replica{0, Address::parse(kAddress).value(), realm};
  Space& space = replica.space();
  const EntryId last = space.entryOf("z");
  const EntryId middle = space.entryOf("m");
  const EntryId unheard = space.entryOf("n");
  replica.adopt(stateOf(4, {"a", "m", "y", "z", "zz"}));
  EXPECT_EQ(space.entryOf("z"), last);
  EXPECT_EQ(space.entryOf("m"), middle);
  EXPECT_EQ(space.entryCount(), 6u);
  for (const char* key : {"a", "m", "y", "z", "zz"}) {
    EXPECT_EQ(space.entry(space.entryOf(key)).key, key);
    EXPECT_EQ(space.entry(space.entryOf(key)).value, Value::number(4)) << key;
  }
  EXPECT_FALSE(space.entry(unheard).isDefined());
  replica.adopt(stateOf(5, {"m"}));
  EXPECT_FALSE(space.entry(last).isDefined());
  EXPECT_EQ(space.entry(middle).value, Value::number(5));
  EXPECT_EQ(digestOf(space.state()), digestOf(stateOf(5, {"m"})));
}

TEST(AdoptedState, readers_are_told_of_the_keys_that_somebody_here_has_opened) {
  Realm realm{kSelf, 1};
  Replica replica{0, Address::parse(kAddress).value(), realm};
  const Result<DefinitionId> cart = realm.definitions.registerKey("m", kCart, {});
  replica.space().entryOf("a");  // Another tab wrote it.
  const EntryId opened = replica.space().entryOf("m");
  replica.open(opened, realm.definitions.registration(cart.value()).known);
  replica.adopt(stateOf(4, {"a", "m", "z"}));
  ASSERT_EQ(realm.changes.touched.size(), 1u);
  EXPECT_EQ(realm.changes.touched.front().entry, opened);
}

// Each entry of a state spells out what its key means, mostly as the one before it does.
TEST(AdoptedState, what_a_key_means_is_read_from_its_own_bytes) {
  SpaceState state = stateOf(3, {"a", "b", "c", "d"});
  state.entries[1].definition.scope = Scope::global;
  state.entries[2].contract.lifetime = Lifetime::persistent;
  state.entries[3].contract.lifetime = Lifetime::persistent;
  ByteWriter out;
  encode(out, state);
  ByteReader in(out.view());
  const SpaceState read = decodeState(in);
  ASSERT_TRUE(in.finished());
  for (std::size_t i = 0; i < state.entries.size(); ++i) {
    EXPECT_EQ(read.entries[i].definition, state.entries[i].definition) << i;
    EXPECT_EQ(read.entries[i].contract, state.entries[i].contract) << i;
  }
}

}  // namespace
}  // namespace danji
