// The sanitizers watch the core, also what tests call of its headers: see tests/CMakeLists.txt.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/entry/entry.h"
#include "core/value/json.h"

#ifdef DANJI_SANITIZE

namespace danji {
namespace {

TEST(SanitizerDeathTest, reading_beyond_the_end_of_a_text_ends_the_process) {
  const auto text = std::make_unique<char[]>(2);
  text[0] = text[1] = '1';

  EXPECT_DEATH(isJson({text.get(), 3}, 1), "heap-buffer-overflow");
}

TEST(SanitizerDeathTest, what_is_inline_in_the_core_is_watched_where_a_test_calls_it) {
  auto entry = std::make_unique<Entry>();
  const Entry* gone = entry.get();
  entry.reset();

  EXPECT_DEATH({ Entry copy(*gone); }, "heap-use-after-free");
}

}  // namespace
}  // namespace danji

#endif
