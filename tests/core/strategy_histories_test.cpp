// Random histories of one key under each strategy: several authors with old views, writes that
// waited, snapshots brought back. What stands at the end is what an independent reading of the
// log says, and a replica that joins anywhere ends equal.
//
//   DANJI_SEED=123 ctest -R StrategyHistories

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/base/limits.h"
#include "core/value/json_object.h"
#include "tests/core/strategy_world.h"

namespace danji {
namespace {

using testing_input::RandomInput;
using testing_input::StrategyWorld;

constexpr int kHistories = 1'500;
constexpr std::size_t kSteps = 24;

Value anyText(RandomInput& random) {
  std::string text = "{";
  for (const char* name : {"a", "b", "c"}) {
    if (random.oneIn(3)) continue;
    if (text.size() > 1) text += ",";
    text += "\"" + std::string(name) + "\":";
    text += random.oneIn(4) ? "{\"x\":" + std::to_string(random.below(3)) + "}"
                            : std::to_string(random.below(4));
  }
  return Value::json(text + "}");
}

Value anyValueFor(StrategyKind strategy, RandomInput& random) {
  if (strategy == StrategyKind::merge && !random.oneIn(8)) return anyText(random);
  return Value::number(static_cast<double>(random.below(7)));
}

// Plays a history; every author looks now and then.
void play(StrategyWorld& world, StrategyKind strategy, RandomInput& random, bool withResets) {
  for (std::size_t step = 0; step < kSteps; ++step) {
    const std::size_t author = random.below(3);
    const double age = random.oneIn(3) ? static_cast<double>(random.below(30)) : 0;
    switch (random.below(withResets ? 8 : 6)) {
      case 0:
        world.look(author);
        break;
      case 1:
        world.write(author, Intent::Kind::unset, Value(), age);
        break;
      case 6:
        world.write(author, Intent::Kind::reset, anyValueFor(strategy, random), age);
        break;
      case 7: {
        std::vector<OpId> seen;
        for (const Part& part : world.viewOf(author).parts) seen.push_back(part.id);
        if (strategy == StrategyKind::userResolve && !seen.empty()) {
          world.decide(author, choose(anyValueFor(strategy, random), seen), age);
        }
        break;
      }
      default:
        world.write(author, Intent::Kind::set, anyValueFor(strategy, random), age);
    }
  }
}

class StrategyHistories : public testing::TestWithParam<StrategyKind> {};

std::string parametersFor(StrategyKind strategy, RandomInput& random) {
  if (strategy == StrategyKind::merge) {
    return random.oneOf<std::string>(
        {"", "{\"merge\":{\"depth\":\"deep\"}}", "{\"merge\":{\"base\":{\"a\":0,\"b\":{\"x\":1}}}}",
         "{\"merge\":{\"depth\":\"deep\",\"base\":{\"a\":0,\"b\":{\"x\":1,\"y\":2}}}}"});
  }
  if (strategy == StrategyKind::sum && random.oneIn(2)) {
    return "{\"sum\":{\"base\":3,\"min\":0,\"max\":9,\"digits\":0}}";
  }
  return "";
}

TEST_P(StrategyHistories, a_replica_that_joins_anywhere_ends_equal) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(GetParam(), parametersFor(GetParam(), random));
    play(world, GetParam(), random, true);

    ASSERT_EQ(world.digestOfLateJoiner(random.below(world.log().size() + 1)), world.digest());
  }
}

TEST_P(StrategyHistories, whoever_sees_the_present_gets_exactly_what_it_writes) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(GetParam(), parametersFor(GetParam(), random));
    play(world, GetParam(), random, true);
    world.look(0);
    const Value value = anyValueFor(GetParam(), random);
    const Value before = world.entry().value;

    const std::optional<ErrorCode> decision = world.set(0, value);

    if (GetParam() == StrategyKind::firstWriteWins && before.isSet()) {
      ASSERT_EQ(decision, ErrorCode::conflict);
      continue;
    }
    ASSERT_EQ(decision, ErrorCode::ok);
    ASSERT_EQ(world.entry().value, shownAfter(*world.known(), value));
    ASSERT_LE(world.entry().parts.size(), kFieldsMax);
  }
}

