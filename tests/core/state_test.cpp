// A space's state has one encoding, and a damaged one is refused.

#include "core/entry/state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

SpaceState anyState(RandomInput& random) {
  SpaceState state{.address = "device/apartment:main",
                   .epoch = random.any(),
                   .index = 1 + random.below(1'000),
                   .lastStamp = {random.any() >> 2},
                   .floors = {},
                   .entries = {}};
  std::vector<std::string> sessions;
  for (std::uint64_t i = random.below(4) + 1; i > 0; --i) sessions.push_back(random.session());
  std::sort(sessions.begin(), sessions.end());
  for (const std::string& session : sessions) {
    if (random.oneIn(2)) state.floors.push_back({session, 1 + random.below(99)});
  }
  std::set<std::string> keys;
  for (std::uint64_t i = random.below(6); i > 0; --i) keys.insert("key" + std::to_string(random.below(50)));
  for (const std::string& key : keys) {
    EntryState entry{.key = key};
    if (!random.oneIn(4)) {
      entry.version = 1 + random.below(state.index);
      entry.stamp = {state.lastStamp.ticks - random.below(1'000) % (state.lastStamp.ticks + 1)};
      entry.session = random.oneOf(sessions);
      entry.sequence = 1 + random.below(99);
      entry.unit = random.oneIn(2) ? "cart" : "header";
      if (!random.oneIn(4)) entry.value = Value::json("{\"total\":" + std::to_string(random.below(9)) + "}");
    }
    state.entries.push_back(std::move(entry));
  }
  return state;
}

Bytes encoded(const SpaceState& state) {
  ByteWriter out;
  encode(out, state);
  return out.take();
}

TEST(StateLaws, a_decoded_state_encodes_to_the_same_bytes) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 3'000; ++round) {
    const Bytes bytes = encoded(anyState(random));

    ByteReader in(bytes);
    const SpaceState again = decodeState(in);

    ASSERT_TRUE(in.finished());
    EXPECT_EQ(encoded(again), bytes);
  }
}

TEST(StateLaws, whatever_bytes_are_accepted_encode_to_themselves) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = encoded(anyState(random));
    bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.any());
    ByteReader in(bytes);
    const SpaceState state = decodeState(in);
    if (in.finished()) {
      EXPECT_EQ(encoded(state), bytes);
    }
  }
}

TEST(State, a_truncated_state_is_refused) {
  RandomInput random(7);
  const Bytes bytes = encoded(anyState(random));

  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ByteReader in(ByteView(bytes).first(length));
    decodeState(in);
    EXPECT_FALSE(in.finished()) << length;
  }
}

TEST(State, keys_out_of_order_are_refused) {
  SpaceState state{.address = "device/global", .epoch = 1, .index = 1, .lastStamp = {9},
                   .floors = {}, .entries = {}};
  for (const char* key : {"theme", "cart"}) {
    state.entries.push_back({.key = key});
  }
  const Bytes bytes = encoded(state);

  ByteReader in(bytes);
  decodeState(in);

  EXPECT_TRUE(in.failed());
}

TEST(State, a_table_row_that_nothing_uses_is_refused) {
  ByteWriter out;
  out.text("device/global");
  out.u64(1);
  out.varint(0);
  out.u64(0);
  out.varint(1);
  out.raw(std::string_view("0123456789abcdef"));
  out.varint(0);  // no units
  out.varint(0);  // the session's floor: none
  out.varint(0);  // no entries

  ByteReader in(out.view());
  decodeState(in);

  EXPECT_TRUE(in.failed());
}

TEST(State, a_value_without_a_version_is_refused) {
  SpaceState state{.address = "device/global", .epoch = 1, .index = 1, .lastStamp = {9},
                   .floors = {}, .entries = {}};
  state.entries.push_back({.key = "cart", .value = Value::number(1)});
  const Bytes bytes = encoded(state);

  ByteReader in(bytes);
  decodeState(in);

  EXPECT_TRUE(in.failed());
}

}  // namespace
}  // namespace danji
