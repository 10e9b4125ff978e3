// A seed's world can be written down, played again and made shorter.

#include "tests/sim/schedule.h"

#include <gtest/gtest.h>

#include "tests/sim/shrink.h"
#include "tests/sim/world.h"

namespace danji::sim {
namespace {

TEST(Schedule, a_seed_is_the_list_of_its_steps) {
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    Report report;
    World drawn(seed, report);
    ASSERT_EQ(drawn.run(60), "");

    std::string error;
    const auto schedule = readSchedule(textOf(drawn.schedule()), error);
    ASSERT_TRUE(schedule) << error;
    World listed(seed, report);
    EXPECT_EQ(listed.play(*schedule), "");
    EXPECT_EQ(listed.digest(), drawn.digest()) << seed;
  }
}

TEST(Schedule, a_list_without_some_steps_and_faults_is_a_world_of_its_own) {
  Report report;
  World drawn(7, report);
  ASSERT_EQ(drawn.run(60), "");
  Schedule schedule = drawn.schedule();
  schedule.steps.erase(schedule.steps.begin() + 10, schedule.steps.begin() + 40);
  Dice dice(7);
  schedule.without = faultsOf(Scene::draw(dice));

  World once(7, report);
  World again(7, report);
  EXPECT_EQ(once.play(schedule), "");
  EXPECT_EQ(again.play(schedule), "");
  EXPECT_EQ(once.digest(), again.digest());
  EXPECT_NE(once.digest(), drawn.digest());
}

TEST(Schedule, a_line_that_means_nothing_is_named) {
  for (const char* line : {"seed x", "at 5", "at 5 wait", "at 5 wait 1 2", "without peace", "heals 5", "rest"}) {
    std::string error;
    EXPECT_FALSE(readSchedule(std::string("seed 3\n\n# why\n") + line, error)) << line;
    EXPECT_EQ(error, std::string("line 4 can't be read: ") + line);
  }
}

TEST(Schedule, what_a_failure_needs_is_left_and_nothing_else) {
  Schedule all{.seed = 5, .without = {}, .steps = {}};
  for (std::uint64_t place = 1; place <= 200; ++place) all.steps.push_back({place, 1, ""});
  const auto has = [](const Schedule& schedule, std::uint64_t place) {
    return std::any_of(schedule.steps.begin(), schedule.steps.end(),
                       [&](const Step& step) { return step.draw == place; });
  };

  const Schedule least = shrunk(all, [&](const Schedule& schedule) {
    return has(schedule, 3) && has(schedule, 77) && has(schedule, 78) && has(schedule, 200);
  });
  EXPECT_EQ(least.steps.size(), 4u);
  Dice dice(5);
  EXPECT_EQ(least.without.size(), faultsOf(Scene::draw(dice)).size());
}

TEST(Schedule, two_failures_of_one_rule_are_of_one_kind) {
  EXPECT_EQ(kindOf("tab 5: 'tally.ada-5' is 8.000000 after 7.000000 additions"),
            kindOf("tab 3: 'tally.ada-3' is 3.000000 after 2.000000 additions"));
  EXPECT_NE(kindOf("tab 5: believes in another leader"), kindOf("tab 5: 2 own writes without an answer"));
}

}  // namespace
}  // namespace danji::sim