TEST_P(StrategyHistories, what_is_refused_changes_nothing_but_the_place_in_the_log) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(GetParam(), parametersFor(GetParam(), random));
    play(world, GetParam(), random, true);
    const Entry before = world.entry();
    const std::optional<ErrorCode> decision =
        world.set(random.below(3), anyValueFor(GetParam(), random));
    if (!decision || *decision == ErrorCode::ok) continue;

    const Entry& now = world.entry();
    ASSERT_EQ(now.value, before.value);
    ASSERT_EQ(now.version, before.version);
    ASSERT_EQ(now.parts.size(), before.parts.size());
  }
}

INSTANTIATE_TEST_SUITE_P(All, StrategyHistories,
                         testing::Values(StrategyKind::lastWriteWins, StrategyKind::firstWriteWins,
                                         StrategyKind::merge, StrategyKind::sum,
                                         StrategyKind::userResolve, StrategyKind::custom));

// ---- Oracles: the log read again, by other code

struct Written {
  const Change* change;
  std::uint64_t index;
  Stamp stamp;
  OpId id;
};

std::vector<Written> acceptedWrites(const std::vector<Record>& log) {
  std::vector<Written> writes;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (!log[i].accepted()) continue;
    for (const Change& change : log[i].op.changes) {
      if (change.kind == ChangeKind::define) continue;
      writes.push_back({&change, i + 1, log[i].stamp, log[i].op.id});
    }
  }
  return writes;
}

TEST(StrategyOracle, last_write_wins_is_the_greatest_stamp_then_the_last_index) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(StrategyKind::lastWriteWins);
    play(world, StrategyKind::lastWriteWins, random, false);
    const Written* best = nullptr;
    const std::vector<Written> writes = acceptedWrites(world.log());
    for (const Written& write : writes) {
      if (best == nullptr || !(write.stamp < best->stamp)) best = &write;
    }

    if (best == nullptr) continue;
    ASSERT_EQ(world.entry().value, best->change->value);
    ASSERT_EQ(world.entry().version, best->index);
  }
}

TEST(StrategyOracle, first_write_wins_is_the_first_since_the_last_clearing) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(StrategyKind::firstWriteWins);
    play(world, StrategyKind::firstWriteWins, random, false);
    Value expected;
    for (const Written& write : acceptedWrites(world.log())) {
      // Two accepted sets without a clearing in between would be two firsts.
      if (write.change->kind == ChangeKind::set) {
        ASSERT_FALSE(expected.isSet());
      }
      expected = write.change->value;
    }

    ASSERT_EQ(world.entry().value, expected);
  }
}

TEST(StrategyOracle, sum_is_its_default_plus_what_was_added_since_the_last_deletion) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(StrategyKind::sum, "{\"sum\":{\"base\":3,\"min\":0,\"max\":9}}");
    play(world, StrategyKind::sum, random, false);
    std::optional<double> expected;
    for (const Written& write : acceptedWrites(world.log())) {
      if (write.change->kind == ChangeKind::unset) {
        expected.reset();
      } else {
        expected = expected.value_or(3) + write.change->value.number();
        ASSERT_GE(*expected, 0);
        ASSERT_LE(*expected, 9);
      }
    }

    ASSERT_EQ(world.entry().value, expected ? Value::number(*expected) : Value());
  }
}

TEST(StrategyOracle, merge_is_for_each_field_its_last_write_since_the_last_deletion) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(StrategyKind::merge);
    // Objects only: of a value that is no object there are no fields to read.
    for (std::size_t step = 0; step < kSteps; ++step) {
      const std::size_t author = random.below(3);
      const double age = random.oneIn(3) ? static_cast<double>(random.below(30)) : 0;
      if (random.oneIn(5)) world.look(author);
      if (random.oneIn(12)) {
        world.write(author, Intent::Kind::unset, Value(), age);
      } else {
        Value value = anyText(random);
        if (!isEmptyJsonObject(value.text())) {
          world.write(author, Intent::Kind::set, value, age);
        }
      }
    }

    struct Best {
      Stamp stamp;
      std::string json;
    };
    std::map<std::string, Best> fields;
    bool isWritten = false;
    Stamp newest;
    for (const Written& write : acceptedWrites(world.log())) {
      if (write.change->kind == ChangeKind::unset) {
        if (write.stamp < newest) continue;
        fields.clear();
        isWritten = false;
      }
      for (const FieldChange& field : write.change->fields) {
        Best& best = fields[field.path];
        if (write.stamp < best.stamp) continue;
        best = {write.stamp, field.value.text()};
        newest = std::max(newest, write.stamp);
        isWritten = true;
      }
      if (write.change->kind == ChangeKind::unset) newest = std::max(newest, write.stamp);
    }
    std::string expected = "{";
    for (const auto& [path, best] : fields) {
      if (best.json.empty()) continue;
      if (expected.size() > 1) expected += ",";
      expected += "\"" + path.substr(1) + "\":" + best.json;
    }
    ASSERT_EQ(world.entry().value, isWritten ? Value::json(expected + "}") : Value());
  }
}

