// Voids of others close numbers that nobody will fill, and leave alone what is known.

#include "core/replica/overlay.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

constexpr NameId kBob = 2;

Op opOf(std::uint64_t number) { return {.id = {.session = kBob, .sequence = number}}; }
Op closing(std::uint64_t after, std::uint64_t end) {
  return Op::closing({.session = kBob, .sequence = end}, after, 0, 0);
}

// What is pending of Bob: "6", or "7-9" for a void.
std::string told(const Overlay& overlay) {
  std::string text;
  const Overlay::Session* ops = overlay.of(kBob);
  if (ops == nullptr) return text;
  for (const auto& [number, pending] : *ops) {
    if (!text.empty()) text += ' ';
    if (pending.op.voids) text += std::to_string(pending.op.observed.ticks + 1) + '-';
    text += std::to_string(number);
  }
  return text;
}

TEST(Overlay, a_void_closes_only_numbers_whose_ops_are_not_here) {
  Overlay overlay;
  overlay.add(opOf(15), false, 0);
  overlay.add(opOf(20), false, 0);

  EXPECT_TRUE(overlay.add(closing(10, 20), false, 0));
  EXPECT_EQ(told(overlay), "11-14 15 16-19 20");
}

TEST(Overlay, an_op_that_comes_after_the_void_of_its_number_is_kept) {
  Overlay overlay;
  overlay.add(closing(10, 20), false, 0);

  EXPECT_TRUE(overlay.add(opOf(20), false, 0));
  EXPECT_TRUE(overlay.add(opOf(11), false, 0));
  EXPECT_EQ(told(overlay), "11 12-19 20");
  EXPECT_TRUE(overlay.add(opOf(15), false, 0));
  EXPECT_EQ(told(overlay), "11 12-14 15 16-19 20");
  EXPECT_FALSE(overlay.add(opOf(15), false, 0));
}

TEST(Overlay, of_two_voids_that_end_alike_the_one_that_closes_more_stays) {
  Overlay overlay;
  overlay.add(closing(15, 20), false, 0);

  EXPECT_TRUE(overlay.add(closing(10, 20), false, 0));
  EXPECT_FALSE(overlay.add(closing(12, 20), false, 0));
  EXPECT_EQ(told(overlay), "11-20");
}

Op withdrawing(std::uint64_t number) {
  return Op::withdrawing({.session = kBob, .sequence = number}, 0, 0);
}

TEST(Overlay, an_op_that_is_taken_back_gives_its_place_to_a_void_and_stays_gone) {
  Overlay overlay;
  for (const std::uint64_t number : {4, 5, 6}) overlay.add(opOf(number), false, 0);

  EXPECT_TRUE(overlay.add(withdrawing(5), false, 0));
  EXPECT_FALSE(overlay.add(withdrawing(5), false, 0));
  EXPECT_FALSE(overlay.add(opOf(5), false, 0));
  EXPECT_EQ(told(overlay), "4 5-5 6");
}

TEST(Overlay, what_is_taken_back_before_it_is_known_cuts_the_voids_around_it) {
  Overlay overlay;
  overlay.add(closing(2, 9), false, 0);

  EXPECT_TRUE(overlay.add(withdrawing(9), false, 0));
  EXPECT_TRUE(overlay.add(withdrawing(5), false, 0));
  EXPECT_EQ(told(overlay), "3-4 5-5 6-8 9-9");
  overlay.add(closing(2, 9), false, 0);
  EXPECT_EQ(told(overlay), "3-4 5-5 6-8 9-9");
}

