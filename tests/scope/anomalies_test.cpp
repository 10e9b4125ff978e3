// The anomalies that have names (tests/scope/anomalies), each as a schedule that says what has to be
// seen. Each is red without the rule that keeps it away.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "core/base/mutation.h"
#include "tests/scope/schedule.h"

namespace danji::scope {
namespace {

using mutation::Rule;

const std::string kFolder = std::string(DANJI_SOURCE_FOLDER) + "/tests/scope/anomalies/";

// By name: the rules without which it happens.
const std::map<std::string, std::vector<Rule>> kRulesOf = {
    {"lost-update", {Rule::expectationChecked}},
    {"dirty-read", {Rule::firstStands}},
    {"fuzzy-read", {Rule::expectationChecked, Rule::batchIsWhole}},
    {"write-skew", {Rule::expectationChecked}},
    {"resurrected-delete", {Rule::incarnationChecked}},
    {"zombie-field", {Rule::incarnationChecked}},
    {"double-count", {Rule::opDecidedOnce, Rule::recordsFoldedOnce}},
    {"stolen-first", {Rule::furthestAdopted, Rule::firstStands}},
    {"sibling-explosion", {Rule::seenReplaced}},
    {"reordered-batch", {Rule::opsInOrder}},
    {"half-visible-batch", {Rule::batchIsWhole}},
    {"cursor-without-effect", {Rule::durableBeforeTold}},
    {"effect-without-cursor", {Rule::recordsFoldedOnce}},
};

std::string playFile(const std::string& name) {
  std::ifstream in(kFolder + name + ".txt");
  std::ostringstream text;
  text << in.rdbuf();
  std::string error;
  const auto schedule = readSchedule(text.str(), error);
  return schedule ? play(*schedule) : "can't be read: " + error;
}

TEST(Anomalies, none_of_those_that_have_names_happens) {
  for (const auto& [name, rules] : kRulesOf) EXPECT_EQ(playFile(name), "") << name;
}

TEST(Anomalies, every_file_is_one_of_them) {
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    files.insert(file.path().stem().string());
  }
  std::set<std::string> names;
  for (const auto& [name, rules] : kRulesOf) names.insert(name);

  EXPECT_EQ(files, names);
}

#ifdef DANJI_MUTATIONS

TEST(Anomalies, each_happens_without_its_rule) {
  for (const auto& [name, rules] : kRulesOf) {
    for (const Rule rule : rules) {
      mutation::removed = rule;
      const std::string fault = playFile(name);
      mutation::removed = Rule::none;

      EXPECT_NE(fault, "") << name << " without rule " << static_cast<int>(rule);
      EXPECT_EQ(fault.find("can't"), std::string::npos) << fault;
    }
  }
}

#endif

TEST(SmallSchedule, a_line_that_means_nothing_is_named) {
  for (const char* line :
       {"pages", "pages 9", "pages 2 and a cat", "key a", "key a best", "0 writes", "0 writes set b 1",
        "0 writes set a", "0 writes set a 1 2", "0 hears 0", "0 hears 5", "0 is told ok of 0",
        "locks crashes", "0 crashes keeping 1", "0 syncs", "all hears 1", "rest"}) {
    std::string error;
    const std::string text = std::string("pages 2\nkey a sum\n") + line + "\n";

    EXPECT_FALSE(readSchedule(text, error)) << line;
    EXPECT_NE(error.find("line 3 "), std::string::npos) << line << ": " << error;
  }
}

TEST(SmallSchedule, what_is_not_as_a_line_says_is_told_with_the_line) {
  std::string error;
  const std::string head = "pages 2\nkey a sum\n0 writes add a 1\n";
  const auto faultOf = [&](const std::string& lines) {
    const auto schedule = readSchedule(head + lines, error);
    return schedule ? play(*schedule) : error;
  };

  EXPECT_EQ(faultOf("0 has a 1\n1 has a nothing\nall arrives\nall show a 1\n"), "");
  EXPECT_EQ(faultOf("1 has a 1\n"), "line 4: 1 has a 1: on page 1 it is nothing");
  EXPECT_EQ(faultOf("0 is told CONFLICT of 1\n"),
            "line 4: 0 is told CONFLICT of 1: on page 0 it is ok");
  EXPECT_EQ(faultOf("0 hears 1\n"), "line 4: 0 hears 1: that can't happen now");
  EXPECT_EQ(faultOf("1 misses 0\n1 hears 0\n"), "line 5: 1 hears 0: that can't happen now");
}

}  // namespace
}  // namespace danji::scope
