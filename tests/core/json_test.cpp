// The JSON checker accepts what a parser accepts, and nothing else.
//
// nlohmann::json is the other opinion. It knows no nesting limit and refuses a number that no
// double can hold, which the grammar allows; the generator makes none of either.

#include "core/value/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

std::string anyText(RandomInput& random, int depth) {
  static const std::vector<std::string> leaves = {
      "0",      "-1",         "3.25",     "1e9",        "-0.5E-3",        "true",
      "false",  "null",       "\"\"",     "\"Ada\"",    "\"\\u00e9\\n\"", "\"\xC3\xA9\"",
      "\"\\uD83D\\uDE00\"", "\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\"", "127"};
  if (depth == 0 || random.oneIn(3)) return random.oneOf(leaves);
  const std::string space = random.oneIn(4) ? " \n" : "";
  const bool isObject = random.oneIn(2);
  std::string text = isObject ? "{" : "[";
  const std::uint64_t count = random.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) text += "," + space;
    if (isObject) text += "\"key" + std::to_string(i) + "\"" + space + ":";
    text += anyText(random, depth - 1);
  }
  return text + space + (isObject ? "}" : "]");
}

TEST(Json, every_kind_of_value_is_accepted) {
  for (const char* text : {"0", "-0", "1.5", "1e5", "true", "false", "null", "\"\"", "{}", "[]",
                           " [1, {\"a\": [null]}] ", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""}) {
    EXPECT_TRUE(isJson(text, 32)) << text;
  }
}

TEST(Json, what_is_nearly_json_is_refused) {
  for (const char* text :
       {"", " ", "01", "1.", ".5", "+1", "1e", "nul", "truE", "'a'", "\"", "\"\\x\"", "\"\\u12g4\"",
        "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[", "]", "[}",
        "{\"a\":1]", "1 2", "NaN", "Infinity", "\"a\nb\"", "\"\t\"", "undefined", "[1]x"}) {
    EXPECT_FALSE(isJson(text, 32)) << text;
  }
}

TEST(Json, lone_surrogates_are_refused_however_they_are_spelt) {
  for (const char* text : {"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"",
                           "\"\xED\xA0\x80\""}) {
    EXPECT_FALSE(isJson(text, 32)) << text;
  }
  EXPECT_TRUE(isJson("\"\\ud83d\\ude00\"", 32));
}

TEST(Json, ill_formed_utf8_is_refused) {
  for (const char* text : {"\"\xC0\x80\"", "\"\xFF\"", "\"\xE2\x82\"", "\"\xF4\x90\x80\x80\"",
                           "\"\x80\"", "\"\xE0\x80\x80\""}) {
    EXPECT_FALSE(isJson(text, 32));
    EXPECT_FALSE(isUtf8(std::string_view(text).substr(1, 2)));
  }
  EXPECT_TRUE(isUtf8("단지"));
}

TEST(Json, nesting_ends_where_the_limit_says) {
  EXPECT_TRUE(isJson(nested(32), 32));
  EXPECT_FALSE(isJson(nested(33), 32));
  EXPECT_FALSE(isJson(nested(100'000), 32));
}

TEST(JsonLaws, a_valid_text_is_accepted_and_a_mutated_one_is_judged_as_the_parser_judges_it) {
  RandomInput random;
  SCOPED_TRACE(random.trace());
  static const std::string bytes = "{}[]\",:0-.e\\ut \n\x80\xC3\xED";

  for (int round = 0; round < 20'000; ++round) {
    std::string text = anyText(random, 4);
    ASSERT_TRUE(isJson(text, 32)) << text;
    const std::uint64_t mutations = 1 + random.below(2);
    for (std::uint64_t i = 0; i < mutations && !text.empty(); ++i) {
      const std::size_t place = random.below(text.size());
      if (random.oneIn(2)) {
        text[place] = bytes[random.below(bytes.size())];
      } else {
        text.erase(place, 1);
      }
    }
    const auto parsed = nlohmann::json::parse(text, nullptr, false);
    EXPECT_EQ(isJson(text, 64), !parsed.is_discarded()) << text;
  }
}

}  // namespace
}  // namespace danji
