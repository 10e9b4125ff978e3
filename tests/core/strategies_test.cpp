// What each strategy keeps and what it refuses, in the words of somebody who chooses one.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/strategy/user_resolve.h"
#include "tests/core/strategy_world.h"

namespace danji {
namespace {

using testing_input::StrategyWorld;

Value text(const char* json) { return Value::json(json); }
Value number(double n) { return Value::number(n); }

TEST(FirstWriteWins, the_first_decided_value_stands_and_the_second_author_is_told) {
  StrategyWorld seat(StrategyKind::firstWriteWins);

  EXPECT_EQ(seat.set(0, text("\"Ada\"")), ErrorCode::ok);
  EXPECT_EQ(seat.set(1, text("\"Bob\"")), ErrorCode::conflict);

  EXPECT_EQ(seat.entry().value, text("\"Ada\""));
}

TEST(FirstWriteWins, a_write_that_claims_to_be_older_does_not_become_the_first) {
  StrategyWorld seat(StrategyKind::firstWriteWins);
  seat.set(0, text("\"Ada\""));

  EXPECT_EQ(seat.write(1, Intent::Kind::set, text("\"Bob\""), 500'000), ErrorCode::conflict);

  EXPECT_EQ(seat.entry().value, text("\"Ada\""));
}

TEST(FirstWriteWins, whoever_saw_the_value_may_clear_it_and_somebody_else_is_first_again) {
  StrategyWorld seat(StrategyKind::firstWriteWins);
  seat.set(0, text("\"Ada\""));
  seat.look(0);

  EXPECT_EQ(seat.unset(0), ErrorCode::ok);
  EXPECT_EQ(seat.set(1, text("\"Bob\"")), ErrorCode::ok);

  EXPECT_EQ(seat.entry().value, text("\"Bob\""));
}

TEST(FirstWriteWins, whoever_never_saw_the_value_can_not_clear_it) {
  StrategyWorld seat(StrategyKind::firstWriteWins);
  seat.set(0, text("\"Ada\""));

  EXPECT_EQ(seat.unset(1), ErrorCode::stale);

  EXPECT_EQ(seat.entry().value, text("\"Ada\""));
}

TEST(FirstWriteWins, a_clearing_of_an_earlier_value_does_not_clear_a_later_one) {
  StrategyWorld seat(StrategyKind::firstWriteWins);
  seat.set(0, text("\"Ada\""));
  seat.everybodyLooks();
  seat.unset(0);
  seat.set(2, text("\"Eve\""));

  EXPECT_EQ(seat.unset(1), ErrorCode::stale);

  EXPECT_EQ(seat.entry().value, text("\"Eve\""));
}

TEST(Merge, two_people_who_change_different_fields_both_keep_their_change) {
  StrategyWorld address(StrategyKind::merge);
  address.set(0, text("{\"city\":\"Bern\",\"name\":\"Ada\"}"));
  address.everybodyLooks();

  address.set(0, text("{\"city\":\"Basel\",\"name\":\"Ada\"}"));
  address.set(1, text("{\"city\":\"Bern\",\"name\":\"Bob\"}"));

  EXPECT_EQ(address.entry().value, text("{\"city\":\"Basel\",\"name\":\"Bob\"}"));
}

TEST(Merge, of_two_writes_of_one_field_the_later_stands_even_when_it_arrives_first) {
  StrategyWorld address(StrategyKind::merge);
  address.set(0, text("{\"city\":\"Bern\"}"));
  address.everybodyLooks();
  address.nowMillis += 10'000;

  address.set(0, text("{\"city\":\"Basel\"}"));
  address.write(1, Intent::Kind::set, text("{\"city\":\"Chur\"}"), 5'000);

  EXPECT_EQ(address.entry().value, text("{\"city\":\"Basel\"}"));
}

TEST(Merge, a_field_that_one_takes_away_is_gone_and_the_others_stay) {
  StrategyWorld address(StrategyKind::merge);
  address.set(0, text("{\"city\":\"Bern\",\"name\":\"Ada\"}"));
  address.everybodyLooks();

  address.set(0, text("{\"name\":\"Ada\"}"));
  address.set(1, text("{\"city\":\"Bern\",\"name\":\"Bob\"}"));

  EXPECT_EQ(address.entry().value, text("{\"name\":\"Bob\"}"));
}

TEST(Merge, when_two_people_each_take_away_what_the_other_leaves_an_empty_object_stays) {
  StrategyWorld address(StrategyKind::merge);
  address.set(0, text("{\"city\":\"Bern\",\"name\":\"Ada\"}"));
  address.everybodyLooks();

  address.set(0, text("{\"name\":\"Ada\"}"));
  address.set(1, text("{\"city\":\"Bern\"}"));

  EXPECT_EQ(address.entry().value, text("{}"));
}

TEST(Merge, no_field_rises_from_the_dead_when_the_whole_was_taken_away) {
  StrategyWorld address(StrategyKind::merge);
  address.set(0, text("{\"city\":\"Bern\",\"name\":\"Ada\"}"));
  address.everybodyLooks();

  EXPECT_EQ(address.unset(0), ErrorCode::ok);
  EXPECT_EQ(address.set(1, text("{\"city\":\"Bern\",\"name\":\"Bob\"}")), ErrorCode::stale);

  EXPECT_FALSE(address.entry().value.isSet());
}

TEST(Merge, an_older_deletion_does_not_take_away_what_was_written_after_it) {
  StrategyWorld address(StrategyKind::merge);
  address.set(0, text("{\"city\":\"Bern\"}"));
  address.everybodyLooks();
  address.nowMillis += 10'000;
  address.set(0, text("{\"city\":\"Basel\"}"));

  address.write(1, Intent::Kind::unset, Value(), 5'000);

  EXPECT_EQ(address.entry().value, text("{\"city\":\"Basel\"}"));
}

TEST(Merge, nested_objects_are_one_value_unless_the_definition_says_deep) {
  const auto twoChanges = [](std::string parameters) {
    StrategyWorld order(StrategyKind::merge, std::move(parameters));
    order.set(0, text("{\"to\":{\"city\":\"Bern\",\"name\":\"Ada\"}}"));
    order.everybodyLooks();
    order.set(0, text("{\"to\":{\"city\":\"Basel\",\"name\":\"Ada\"}}"));
    order.set(1, text("{\"to\":{\"city\":\"Bern\",\"name\":\"Bob\"}}"));
    return order.entry().value;
  };

  EXPECT_EQ(twoChanges(""), text("{\"to\":{\"city\":\"Bern\",\"name\":\"Bob\"}}"));
  EXPECT_EQ(twoChanges("{\"merge\":{\"depth\":\"deep\"}}"),
            text("{\"to\":{\"city\":\"Basel\",\"name\":\"Bob\"}}"));
}

TEST(Merge, fields_of_a_group_change_together) {
  StrategyWorld address(StrategyKind::merge, "{\"merge\":{\"groups\":[[\"city\",\"zip\"]]}}");
  address.set(0, text("{\"city\":\"Bern\",\"name\":\"Ada\",\"zip\":3000}"));
  address.everybodyLooks();

  address.set(0, text("{\"city\":\"Basel\",\"name\":\"Ada\",\"zip\":4000}"));
  address.set(1, text("{\"city\":\"Bern\",\"name\":\"Ada\",\"zip\":3001}"));

  EXPECT_EQ(address.entry().value, text("{\"city\":\"Bern\",\"name\":\"Ada\",\"zip\":3001}"));
}

TEST(Merge, the_first_two_writes_of_a_default_both_keep_their_change) {
  StrategyWorld address(StrategyKind::merge, "{\"merge\":{\"base\":{\"city\":\"\",\"name\":\"\"}}}");

  address.set(0, text("{\"city\":\"\",\"name\":\"Ada\"}"));
  address.set(1, text("{\"city\":\"Bern\",\"name\":\"\"}"));

  EXPECT_EQ(address.entry().value, text("{\"city\":\"Bern\",\"name\":\"Ada\"}"));
}

TEST(Merge, a_field_whose_members_only_stand_in_another_order_is_the_same) {
  StrategyWorld order(StrategyKind::merge, "{\"merge\":{\"base\":{\"to\":{\"a\":1,\"b\":[{}]},\"x\":0}}}");

  order.set(0, text("{\"to\":{\"b\":[{}],\"a\":1},\"x\":7}"));
  order.set(1, text("{\"to\":{\"b\":[],\"a\":1},\"x\":0}"));

  EXPECT_EQ(order.entry().value, text("{\"to\":{\"b\":[],\"a\":1},\"x\":7}"));
}

TEST(Merge, a_field_of_the_default_can_be_taken_away) {
  StrategyWorld address(StrategyKind::merge, "{\"merge\":{\"base\":{\"city\":\"\",\"name\":\"\"}}}");

  address.set(0, text("{\"name\":\"Ada\"}"));

  EXPECT_EQ(address.entry().value, text("{\"name\":\"Ada\"}"));
}

TEST(Merge, a_key_that_is_set_to_its_default_is_set) {
  StrategyWorld address(StrategyKind::merge, "{\"merge\":{\"base\":{\"city\":\"\",\"name\":\"\"}}}");

  address.set(0, text("{\"city\":\"\",\"name\":\"\"}"));

  EXPECT_EQ(address.entry().value, text("{\"city\":\"\",\"name\":\"\"}"));
}

TEST(Merge, a_value_that_is_no_object_is_one_field) {
  StrategyWorld draft(StrategyKind::merge);
  for (const Value& value : {text("[1,2]"), number(7), Value::null(), text("{}"),
                             text("{\"a\":1}"), text("\"Ada\"")}) {
    draft.set(0, value);
    draft.look(0);
    EXPECT_EQ(draft.entry().value, value);
  }
}

TEST(Merge, names_with_slashes_tildes_quotes_and_controls_are_ordinary_fields) {
  StrategyWorld draft(StrategyKind::merge, "{\"merge\":{\"depth\":\"deep\"}}");
  const Value value = text(
      "{\"\":{\"\":1},\"\\u0001\\n\":2,\"\\\"\":3,\"a/b\":{\"~1\":{\"/\":4}},\"é\":5}");

  draft.set(0, value);

  EXPECT_EQ(draft.entry().value, value);
}

TEST(Merge, what_would_become_too_large_is_refused_and_nothing_changes) {
  StrategyWorld draft(StrategyKind::merge);
  const std::string half(kValueBytesMax / 2, 'x');
  EXPECT_EQ(draft.set(0, Value::json("{\"a\":\"" + half + "\"}")), ErrorCode::ok);
  const Value before = draft.entry().value;

  EXPECT_EQ(draft.set(1, Value::json("{\"b\":\"" + half + "\"}")), ErrorCode::tooLarge);

  EXPECT_EQ(draft.entry().value, before);
}

TEST(Sum, two_people_who_count_up_by_one_count_up_by_two) {
  StrategyWorld likes(StrategyKind::sum);

  likes.set(0, number(1));
  likes.set(1, number(1));

  EXPECT_EQ(likes.entry().value, number(2));
}

TEST(Sum, fractions_are_exact) {
  StrategyWorld total(StrategyKind::sum, "{\"sum\":{\"digits\":2}}");

  for (int i = 0; i < 10; ++i) total.write(0, Intent::Kind::add, number(0.1));

  EXPECT_EQ(total.entry().value, number(1));
}

TEST(Sum, what_is_no_multiple_of_the_last_digit_is_refused) {
  StrategyWorld total(StrategyKind::sum, "{\"sum\":{\"digits\":2}}");

  EXPECT_EQ(total.set(0, number(0.125)), std::nullopt);
  EXPECT_EQ(total.set(0, text("\"many\"")), std::nullopt);

  EXPECT_FALSE(total.entry().isWritten());
}

TEST(Sum, it_starts_at_its_default) {
  StrategyWorld stock(StrategyKind::sum, "{\"sum\":{\"base\":10}}");

  stock.set(0, number(9));
  stock.set(1, number(8));

  EXPECT_EQ(stock.entry().value, number(7));
}

TEST(Sum, the_last_piece_is_sold_once) {
  StrategyWorld stock(StrategyKind::sum, "{\"sum\":{\"base\":1,\"min\":0}}");

  EXPECT_EQ(stock.write(0, Intent::Kind::add, number(-1)), ErrorCode::ok);
  EXPECT_EQ(stock.write(1, Intent::Kind::add, number(-1)), ErrorCode::outOfRange);

  EXPECT_EQ(stock.entry().value, number(0));
}

TEST(Sum, an_addition_to_what_was_taken_away_is_refused) {
  StrategyWorld likes(StrategyKind::sum);
  likes.set(0, number(5));
  likes.everybodyLooks();
  likes.unset(0);

  EXPECT_EQ(likes.set(1, number(6)), ErrorCode::stale);

  EXPECT_FALSE(likes.entry().value.isSet());
}

TEST(Sum, it_never_leaves_what_a_number_holds_exactly) {
  StrategyWorld likes(StrategyKind::sum);
  const double most = 9007199254740991.0;
  likes.set(0, number(most));

  EXPECT_EQ(likes.write(1, Intent::Kind::add, number(1)), ErrorCode::outOfRange);

  EXPECT_EQ(likes.entry().value, number(most));
}

TEST(UserResolve, concurrent_values_are_kept_and_the_first_is_shown) {
  StrategyWorld note(StrategyKind::userResolve);

  note.set(0, text("\"from Ada\""));
  note.set(1, text("\"from Bob\""));

  EXPECT_EQ(note.entry().value, text("\"from Ada\""));
  EXPECT_EQ(note.entry().parts.size(), 2u);
}

TEST(UserResolve, a_write_by_somebody_who_saw_all_values_replaces_them) {
  StrategyWorld note(StrategyKind::userResolve);
  note.set(0, text("\"from Ada\""));
  note.set(1, text("\"from Bob\""));
  note.look(2);

  note.set(2, text("\"from both\""));

  EXPECT_EQ(note.entry().value, text("\"from both\""));
  EXPECT_EQ(note.entry().parts.size(), 1u);
}

TEST(UserResolve, the_first_choice_counts_and_the_second_is_told_that_it_came_late) {
  StrategyWorld note(StrategyKind::userResolve);
  note.set(0, text("\"from Ada\""));
  note.set(1, text("\"from Bob\""));
  std::vector<OpId> values;
  for (const Part& part : note.entry().parts) values.push_back(part.id);

  EXPECT_EQ(note.decide(2, choose(text("\"from Bob\""), values)), ErrorCode::ok);
  EXPECT_EQ(note.decide(1, choose(text("\"from Ada\""), values)), ErrorCode::conflict);

  EXPECT_EQ(note.entry().value, text("\"from Bob\""));
}

TEST(UserResolve, a_deletion_is_one_of_the_values_to_choose_from) {
  StrategyWorld note(StrategyKind::userResolve);
  note.set(0, text("\"draft\""));
  note.everybodyLooks();

  note.unset(0);
  note.set(1, text("\"better\""));

  ASSERT_EQ(note.entry().parts.size(), 2u);
  EXPECT_FALSE(note.entry().value.isSet());
}

TEST(UserResolve, the_same_value_written_twice_is_no_conflict) {
  StrategyWorld note(StrategyKind::userResolve);

  note.set(0, text("\"yes\""));
  note.set(1, text("\"yes\""));

  EXPECT_EQ(note.entry().parts.size(), 1u);
}

TEST(UserResolve, at_most_sixteen_values_wait) {
  StrategyWorld note(StrategyKind::userResolve, "", 20);
  for (std::size_t i = 0; i < kSiblingsMax; ++i) {
    EXPECT_EQ(note.set(i, number(static_cast<double>(i))), ErrorCode::ok);
  }

  EXPECT_EQ(note.set(kSiblingsMax, number(99)), ErrorCode::tooLarge);

  EXPECT_EQ(note.entry().parts.size(), kSiblingsMax);
}

TEST(UserResolve, an_undecided_value_that_is_one_too_many_is_not_shown) {
  StrategyWorld note(StrategyKind::userResolve, "", 20);
  for (std::size_t i = 0; i < kSiblingsMax; ++i) note.set(i, number(static_cast<double>(i)));
  Entry shown = note.entry();

  foldChange(shown, {.kind = ChangeKind::set, .value = number(99)},
             {.index = 99, .stamp = {kStampTicksMax}, .id = {.session = 1, .sequence = 9}, .unit = 0});

  EXPECT_EQ(shown.parts.size(), kSiblingsMax);
}

// A write names all values that it replaces, and no reader of bytes takes an op that names more than
// there may be: it would wait for ever, and all that its page writes after it.
TEST(UserResolve, answers_that_come_too_late_do_not_pile_up_among_the_values) {
  StrategyWorld note(StrategyKind::userResolve, "", 20);
  for (std::size_t i = 0; i < kSiblingsMax; ++i) note.set(i, number(static_cast<double>(i)));
  Entry shown = note.entry();

  for (std::uint64_t answer = 1; answer <= 5; ++answer) {
    const Change late{.kind = ChangeKind::resolve,
                      .value = number(100 + static_cast<double>(answer)),
                      .observed = {{.session = 77, .sequence = answer}}};
    foldChange(shown, late,
               {.index = 99 + answer, .stamp = {kStampTicksMax},
                .id = {.session = 1, .sequence = 9 + answer}, .unit = 0});
  }

  EXPECT_EQ(shown.parts.size(), kSiblingsMax);
}

TEST(Custom, a_result_that_was_computed_from_an_older_value_is_stale) {
  StrategyWorld price(StrategyKind::custom);
  price.set(0, number(10));
  price.everybodyLooks();

  EXPECT_EQ(price.set(0, number(11)), ErrorCode::ok);
  EXPECT_EQ(price.set(1, number(12)), ErrorCode::stale);
  price.look(1);
  EXPECT_EQ(price.set(1, number(12)), ErrorCode::ok);

  EXPECT_EQ(price.entry().value, number(12));
}

TEST(AnyStrategy, a_snapshot_brings_back_exactly_its_value) {
  for (int kind = 0; kind <= static_cast<int>(kStrategyLast); ++kind) {
    StrategyWorld key(static_cast<StrategyKind>(kind));
    key.set(0, number(1));
    key.look(0);
    key.set(0, number(2));
    key.look(1);

    EXPECT_EQ(key.write(1, Intent::Kind::reset, number(7)), ErrorCode::ok) << kind;

    EXPECT_EQ(key.entry().value, number(7)) << kind;
  }
}

TEST(AnyStrategy, a_snapshot_in_which_nothing_was_set_brings_back_nothing) {
  for (int kind = 0; kind <= static_cast<int>(kStrategyLast); ++kind) {
    StrategyWorld key(static_cast<StrategyKind>(kind), "{\"merge\":{\"base\":{\"a\":1}}}");
    key.set(0, number(1));

    EXPECT_EQ(key.write(1, Intent::Kind::reset, Value()), ErrorCode::ok) << kind;

    EXPECT_FALSE(key.entry().value.isSet()) << kind;
  }
}

TEST(AnyStrategy, an_expectation_that_is_not_met_is_stale) {
  for (int kind = 0; kind <= static_cast<int>(kStrategyLast); ++kind) {
    StrategyWorld key(static_cast<StrategyKind>(kind));
    key.set(0, number(1));
    key.everybodyLooks();
    key.set(0, number(2));

    Change change = intendChange(key.viewOf(1), {.kind = Intent::Kind::unset, .value = Value(),
                                                 .definition = key.known()}).value();
    change.expectation = Expectation::absent;

    EXPECT_EQ(key.decide(1, change), ErrorCode::stale) << kind;
  }
}

TEST(UserResolve, nothing_is_added_to_what_somebody_has_to_choose) {
  const Change addition{.kind = ChangeKind::add, .value = number(1)};
  EXPECT_EQ(UserResolve::admit(Entry(), addition), ErrorCode::malformed);
}

}  // namespace
}  // namespace danji
