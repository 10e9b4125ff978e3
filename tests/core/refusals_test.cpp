// What a page that was away is told of its own ops when it gets a state in place of the records
// that decided them: exactly what was decided, or that nobody remembers.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/replica/replica.h"

namespace danji {
namespace {

constexpr const char* kAddress = "server/apartment:main";
constexpr std::uint64_t kEpoch = 7;
const std::string kSelf(16, 'a');
const std::string kOther(16, 'b');
const Definition kCart{
    .scope = Scope::apartment, .plane = Plane::server, .strategy = {}, .parameters = ""};

// A page that waits for the decision on its first op, and knows the log up to `index`.
struct Waiting {
  explicit Waiting(std::uint64_t index) {
    replica.adopt(state(index, {}));
    realm.changes = {};
    Change change{.kind = ChangeKind::set, .entry = replica.space().entryOf("cart")};
    change.fingerprint = fingerprintOf(kCart);
    change.value = Value::number(1);
    replica.addPending({.id = {.session = realm.self, .sequence = 1}, .changes = {change}});
  }

  // What another session has left of the key.
  static SpaceState state(std::uint64_t index, std::vector<RejectionState> rejections) {
    SpaceState state{.address = kAddress, .epoch = kEpoch, .index = index, .lastStamp = {1000}};
    state.entries.push_back({.key = "cart",
                             .definition = kCart,
                             .value = Value::number(2),
                             .stamp = {900},
                             .version = 1,
                             .sequence = 1,
                             .session = kOther,
                             .unit = "till"});
    state.rejections = std::move(rejections);
    return state;
  }

  // The state in which the op is decided, and `count` refusals of others from index `first` on.
  static SpaceState decided(std::uint64_t first, std::size_t count) {
    std::vector<RejectionState> rejections;
    for (std::size_t i = 0; i < count; ++i) {
      rejections.push_back({.index = first + i, .session = kOther, .sequence = 2 + i});
    }
    SpaceState later = state(first + count, std::move(rejections));
    later.floors = {{.session = kSelf, .sequence = 1}};
    return later;
  }

  Decision told(const SpaceState& later) {
    replica.adopt(later);
    EXPECT_EQ(realm.changes.decisions.size(), 1u);
    return realm.changes.decisions.empty() ? Decision() : realm.changes.decisions.front();
  }

  Realm realm{kSelf, 1};
  Replica replica{0, Address::parse(kAddress).value(), realm};
};

TEST(Refusals, one_that_the_state_remembers_is_told) {
  Waiting page(10);
  SpaceState later = Waiting::decided(11, 5);
  later.rejections[2].session = kSelf;
  later.rejections[2].sequence = 1;
  later.rejections[2].code = ErrorCode::stale;

  EXPECT_EQ(page.told(later).code, ErrorCode::stale);
}

TEST(Refusals, what_no_refusal_since_speaks_of_was_accepted) {
  Waiting few(10);
  EXPECT_EQ(few.told(Waiting::decided(5000, kRejectionsKept - 1)).code, ErrorCode::ok);

  Waiting all(10);
  EXPECT_EQ(all.told(Waiting::decided(11, kRejectionsKept)).code, ErrorCode::ok);
}

TEST(Refusals, of_what_may_have_been_refused_too_long_ago_nobody_says_that_it_was_accepted) {
  Waiting page(10);

  EXPECT_EQ(page.told(Waiting::decided(12, kRejectionsKept)).code, ErrorCode::uncertain);
  EXPECT_EQ(page.realm.changes.returned.size(), 1u) << "what it wrote is not gone";
}

TEST(Refusals, another_log_remembers_nothing_before_its_first_refusal) {
  Waiting page(10);
  SpaceState later = Waiting::decided(11, kRejectionsKept);
  later.epoch = kEpoch + 1;

  EXPECT_EQ(page.told(later).code, ErrorCode::uncertain);
}

TEST(Refusals, what_still_stands_was_accepted_and_is_told_at_its_place) {
  Waiting page(10);
  SpaceState later = Waiting::decided(12, kRejectionsKept);
  later.entries[0].session = kSelf;
  later.entries[0].version = 11;

  const Decision told = page.told(later);

  EXPECT_EQ(told.code, ErrorCode::ok);
  EXPECT_EQ(told.index, 11u);
}

// A leader accepted the op and was gone before its author heard; the next one had it closed, and
// another tab brought the sum back. Made again, the op comes too late, and counts all the same.
struct MadeAgain {
  MadeAgain() {
    entry = replica.space().entryOf("likes");
    replica.addPending({.id = {.session = realm.self, .sequence = 1}, .changes = {adding(1)}});
    Op closing = Op::closing({.session = realm.self, .sequence = 1}, 0, unit, 0);
    replica.apply({.op = std::move(closing), .stamp = {1000}, .decision = ErrorCode::voided});
    EXPECT_EQ(realm.changes.renumbered.size(), 1u);
    EXPECT_TRUE(realm.changes.decisions.empty());
  }

  Change adding(double number) const {
    return {.kind = ChangeKind::add, .entry = entry, .fingerprint = known->fingerprint,
            .value = Value::number(number), .definition = known};
  }
  void bringBack(Included included) {
    Change define = adding(0);
    define.kind = ChangeKind::define;
    Change fill = adding(1);
    fill.kind = ChangeKind::fill;
    fill.observed = std::move(included);
    const OpId id{.session = realm.sessions.intern(kOther), .sequence = 1};
    replica.apply({.op = {.id = id, .unit = unit, .changes = {define, fill}}, .stamp = {2000}});
  }
  Decision refused() {
    Op again{.id = {.session = realm.self, .sequence = 2}, .unit = unit, .changes = {adding(1)}};
    replica.apply({.op = std::move(again), .stamp = {3000}, .decision = ErrorCode::stale});
    EXPECT_EQ(realm.changes.decisions.size(), 1u);
    return realm.changes.decisions.back();
  }

  Realm realm{kSelf, 1};
  Replica replica{0, Address::parse("device/apartment:main").value(), realm};
  const KnownDefinition* known = realm.definitions.learn({.scope = Scope::apartment,
                                                          .plane = Plane::device,
                                                          .strategy = StrategyKind::sum,
                                                          .parameters = ""});
  NameId unit = realm.units.intern("till");
  EntryId entry = 0;
};

TEST(Refusals, what_was_made_again_is_not_refused_when_it_had_been_accepted_before) {
  MadeAgain page;
  page.bringBack({{.session = page.realm.self, .sequence = 1}});

  EXPECT_EQ(page.refused().code, ErrorCode::ok);
  EXPECT_TRUE(page.realm.changes.returned.empty());
  EXPECT_EQ(page.replica.visible(page.entry), Value::number(1));
}

TEST(Refusals, what_was_made_again_is_refused_when_nobody_had_accepted_it) {
  MadeAgain page;
  page.bringBack({});

  EXPECT_EQ(page.refused().code, ErrorCode::stale);
  EXPECT_EQ(page.realm.changes.returned.size(), 1u);
}

}  // namespace
}  // namespace danji
