// An authority judges an op once, and stamps it by its own clock.

#include "core/authority/authority.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace danji {
namespace {

class AuthorityTest : public testing::Test {
 protected:
  AuthorityTest()
      : space(Address::parse("device/apartment:main").value(), sessions, units, definitions),
        authority(definitions, [this](const Space&, std::string_view key, std::uint64_t) {
          return key == takenElsewhere;
        }) {
    session = sessions.intern("0123456789abcdef");
    unit = units.intern("cart");
    definitions.learn(shared);
    space.beginEpoch(1);
  }

  Op op(std::uint64_t sequence, const char* key, std::uint64_t fingerprint) {
    Op made{.id = {.session = session, .sequence = sequence}, .unit = unit,
            .createdMillis = 1'000, .observed = {}, .voids = false, .changes = {}};
    made.changes.push_back({.kind = ChangeKind::set, .entry = space.entryOf(key),
                            .fingerprint = fingerprint, .value = Value::number(1)});
    return made;
  }
  Op op(std::uint64_t sequence, const char* key) { return op(sequence, key, fingerprintOf(shared)); }

  Names sessions;
  Names units;
  Definitions definitions;
  Definition shared;  // apartment, device, last_write_wins
  std::string takenElsewhere = "-";
  NameId session = 0;
  NameId unit = 0;
  Space space;
  Authority authority;
};

TEST_F(AuthorityTest, the_first_op_of_a_key_brings_its_definition_into_the_log) {
  const Record record = authority.decide(space, op(1, "cart"), Grants(), 1'000);
  space.fold(record);

  ASSERT_EQ(record.op.changes.size(), 2u);
  EXPECT_EQ(record.op.changes.front().kind, ChangeKind::define);
  EXPECT_TRUE(space.find("cart")->isDefined());
  EXPECT_EQ(authority.decide(space, op(2, "cart"), Grants(), 1'000).op.changes.size(), 1u);
}

TEST_F(AuthorityTest, of_an_op_with_many_keys_each_is_defined_once) {
  Op many = op(1, "cart");
  many.changes.front().kind = ChangeKind::define;
  for (const char* key : {"cart", "likes", "seat"}) {
    many.changes.push_back(op(1, key).changes.front());
  }

  const Record record = authority.decide(space, many, Grants(), 1'000);

  std::vector<EntryId> defined;
  for (const Change& change : record.op.changes) {
    if (change.kind == ChangeKind::define) defined.push_back(change.entry);
  }
  EXPECT_EQ(defined, (std::vector<EntryId>{0, 1, 2}));
  EXPECT_EQ(record.op.changes.size(), 6u);
}

TEST_F(AuthorityTest, an_unknown_definition_is_refused_and_the_number_is_used_up) {
  const Record record = authority.decide(space, op(1, "cart", 99), Grants(), 1'000);
  space.fold(record);

  EXPECT_EQ(record.decision, ErrorCode::notRegistered);
  EXPECT_TRUE(record.op.changes.empty());
  EXPECT_EQ(space.floorOf(session), 1u);
  EXPECT_FALSE(space.find("cart")->isWritten());
}

TEST_F(AuthorityTest, another_definition_of_a_decided_key_is_refused) {
  space.fold(authority.decide(space, op(1, "cart"), Grants(), 1'000));
  Definition other = shared;
  other.parameters = "{}";
  definitions.learn(other);

  const Record record = authority.decide(space, op(2, "cart", fingerprintOf(other)), Grants(), 1'000);

  EXPECT_EQ(record.decision, ErrorCode::definitionClash);
}

TEST_F(AuthorityTest, a_key_that_lives_in_another_space_or_scope_is_refused) {
  takenElsewhere = "theme";
  Definition global = shared;
  global.scope = Scope::global;
  definitions.learn(global);

  EXPECT_EQ(authority.admit(space, op(1, "theme"), Grants()), ErrorCode::definitionClash);
  EXPECT_EQ(authority.admit(space, op(1, "cart", fingerprintOf(global)), Grants()),
            ErrorCode::definitionClash);
}

TEST_F(AuthorityTest, one_bad_change_refuses_the_whole_op) {
  Op mixed = op(1, "cart");
  mixed.changes.push_back(op(1, "note", 99).changes.front());

  space.fold(authority.decide(space, std::move(mixed), Grants(), 1'000));

  EXPECT_FALSE(space.find("cart")->isWritten());
}

TEST_F(AuthorityTest, an_old_op_is_stamped_old_and_a_new_one_never_ahead_of_the_clock) {
  Op old = op(1, "cart");
  old.createdMillis = 400;

  EXPECT_EQ(stampFor(space, old, 1'000), Stamp::atMillis(400));
  old.createdMillis = 5'000;  // Claims to come from the future.
  EXPECT_EQ(stampFor(space, old, 1'000), Stamp::atMillis(1'000));
}

TEST_F(AuthorityTest, a_write_made_after_seeing_another_beats_it) {
  Op late = op(1, "cart");
  late.createdMillis = 400;
  late.observed = Stamp::atMillis(700);

  EXPECT_EQ(stampFor(space, late, 1'000), Stamp::atMillis(700).next());
}

TEST_F(AuthorityTest, an_author_cannot_claim_to_have_seen_the_future) {
  Op liar = op(1, "cart");
  liar.createdMillis = 400;
  liar.observed = Stamp::atMillis(9e12);

  EXPECT_EQ(stampFor(space, liar, 1'000), Stamp::atMillis(1'000));
}

TEST_F(AuthorityTest, stamps_never_go_back_with_the_clock) {
  space.fold(authority.decide(space, op(1, "cart"), Grants(), 1'000));
  Op next = op(2, "cart");
  next.createdMillis = 10;

  const Record record = authority.decide(space, next, Grants(), 10);

  EXPECT_GT(record.stamp, space.find("cart")->stamp);
}

TEST_F(AuthorityTest, an_op_that_writes_a_key_twice_is_refused_as_a_whole) {
  Op twice = op(1, "cart");
  twice.changes.push_back(op(1, "theme").changes.front());
  twice.changes.push_back(twice.changes.front());

  const Record record = authority.decide(space, twice, Grants(), 1'000);
  space.fold(record);

  EXPECT_EQ(record.decision, ErrorCode::malformed);
  EXPECT_FALSE(space.find("theme")->isWritten());
}

TEST_F(AuthorityTest, an_op_with_more_changes_than_a_frame_should_hold_is_too_large) {
  Op large = op(1, "cart");
  large.changes.assign(kBatchChangesMax + 1, large.changes.front());

  EXPECT_EQ(authority.admit(space, large, Grants()), ErrorCode::tooLarge);
}

TEST_F(AuthorityTest, a_merge_takes_fields_only) {
  Definition profile = shared;
  profile.strategy = StrategyKind::merge;
  definitions.learn(profile);

  EXPECT_EQ(authority.admit(space, op(1, "profile", fingerprintOf(profile)), Grants()),
            ErrorCode::malformed);
}

TEST_F(AuthorityTest, it_goes_by_the_grants_that_its_caller_gives_and_not_by_what_the_op_claims) {
  const Contract contract{.version = "", .schema = "",
                          .permissions = R"({"write":["unit:cart","role:staff"]})"};
  Op write = op(1, "stock");  // By the unit "cart".
  write.changes.front().definition = definitions.learn(shared, contract);

  EXPECT_EQ(authority.admit(space, write, Grants("", "role:guest")), ErrorCode::forbidden);
  EXPECT_EQ(authority.admit(space, write, Grants("", "role:staff")), ErrorCode::ok);
  EXPECT_EQ(authority.admit(space, write, Grants("cart", "")), ErrorCode::ok);
}

TEST_F(AuthorityTest, what_a_log_had_decided_may_be_brought_back_by_anybody) {
  const Contract contract{.version = "", .schema = "", .permissions = R"({"write":[]})"};
  Op write = op(1, "stock");
  write.changes.front().definition = definitions.learn(shared, contract);
  EXPECT_EQ(authority.admit(space, write, Grants()), ErrorCode::forbidden);

  write.changes.front().kind = ChangeKind::fill;

  EXPECT_EQ(authority.admit(space, write, Grants()), ErrorCode::ok);
}

}  // namespace
}  // namespace danji