TEST(StrategyOracle, user_resolve_keeps_what_nobody_who_saw_it_wrote_over) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(StrategyKind::userResolve);
    play(world, StrategyKind::userResolve, random, true);
    struct Kept {
      OpId id;
      Value value;
    };
    std::vector<Kept> kept;
    for (const Written& write : acceptedWrites(world.log())) {
      if (write.change->kind == ChangeKind::reset) kept.clear();
      std::erase_if(kept, [&](const Kept& one) {
        const std::vector<OpId>& observed = write.change->observed;
        return std::find(observed.begin(), observed.end(), one.id) != observed.end();
      });
      const bool isKnown = std::any_of(kept.begin(), kept.end(), [&](const Kept& one) {
        return one.value == write.change->value;
      });
      if (!isKnown) kept.push_back({write.id, write.change->value});
    }

    ASSERT_EQ(world.entry().parts.size(), kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      ASSERT_EQ(world.entry().parts[i].id, kept[i].id);
      ASSERT_EQ(world.entry().parts[i].value, kept[i].value);
    }
  }
}

TEST(StrategyOracle, custom_results_form_one_chain) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < kHistories; ++round) {
    StrategyWorld world(StrategyKind::custom);
    play(world, StrategyKind::custom, random, false);
    OpId last;
    for (const Written& write : acceptedWrites(world.log())) {
      ASSERT_EQ(write.change->expected, last);
      last = write.id;
    }
  }
}

// A stranger's change, admitted or not, leaves an entry that its strategy can stand.
TEST(StrategyOracle, no_change_breaks_an_entry) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 4 * kHistories; ++round) {
    const auto strategy = static_cast<StrategyKind>(
        random.below(static_cast<std::uint64_t>(kStrategyLast) + 1));
    StrategyWorld world(strategy, parametersFor(strategy, random));
    play(world, strategy, random, true);
    Entry entry = world.entry();
    if (!entry.isDefined()) continue;
    for (int i = 0; i < 4; ++i) {
      Change change{.kind = static_cast<ChangeKind>(
                        1 + random.below(static_cast<std::uint64_t>(kChangeLast))),
                    .value = anyValueFor(strategy, random),
                    .incarnation = random.below(3)};
      if (change.kind == ChangeKind::unset) change.value = Value();
      for (std::uint64_t n = random.below(3); n > 0; --n) {
        change.fields.push_back({random.oneIn(3) ? "" : "/a/b", Value::json("{}")});
        change.observed.push_back({.session = static_cast<NameId>(random.below(3)),
                                   .sequence = 1 + random.below(kSteps)});
      }
      foldChange(entry, change, {.index = 1'000 + static_cast<std::uint64_t>(i),
                                 .stamp = {random.any() >> 2},
                                 .id = {.session = 0, .sequence = 1'000},
                                 .unit = 0});
    }
    if (strategy == StrategyKind::sum && entry.value.isSet()) {
      ASSERT_EQ(entry.value.kind(), Value::Kind::number);
      ASSERT_LE(entry.value.number(), static_cast<double>(entry.known->rules.sum.max));
      ASSERT_GE(entry.value.number(), static_cast<double>(entry.known->rules.sum.min));
    }
    if (keepsParts(strategy)) {
      ASSERT_EQ(entry.value, shownBy(strategy, entry.parts, entry.known->rules));
      ASSERT_TRUE(std::is_sorted(entry.parts.begin(), entry.parts.end(), comesBefore));
    }
  }
}

}  // namespace
}  // namespace danji
