// The checks of histories are checked: each planted fault turns the right one red.

#include <gtest/gtest.h>

#include "tests/sim/history.h"

namespace danji::sim {
namespace {

constexpr const char* kSpace = "server/apartment:main";
const std::string kAda(16, 'a');
const std::string kBo(16, 'b');

// Two pages and what they wrote, all of it decided and told as it should be.
History aHistory() {
  History history;
  history.asked = {{kSpace, kAda, 1, {{"cart", "1"}, {"total", "9"}}},
                   {kSpace, kAda, 2, {{"cart", "2"}}},
                   {kSpace, kBo, 1, {{"seat", ""}}},
                   {kSpace, kAda, 3, {{"seat", ""}}},
                   {kSpace, kBo, 2, {{"visits", ""}}}};
  history.logs[kSpace] = {
      {.session = kAda, .sequence = 1, .writes = {{"cart", "1"}, {"total", "9"}}},
      {.session = kBo, .sequence = 1, .writes = {{"seat", "x"}}, .claims = {"seat"}},
      {.session = kAda, .sequence = 2, .writes = {{"cart", "2"}},
       .expectations = {{"cart", {kAda, 1}}}},
      {.session = kAda, .sequence = 3, .code = ErrorCode::conflict},
      {.session = kBo, .sequence = 2, .writes = {{"visits", "2"}}, .additions = {{"visits", 2}}}};
  for (const LoggedOp& op : history.logs[kSpace]) {
    history.told.push_back({kSpace, op.session, op.sequence, op.code});
  }
  history.sums[kSpace] = {{"visits", 2}};
  history.survivors = {kAda, kBo};
  history.devices = {{kAda, 0}, {kBo, 1}};
  history.digests[kSpace] = {"0123"};
  return history;
}

std::vector<LoggedOp>& logOf(History& history) { return history.logs[kSpace]; }

// The first word of what is found.
std::string faultIn(const History& history) {
  const std::string found = findFault(history);
  return found.substr(0, found.find(':'));
}

TEST(History, nothing_is_found_where_all_is_well) { EXPECT_EQ(findFault(aHistory()), ""); }

TEST(History, an_accepted_op_that_is_in_no_log_is_lost) {
  History history = aHistory();
  logOf(history).pop_back();
  history.sums.clear();
  EXPECT_EQ(faultIn(history), "lost");
}

TEST(History, an_op_that_is_in_the_log_twice_is_doubled) {
  History history = aHistory();
  logOf(history).push_back(logOf(history).front());
  EXPECT_EQ(faultIn(history), "doubled");
}

TEST(History, an_op_that_the_disk_had_and_no_log_has_is_forgotten) {
  History history = aHistory();
  history.stored.push_back(history.asked.front());
  EXPECT_EQ(findFault(history), "");
  history.stored.back().sequence = 99;
  EXPECT_EQ(faultIn(history), "forgotten");
}

TEST(History, a_void_that_closes_what_was_decided_is_doubled) {
  History history = aHistory();
  logOf(history).push_back({.session = kAda, .sequence = 4, .voidsFrom = 2,
                            .code = ErrorCode::voided});
  EXPECT_EQ(faultIn(history), "doubled");
}

TEST(History, a_session_whose_ops_changed_places_is_reordered) {
  History history = aHistory();
  logOf(history)[2].expectations.clear();
  std::swap(logOf(history)[0], logOf(history)[2]);
  EXPECT_EQ(faultIn(history), "reordered");
}

TEST(History, a_batch_of_which_a_part_is_missing_is_half) {
  History history = aHistory();
  logOf(history).front().writes.erase("total");
  EXPECT_EQ(faultIn(history), "half");
}

TEST(History, another_value_than_was_written_is_altered) {
  History history = aHistory();
  logOf(history)[2].writes["cart"] = "3";
  EXPECT_EQ(faultIn(history), "altered");
}

TEST(History, an_op_that_nobody_made_is_invented) {
  History history = aHistory();
  history.asked.erase(history.asked.begin() + 1);
  EXPECT_EQ(faultIn(history), "invented");
}

TEST(History, a_refusal_that_its_author_did_not_hear_of_is_silent) {
  History history = aHistory();
  std::erase_if(history.told, [](const ToldOp& op) { return op.code != ErrorCode::ok; });
  EXPECT_EQ(faultIn(history), "silent");
}

TEST(History, a_refusal_that_is_told_as_accepted_is_misreported) {
  History history = aHistory();
  history.told[3].code = ErrorCode::ok;
  EXPECT_EQ(faultIn(history), "misreported");
}

TEST(History, a_page_that_lives_without_an_answer_is_unanswered) {
  History history = aHistory();
  history.asked.push_back({kSpace, kBo, 3, {{"cart", "5"}}});
  EXPECT_EQ(faultIn(history), "unanswered");
}

TEST(History, what_a_page_that_died_was_not_told_is_no_fault) {
  History history = aHistory();
  history.asked.push_back({kSpace, kBo, 3, {{"cart", "5"}}});
  history.survivors = {kAda};
  EXPECT_EQ(findFault(history), "");
}

TEST(History, a_first_write_that_is_written_over_is_stolen) {
  History history = aHistory();
  logOf(history)[3].code = history.told[3].code = ErrorCode::ok;
  logOf(history)[3].writes = {{"seat", "y"}};
  logOf(history)[3].claims = {"seat"};
  EXPECT_EQ(faultIn(history), "stolen");
}

TEST(History, a_value_computed_from_what_is_gone_is_unseen) {
  History history = aHistory();
  logOf(history)[2].expectations["cart"] = {kBo, 1};
  EXPECT_EQ(faultIn(history), "unseen");
}

TEST(History, a_sum_that_is_not_what_was_added_is_miscounted) {
  History history = aHistory();
  history.sums[kSpace]["visits"] = 4;
  EXPECT_EQ(faultIn(history), "miscounted");
}

TEST(History, replicas_with_different_states_have_diverged) {
  History history = aHistory();
  history.digests[kSpace].insert("4567");
  EXPECT_EQ(faultIn(history), "diverged");
}

TEST(History, an_op_that_counts_without_a_grant_is_usurped) {
  History history = aHistory();
  history.barred = {{0}, {0, 1}};
  logOf(history)[0].isGuarded = true;
  logOf(history)[0].moment = 1;
  EXPECT_EQ(faultIn(history), "usurped");
  history.barred[1] = {};
  EXPECT_EQ(faultIn(history), "");
}

TEST(History, an_op_that_is_refused_for_a_grant_that_its_author_has_is_barred) {
  History history = aHistory();
  logOf(history)[3].code = history.told[3].code = ErrorCode::forbidden;
  EXPECT_EQ(faultIn(history), "barred");
  history.barred = {{0}};
  EXPECT_EQ(faultIn(history), "");
}

TEST(History, a_form_that_has_another_shape_than_its_release_wants_is_misshapen) {
  History history = aHistory();
  logOf(history)[0].numbers = {{"cart", ""}};
  EXPECT_EQ(faultIn(history), "misshapen");
}

TEST(History, a_form_that_says_something_else_in_its_new_shape_is_garbled) {
  History history = aHistory();
  logOf(history)[0].numbers = {{"cart", "1"}};
  logOf(history)[2].numbers = {{"cart", "1"}};
  logOf(history)[2].renewals = {"cart"};
  EXPECT_EQ(faultIn(history), "");
  logOf(history)[2].numbers = {{"cart", "2"}};
  EXPECT_EQ(faultIn(history), "garbled");
}

}  // namespace
}  // namespace danji::sim
