// Ops and records share what they can at the head of a frame, and refuse what they must not say.

#include "core/wire/ops.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/random_wire.h"

namespace danji {
namespace {

using namespace testing_input;

WireTables oneOfEach() {
  return {.sessions = {std::string(16, 's')},
          .units = {{"cart", "role:staff"}},
          .keys = {{.key = "apples", .fingerprint = 7, .definition = std::nullopt}}};
}

WireOp setting(std::uint64_t sequence, double apples) {
  WireOp op;
  op.sequence = sequence;
  op.changes = {{.kind = ChangeKind::set, .key = 0, .value = Value::number(apples)}};
  return op;
}

template <class Section>
Bytes encoded(const Section& section) {
  ByteWriter out;
  encode(out, section);
  return out.take();
}

bool isRead(const PushSection& section, const WireTables& tables = oneOfEach()) {
  const Bytes bytes = encoded(section);
  ByteReader in(bytes);
  decodePushSection(in, tables);
  return in.finished();
}

bool isRead(const RecordsSection& section, const WireTables& tables = oneOfEach()) {
  const Bytes bytes = encoded(section);
  ByteReader in(bytes);
  decodeRecordsSection(in, tables);
  return in.finished();
}

PushSection pushOf(WireOp op) {
  return {.address = "device/global", .epoch = 5, .cursor = 0, .ops = {std::move(op)}};
}

RecordsSection recordsOf(WireRecord record) {
  return {.address = "device/global", .epoch = 5, .from = 1, .records = {std::move(record)}};
}

TEST(Ops, a_number_in_a_frame_of_a_hundred_takes_less_than_ten_bytes) {
  PushSection section{.address = "device/global", .epoch = 5, .cursor = 0, .ops = {}};
  for (std::uint64_t i = 1; i <= 100; ++i) {
    section.ops.push_back(setting(i, static_cast<double>(100'000 + i)));
  }

  const std::size_t size = encoded(oneOfEach()).size() + encoded(section).size();

  EXPECT_LT(size, 1'000u);
}

TEST(Ops, a_place_outside_the_tables_is_refused) {
  WireOp stranger = setting(1, 3);
  stranger.session = 1;
  WireOp unitless = setting(1, 3);
  unitless.unit = 1;
  WireOp keyless = setting(1, 3);
  keyless.changes.front().key = 1;

  EXPECT_TRUE(isRead(pushOf(setting(1, 3))));
  EXPECT_FALSE(isRead(pushOf(stranger)));
  EXPECT_FALSE(isRead(pushOf(unitless)));
  EXPECT_FALSE(isRead(pushOf(keyless)));
}

TEST(Ops, an_op_may_not_say_same_as_before_when_nothing_was_before) {
  const WireTables empty{.sessions = {}, .units = {}, .keys = {}};
  WireOp op;
  op.sequence = 1;

  EXPECT_TRUE(isRead(pushOf(op)));
  EXPECT_FALSE(isRead(pushOf(op), empty));
}

TEST(Ops, numbers_start_at_one_and_end_where_a_double_ends) {
  EXPECT_FALSE(isRead(pushOf(setting(0, 3))));
  EXPECT_TRUE(isRead(pushOf(setting(kSequenceMax, 3))));
  EXPECT_FALSE(isRead(pushOf(setting(kSequenceMax + 1, 3))));
}

TEST(Ops, a_void_changes_nothing) {
  WireOp honest;
  honest.sequence = 4;
  honest.voids = true;
  WireOp greedy = setting(4, 3);
  greedy.voids = true;

  EXPECT_TRUE(isRead(pushOf(honest)));
  EXPECT_FALSE(isRead(pushOf(greedy)));
}

TEST(Ops, a_set_has_a_value) {
  WireOp op = setting(1, 3);
  op.changes.front().value = Value();

  EXPECT_FALSE(isRead(pushOf(op)));
}

TEST(Ops, a_define_needs_a_definition) {
  WireOp op;
  op.sequence = 1;
  op.changes = {{.kind = ChangeKind::define, .key = 0, .value = Value()}};
  WireTables defined = oneOfEach();
  defined.keys[0].definition = Definition{};

  EXPECT_FALSE(isRead(pushOf(op)));
  EXPECT_TRUE(isRead(pushOf(op), defined));
}

TEST(Ops, more_changes_than_a_batch_may_have_are_refused) {
  WireOp op = setting(1, 3);
  op.changes.resize(2 * kBatchChangesMax, op.changes.front());
  WireOp larger = op;
  larger.changes.push_back(op.changes.front());

  EXPECT_TRUE(isRead(pushOf(op)));
  EXPECT_FALSE(isRead(pushOf(larger)));
}

TEST(Records, a_decision_is_known_and_a_rejection_says_why) {
  const WireRecord good{.op = setting(1, 3), .stamp = {9}, .decision = ErrorCode::tooLarge};
  WireRecord odd = good;
  odd.decision = static_cast<ErrorCode>(kErrorCodeLast + 1);

  EXPECT_TRUE(isRead(recordsOf(good)));
  EXPECT_FALSE(isRead(recordsOf(odd)));
}

TEST(Records, stamps_may_go_back_and_forth_but_not_out_of_their_range) {
  RecordsSection section = recordsOf({.op = setting(1, 3), .stamp = {std::uint64_t{9} << 40}});
  section.records.push_back({.op = setting(2, 3), .stamp = {std::uint64_t{3} << 20}});
  RecordsSection late = recordsOf({.op = setting(1, 3), .stamp = {kStampTicksMax}});
  RecordsSection later = recordsOf({.op = setting(1, 3), .stamp = {kStampTicksMax + 1}});

  EXPECT_TRUE(isRead(section));
  EXPECT_TRUE(isRead(late));
  EXPECT_FALSE(isRead(later));
}

TEST(Records, a_log_begins_at_one) {
  RecordsSection section = recordsOf({.op = setting(1, 3), .stamp = {9}});
  section.from = 0;

  EXPECT_FALSE(isRead(section));
}

TEST(Ops, an_address_that_is_none_is_refused) {
  PushSection section = pushOf(setting(1, 3));
  section.address = "device/nowhere";

  EXPECT_FALSE(isRead(section));
}

}  // namespace
}  // namespace danji
