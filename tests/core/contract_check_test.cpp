// The authority keeps a key's values in the form of its contract, and lets a higher contract in
// only with a value of its form.

#include "core/authority/contract_check.h"

#include <gtest/gtest.h>

#include "core/authority/authority.h"
#include "core/strategy/strategy.h"

namespace danji {
namespace {

class ContractCheck : public testing::Test {
 protected:
  ContractCheck()
      : space(Address::parse("device/apartment:main").value(), sessions, units, definitions),
        authority(definitions,
                  [](const Space&, std::string_view, std::uint64_t) { return false; }) {
    sessions.intern("0123456789abcdef");
    units.intern("cart");
    space.beginEpoch(1);
  }

  const KnownDefinition* known(StrategyKind strategy, const char* version, const char* schema) {
    return definitions.learn({.strategy = strategy},
                             {.version = version, .schema = schema, .permissions = ""});
  }

  ErrorCode decide(Change change, const KnownDefinition* meant) {
    change.entry = space.entryOf("order");
    change.fingerprint = meant->fingerprint;
    change.definition = meant;
    Op op{.id = {.session = 0, .sequence = space.floorOf(0) + 1}, .createdMillis = nowMillis,
          .observed = {}, .changes = {std::move(change)}};
    const Record record = authority.decide(space, std::move(op), Grants::all(), nowMillis);
    space.fold(record);
    return record.decision;
  }
  // As an author would write who sees what is confirmed.
  ErrorCode write(Intent::Kind kind, Value value, const KnownDefinition* meant) {
    Entry shown = space.entry(space.entryOf("order"));
    if (!shown.isDefined()) shown.known = meant;
    Result<Change> change =
        intendChange(shown, {.kind = kind, .value = std::move(value), .definition = meant});
    return change.ok() ? decide(std::move(change.value()), meant) : change.error().code;
  }
  ErrorCode set(Value value, const KnownDefinition* meant) {
    return write(Intent::Kind::set, std::move(value), meant);
  }
  ErrorCode define(const KnownDefinition* meant) {
    return decide({.kind = ChangeKind::define}, meant);
  }
  const Entry& entry() { return space.entry(space.entryOf("order")); }