// In whatever order voids and ops come, what is decided in the end is every op that is known and
// was not taken back, and every number that some void closes.
TEST(Overlay, no_order_of_voids_and_ops_leaves_anything_stuck) {
  RandomInput random;
  SCOPED_TRACE(random.trace());
  for (int round = 0; round < 2'000; ++round) {
    Overlay overlay;
    std::set<std::uint64_t> known;
    std::set<std::uint64_t> closed;
    std::set<std::uint64_t> takenBack;
    for (std::uint64_t count = 1 + random.below(8); count > 0; --count) {
      const std::uint64_t number = 1 + random.below(12);
      if (random.oneIn(2)) {
        overlay.add(opOf(number), false, 0);
        known.insert(number);
      } else if (random.oneIn(3)) {
        overlay.add(withdrawing(number), false, 0);
        takenBack.insert(number);
        closed.insert(number);
      } else {
        const std::uint64_t after = random.below(number);
        overlay.add(closing(after, number), false, 0);
        for (std::uint64_t one = after + 1; one <= number; ++one) closed.insert(one);
      }
    }
    std::uint64_t floor = 0;
    std::set<std::uint64_t> decided;
    while (const Op* next = overlay.nextOf(kBob, floor)) {
      const Op op = *next;
      if (!op.voids) decided.insert(op.id.sequence);
      overlay.remove(op.id);
      // A void settles what is below it.
      for (std::uint64_t one = 1; one <= op.id.sequence; ++one) overlay.remove({kBob, one});
      floor = std::max(floor, op.id.sequence);
    }
    std::uint64_t wanted = 0;
    while (known.contains(wanted + 1) || closed.contains(wanted + 1)) ++wanted;
    ASSERT_EQ(floor, wanted) << told(overlay);
    std::erase_if(known, [&](std::uint64_t one) {
      return one > wanted || takenBack.contains(one);
    });
    ASSERT_EQ(decided, known);
  }
}

// The values of an entry's layers, from below.
std::string shown(const Overlay& overlay, EntryId entry) {
  std::string text;
  for (const Overlay::Layer& layer : overlay.layersOf(entry)) {
    text += (text.empty() ? "" : " ") + std::to_string(int(layer.change->value.number()));
  }
  return text;
}

Op writing(NameId session, std::uint64_t number, double millis, double value) {
  Op op{.id = {.session = session, .sequence = number}, .createdMillis = millis};
  op.changes = {{.kind = ChangeKind::set, .entry = 0, .value = Value::number(value)}};
  return op;
}

TEST(Overlay, what_was_made_later_lies_above_whoever_made_it) {
  Overlay overlay;
  overlay.add(writing(1, 1, 100, 11), true, 100);
  overlay.add(writing(kBob, 1, 101, 21), false, 101);
  EXPECT_EQ(shown(overlay, 0), "11 21") << "its author had seen the own one";
  overlay.add(writing(1, 2, 102, 12), true, 102);
  overlay.add(writing(3, 1, 99, 31), false, 103);
  overlay.add(writing(3, 2, 102, 32), false, 103);
  EXPECT_EQ(shown(overlay, 0), "31 11 21 32 12");
}

TEST(Overlay, what_waits_for_its_page_lies_above_what_others_wrote_and_below_what_is_written_over_it) {
  Overlay overlay;
  overlay.hold(1, writing(1, 0, 100, 10), {});
  overlay.add(writing(1, 1, 101, 11), true, 101);
  overlay.add(writing(kBob, 1, 102, 21), false, 102);
  EXPECT_EQ(shown(overlay, 0), "21 10 11");
  overlay.release(1);
  EXPECT_EQ(shown(overlay, 0), "11 21");
}

TEST(Overlay, the_ops_of_a_session_lie_in_order_in_whatever_order_and_with_whatever_age_they_came) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    RandomInput random(seed);
    std::vector<Op> ops;
    for (NameId session = 1; session <= 3; ++session) {
      for (std::uint64_t number = 1; number <= 5; ++number) {
        ops.push_back(writing(session, number, double(random.below(4)),
                              double(10 * session + number)));
      }
    }
    Overlay overlay;
    for (; !ops.empty();) {
      const std::size_t next = random.below(ops.size());
      const Op op = ops[next];
      ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(next));
      overlay.add(op, op.id.session == 1, 4);
    }
    std::map<int, int> last;
    for (const Overlay::Layer& layer : overlay.layersOf(0)) {
      const int value = int(layer.change->value.number());
      EXPECT_EQ(value % 10, ++last[value / 10]) << "seed " << seed << ": " << shown(overlay, 0);
    }
  }
}

TEST(Overlay, a_clock_that_went_back_changes_no_order) {
  Overlay overlay;
  overlay.add(writing(1, 1, 1000, 11), true, 1000);
  overlay.clockWentBack(900);
  overlay.add(writing(kBob, 1, 101, 21), false, 101);
  EXPECT_EQ(shown(overlay, 0), "11 21");
}

}  // namespace
}  // namespace danji
