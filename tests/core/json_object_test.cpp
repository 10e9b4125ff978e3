// What the core reads out of JSON text is what a parser reads out of it.

#include "core/value/json_object.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace danji {
namespace {

TEST(JsonObject, a_string_says_what_a_parser_says_however_it_is_spelt) {
  for (const char* json :
       {R"("")", R"("Ada")", R"("\"\\\/\b\f\n\r\t")", R"("\u0041\u00e9\u20AC\u20ac")",
        R"("\ud83d\uDE00")", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"", R"("\ud7ff\ue000")"}) {
    EXPECT_EQ(textOfJsonString(json), nlohmann::json::parse(json).get<std::string>()) << json;
  }
}

TEST(JsonObject, a_text_becomes_a_string_that_says_the_same) {
  for (const std::string text : {"", "Ada", "\"\\\b\f\n\r\t\x01\x1f/", "\xC3\xA9\xF0\x9F\x98\x80"}) {
    const std::string json = jsonStringOf(text);

    EXPECT_EQ(textOfJsonString(json), text) << json;
    EXPECT_EQ(nlohmann::json::parse(json).get<std::string>(), text) << json;
  }
}

TEST(JsonObject, of_a_member_that_occurs_twice_the_last_counts) {
  const std::vector<JsonMember> members = membersOf(R"({"tea":1,"rice":2,"\u0074ea":3})");

  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].key, "rice");
  EXPECT_EQ(members[1].key, "tea");
  EXPECT_EQ(members[1].value, "3");
}

TEST(JsonObject, members_keep_their_order_and_lose_the_spaces_around_them) {
  const std::vector<JsonMember> members =
      membersOf(" { \"items\" : [ 1, {\"}\": \"]\"} ] ,\n\"note\":\"a\\\",b\" } ");

  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].value, "[ 1, {\"}\": \"]\"} ]");
  EXPECT_EQ(members[1].value, "\"a\\\",b\"");
}

TEST(JsonObject, texts_are_the_same_but_for_spaces_and_the_order_of_members) {
  EXPECT_TRUE(isSameJson(R"({"a":1,"b":[1,2]})", R"({ "b": [1, 2], "a": 1 })"));
  EXPECT_FALSE(isSameJson(R"({"a":1})", R"({"a":1,"b":1})"));
  EXPECT_FALSE(isSameJson(R"([1,2])", R"([2,1])"));
  EXPECT_FALSE(isSameJson(R"({"a":1})", R"({"a":"1"})"));
}

}  // namespace
}  // namespace danji