  Names sessions;
  Names units;
  Definitions definitions;
  Space space;
  Authority authority;
  double nowMillis = 1'000;
};

constexpr const char* kNumber1 = R"({"type":"number","maximum":9})";
constexpr const char* kText = R"({"type":"string"})";

TEST_F(ContractCheck, a_value_that_does_not_fit_is_refused_under_every_strategy_that_sets) {
  for (const StrategyKind strategy :
       {StrategyKind::lastWriteWins, StrategyKind::userResolve, StrategyKind::custom}) {
    space = Space(space.address(), sessions, units, definitions);
    const KnownDefinition* meant = known(strategy, "1", kNumber1);

    EXPECT_EQ(set(Value::number(10), meant), ErrorCode::validation);
    EXPECT_FALSE(entry().isDefined());
    EXPECT_EQ(set(Value::number(9), meant), ErrorCode::ok);
    EXPECT_EQ(set(Value::json("\"9\""), meant), ErrorCode::validation);
    EXPECT_EQ(entry().value, Value::number(9));
  }
}

TEST_F(ContractCheck, a_merge_is_judged_by_what_it_leaves) {
  const KnownDefinition* meant = known(
      StrategyKind::merge, "1", R"({"required":["a"],"properties":{"b":{"type":"number"}}})");

  EXPECT_EQ(set(Value::json("{\"b\":1}"), meant), ErrorCode::validation);
  EXPECT_EQ(set(Value::json("{\"a\":1}"), meant), ErrorCode::ok);
  EXPECT_EQ(set(Value::json("{\"a\":1,\"b\":\"x\"}"), meant), ErrorCode::validation);
  EXPECT_EQ(set(Value::json("{\"a\":1,\"b\":2}"), meant), ErrorCode::ok);
  EXPECT_EQ(set(Value::json("{\"b\":2}"), meant), ErrorCode::validation);
  EXPECT_EQ(entry().value, Value::json("{\"a\":1,\"b\":2}"));
}

TEST_F(ContractCheck, a_sum_is_judged_by_the_total) {
  const KnownDefinition* meant = known(StrategyKind::sum, "1", kNumber1);

  EXPECT_EQ(write(Intent::Kind::add, Value::number(8), meant), ErrorCode::ok);
  EXPECT_EQ(write(Intent::Kind::add, Value::number(2), meant), ErrorCode::validation);
  EXPECT_EQ(entry().value, Value::number(8));
}

TEST_F(ContractCheck, an_unset_always_fits) {
  const KnownDefinition* meant = known(StrategyKind::lastWriteWins, "1", kNumber1);

  EXPECT_EQ(set(Value::number(1), meant), ErrorCode::ok);
  EXPECT_EQ(write(Intent::Kind::unset, Value(), meant), ErrorCode::ok);
  EXPECT_FALSE(entry().value.isSet());
}

TEST_F(ContractCheck, a_page_without_a_schema_is_held_to_the_one_that_stands) {
  const KnownDefinition* meant = known(StrategyKind::lastWriteWins, "1", kNumber1);
  const KnownDefinition* bare = definitions.learn({.strategy = StrategyKind::lastWriteWins});

  EXPECT_EQ(set(Value::number(1), meant), ErrorCode::ok);
  EXPECT_EQ(set(Value::number(10), bare), ErrorCode::validation);
  EXPECT_EQ(set(Value::number(2), bare), ErrorCode::ok);
}

TEST_F(ContractCheck, nobody_writes_under_a_version_that_is_gone) {
  const KnownDefinition* old = known(StrategyKind::lastWriteWins, "1.9", kNumber1);
  const KnownDefinition* young = known(StrategyKind::lastWriteWins, "1.10", kText);

  EXPECT_EQ(set(Value::json("\"two\""), young), ErrorCode::ok);
  EXPECT_EQ(set(Value::number(2), old), ErrorCode::readOnlySchema);
  EXPECT_EQ(define(old), ErrorCode::ok);
  EXPECT_EQ(entry().known, young);
}

TEST_F(ContractCheck, a_higher_version_alone_does_not_come_over_a_value_of_the_old_form) {
  const KnownDefinition* old = known(StrategyKind::lastWriteWins, "1", kNumber1);
  const KnownDefinition* young = known(StrategyKind::lastWriteWins, "2", kText);
  EXPECT_EQ(set(Value::number(2), old), ErrorCode::ok);

  EXPECT_EQ(define(young), ErrorCode::stale);
  EXPECT_EQ(entry().known, old);
  EXPECT_EQ(set(Value::json("\"two\""), young), ErrorCode::ok);
  EXPECT_EQ(entry().known, young);
  EXPECT_EQ(entry().value, Value::json("\"two\""));
}

TEST_F(ContractCheck, a_higher_version_comes_in_where_there_is_no_value) {
  const KnownDefinition* old = known(StrategyKind::merge, "1", kNumber1);
  const KnownDefinition* young = known(StrategyKind::merge, "2", "{}");
  EXPECT_EQ(define(old), ErrorCode::ok);

  EXPECT_EQ(define(young), ErrorCode::ok);

  EXPECT_EQ(entry().known, young);
}

TEST_F(ContractCheck, a_late_write_that_loses_brings_no_contract) {
  const KnownDefinition* old = known(StrategyKind::lastWriteWins, "1", kNumber1);
  const KnownDefinition* young = known(StrategyKind::lastWriteWins, "2", kText);
  sessions.intern("another session.");
  EXPECT_EQ(set(Value::number(2), old), ErrorCode::ok);
  Op late{.id = {.session = 1, .sequence = 1}, .createdMillis = 10, .observed = {},
          .changes = {{.kind = ChangeKind::set, .entry = space.entryOf("order"),
                       .fingerprint = young->fingerprint, .value = Value::json("\"x\""),
                       .definition = young}}};

  EXPECT_EQ(authority.decide(space, late, Grants::all(), nowMillis).decision, ErrorCode::stale);
}

TEST_F(ContractCheck, fields_of_the_new_form_are_not_mixed_into_a_value_of_the_old_one) {
  const KnownDefinition* old = known(StrategyKind::merge, "1", "{}");
  const KnownDefinition* young = known(StrategyKind::merge, "2", "{}");
  EXPECT_EQ(set(Value::json("{\"status\":1,\"note\":2}"), old), ErrorCode::ok);

  EXPECT_EQ(set(Value::json("{\"status\":1,\"note\":3}"), young), ErrorCode::stale);
  EXPECT_EQ(write(Intent::Kind::reset, Value::json("{\"state\":1,\"note\":2}"), young),
            ErrorCode::ok);
  EXPECT_EQ(entry().known, young);
  EXPECT_EQ(set(Value::json("{\"state\":1,\"note\":3}"), young), ErrorCode::ok);
}

TEST_F(ContractCheck, an_addition_of_the_new_form_is_not_made_to_a_sum_of_the_old_one) {
  const KnownDefinition* old = known(StrategyKind::sum, "1", "{}");
  const KnownDefinition* young = known(StrategyKind::sum, "2", "{}");
  EXPECT_EQ(write(Intent::Kind::add, Value::number(2), old), ErrorCode::ok);

  EXPECT_EQ(write(Intent::Kind::add, Value::number(1), young), ErrorCode::stale);
  EXPECT_EQ(write(Intent::Kind::reset, Value::number(200), young), ErrorCode::ok);
  EXPECT_EQ(write(Intent::Kind::add, Value::number(1), young), ErrorCode::ok);
  EXPECT_EQ(entry().value, Value::number(201));
}

TEST_F(ContractCheck, a_value_that_waits_beside_another_keeps_the_old_version) {
  const KnownDefinition* old = known(StrategyKind::userResolve, "1", kNumber1);
  const KnownDefinition* young = known(StrategyKind::userResolve, "2", kText);
  EXPECT_EQ(set(Value::number(1), old), ErrorCode::ok);

  EXPECT_EQ(decide({.kind = ChangeKind::set, .value = Value::json("\"x\"")}, young),
            ErrorCode::stale);
  EXPECT_EQ(set(Value::json("\"x\""), young), ErrorCode::ok);
}

TEST_F(ContractCheck, what_is_brought_back_is_looked_at_too) {
  const KnownDefinition* meant = known(StrategyKind::lastWriteWins, "1", kNumber1);

  EXPECT_EQ(decide({.kind = ChangeKind::reset, .value = Value::number(10)}, meant),
            ErrorCode::validation);
  EXPECT_EQ(decide({.kind = ChangeKind::fill, .value = Value::number(10)}, meant),
            ErrorCode::validation);
  EXPECT_EQ(set(Value::number(1), meant), ErrorCode::ok);
  // It has no effect.
  EXPECT_EQ(decide({.kind = ChangeKind::fill, .value = Value::number(10)}, meant), ErrorCode::ok);
}

}  // namespace
}  // namespace danji
