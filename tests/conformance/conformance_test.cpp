// The conformance cases, natively: every file in cases/ runs against Engine itself and has to end
// with the bytes that are recorded in it. conformance.test.js runs them through the three builds.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/errors.h"
#include "tests/conformance/case_world.h"

namespace danji::conformance {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(DANJI_SOURCE_FOLDER) / "tests" / "conformance";

std::vector<std::string> caseNames() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(kFolder / "cases")) {
    if (file.path().extension() == ".json") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Json readJson(const fs::path& path) {
  std::ifstream file(path);
  return Json::parse(file);
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, EndsAsRecorded) {
  const Json content = readJson(kFolder / "cases" / (GetParam() + ".json"));
  SCOPED_TRACE(content["name"].get<std::string>());
  CaseWorld world;
  ASSERT_EQ(world.run(content["steps"]), "");
  EXPECT_EQ(world.finalState().dump(1), content["final"].dump(1));
}

INSTANTIATE_TEST_SUITE_P(Cases, Conformance, testing::ValuesIn(caseNames()),
                         [](const auto& name) { return name.param; });

TEST(ConformanceCases, ThereAreAtLeastSixty) { EXPECT_GE(caseNames().size(), 60u); }

TEST(ErrorCodes, AreTheOnesThatAreWrittenDown) {
  const Json listed = readJson(kFolder / "error_codes.json");
  ASSERT_EQ(listed.size(), std::size_t{kErrorCodeLast} + 1);
  for (std::size_t place = 0; place < listed.size(); ++place) {
    EXPECT_EQ(listed[place]["code"], place);
    EXPECT_EQ(listed[place]["name"], errorName(static_cast<ErrorCode>(place)));
  }
}

}  // namespace
}  // namespace danji::conformance
