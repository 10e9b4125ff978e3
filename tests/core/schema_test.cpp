// Schemas: which texts are one, what fits them, and what is said of what doesn't.

#include "core/schema/schema.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace danji {
namespace {

Value valueOf(const std::string& json) {
  if (json == "null") return Value::null();
  if (json == "true" || json == "false") return Value::boolean(json == "true");
  const char first = json.front();
  if (first == '{' || first == '[' || first == '"') return Value::json(json);
  return Value::number(std::stod(json));
}

// "ok", or "path: sentence".
std::string check(const std::string& schema, const std::string& json) {
  const Result<Schema> parsed = Schema::parse(schema);
  if (!parsed.ok()) return parsed.error().detail;
  const std::optional<Mismatch> found = parsed.value().check(valueOf(json));
  return found ? found->path + ": " + found->sentence() : "ok";
}

std::string refusalOf(const std::string& schema) {
  const Result<Schema> parsed = Schema::parse(schema);
  return parsed.ok() ? "ok" : parsed.error().detail;
}

const char* const kOrder =
    R"({"type":"object","required":["status"],"properties":{
        "status":{"type":"string","enum":["ongoing","done"]},
        "lines":{"type":"array","maxItems":2,"items":{"type":"object","required":["sku"],
          "properties":{"sku":{"type":"string","minLength":1,"maxLength":5},
                        "pieces":{"type":"integer","minimum":1,"maximum":99}}}},
        "note":{"type":["string","null"]}}})";

TEST(Schema, says_where_a_value_differs_and_how) {
  EXPECT_EQ(check(kOrder, R"({"status":"done","lines":[{"sku":"tea","pieces":2}],"note":null})"),
            "ok");
  EXPECT_EQ(check(kOrder, "7"), ": expected the type object, found 7");
  EXPECT_EQ(check(kOrder, "{}"), "/status: expected a value, found nothing");
  EXPECT_EQ(check(kOrder, R"({"status":"lost"})"),
            R"(/status: expected one of "ongoing", "done", found "lost")");
  EXPECT_EQ(check(kOrder, R"({"status":"done","lines":[{"sku":"tea"},{"sku":""}]})"),
            "/lines/1/sku: expected at least 1 characters, found 0");
  EXPECT_EQ(check(kOrder, R"({"status":"done","lines":[{"sku":"tea","pieces":1.5}]})"),
            "/lines/0/pieces: expected the type integer, found 1.5");
  EXPECT_EQ(check(kOrder, R"({"status":"done","lines":[{"sku":"tea","pieces":100}]})"),
            "/lines/0/pieces: expected at most 99, found 100");
  EXPECT_EQ(check(kOrder, R"({"status":"done","lines":[1,2,3]})"),
            "/lines: expected at most 2 items, found 3");
  EXPECT_EQ(check(kOrder, R"({"status":"done","note":[]})"),
            "/note: expected the type string or null, found a list");
}

TEST(Schema, does_not_repeat_a_long_text) {
  const std::string text = "\"" + std::string(1'000, 'x') + "\"";
  EXPECT_EQ(check("{\"type\":\"number\"}", text), ": expected the type number, found a long string");
}

TEST(Schema, may_be_of_a_value_that_is_no_object) {
  EXPECT_EQ(check(R"({"type":"number","minimum":0.1})", "0.1"), "ok");
  EXPECT_EQ(check(R"({"type":"number","minimum":0.1})", "0.09"),
            ": expected at least 0.1, found a number with a fraction");
  EXPECT_EQ(check(R"({"type":"integer"})", "3"), "ok");
  EXPECT_EQ(check(R"({"type":"integer"})", "3.5"),
            ": expected the type integer, found a number with a fraction");
  EXPECT_EQ(check(R"({"enum":[1,"a",null,{"b":[2]}]})", "1"), "ok");
  EXPECT_EQ(check(R"({"enum":[1,"a",null,{"b":[2]}]})", R"({"b":[2]})"), "ok");
  EXPECT_EQ(check(R"({"enum":[1,"a",null,{"b":[2]}]})", "null"), "ok");
  EXPECT_EQ(check(R"({"enum":[1,"a"]})", "true"), R"(: expected one of 1, "a", found true)");
  EXPECT_EQ(check("{}", "7"), "ok");
}

TEST(Schema, what_is_not_named_may_be_there_unless_it_says_otherwise) {
  EXPECT_EQ(check(R"({"properties":{"a":{}}})", R"({"b":1})"), "ok");
  EXPECT_EQ(check(R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b/c":1})"),
            "/b~1c: expected nothing, found 1");
  EXPECT_EQ(check(R"({"additionalProperties":{"type":"integer"}})", R"({"tea":1,"rice":"x"})"),
            R"(/rice: expected the type integer, found "x")");
}

TEST(Schema, numbers_are_the_same_however_they_are_spelled) {
  const char* const schema = R"({"items":{"type":"integer","enum":[100],"minimum":100}})";

  EXPECT_EQ(check(schema, "[100,1e2,100.0,1000e-1]"), "ok");
  EXPECT_EQ(check(schema, "[100.5]"), "/0: expected the type integer, found 100.5");
  EXPECT_EQ(check(R"({"items":{"maximum":-0.3}})", "[-0.30,-1e9,-1e999999999999]"), "ok");
  EXPECT_EQ(check(R"({"items":{"maximum":-0.3}})", "[0]"), "/0: expected at most -0.3, found 0");
  EXPECT_EQ(check(R"({"items":{"minimum":0}})", "[-0.0,0e5]"), "ok");
}

TEST(Schema, strings_are_measured_in_code_points) {
  EXPECT_EQ(check(R"({"maxLength":2})", "\"\\ud83d\\ude00é\""), "ok");
  EXPECT_EQ(check(R"({"maxLength":2})", "\"abc\""), ": expected at most 2 characters, found 3");
  EXPECT_EQ(check(R"({"enum":["A"]})", "\"\\u0041\""), "ok");
}

TEST(Schema, of_a_name_that_stands_there_twice_the_last_counts) {
  EXPECT_EQ(check(R"({"properties":{"a":{"type":"string"}}})", R"({"a":1,"a":"x"})"), "ok");
}

TEST(Schema, what_is_not_known_is_refused_with_its_place) {
  EXPECT_EQ(refusalOf(R"({"properties":{"a":{"tpye":"string"}}})"),
            "in the schema '/properties/a' has the unknown word 'tpye'");
  EXPECT_EQ(refusalOf(R"({"type":"string","minimum":1})"),
            "in the schema the whole has 'minimum', which says nothing about its type");
  EXPECT_EQ(refusalOf(R"({"items":{"type":"text"}})"),
            "in the schema '/items' has an unknown type");
  EXPECT_EQ(refusalOf("[1"), "a schema that is not JSON");
}

TEST(Schema, what_makes_no_sense_is_refused) {
  for (const char* bad :
       {"7", R"({"type":[]})", R"({"type":7})", R"({"enum":[]})", R"({"enum":"a"})",
        R"({"type":"string","enum":[1]})", R"({"enum":[0.12345678901234567890]})",
        R"({"minimum":"1"})", R"({"minimum":2,"maximum":1})", R"({"minLength":-1})",
        R"({"minLength":1.5})", R"({"minLength":3,"maxLength":2})", R"({"minItems":1e3})",
        R"({"minItems":2,"maxItems":1})", R"({"properties":[]})", R"({"properties":{"a":1}})",
        R"({"required":"a"})", R"({"required":[1]})", R"({"additionalProperties":1})",
        R"({"items":[{}]})", R"({"maximum":12345678901234567890})"}) {
    EXPECT_NE(refusalOf(bad), "ok") << bad;
  }
  EXPECT_NE(refusalOf("{\"properties\":{\"" + std::string(kContractBytesMax, 'a') + "\":{}}}"),
            "ok");
}

TEST(Schema, nests_no_deeper_than_values_do) {
  std::string schema = "{\"type\":\"number\"}";
  std::string json = "1";
  for (std::size_t depth = 0; depth < kNestingMax; ++depth) {
    schema = "{\"items\":" + schema + "}";
    json = "[" + json + "]";
  }

  EXPECT_EQ(check(schema, json), "ok");
}

TEST(Decimal, tells_the_double_where_that_is_exact) {
  const auto exactly = [](const char* json) { return Decimal::of(json).exactly(); };

  EXPECT_EQ(exactly("0.1"), 0.1);
  EXPECT_EQ(exactly("-99.99"), -99.99);
  EXPECT_EQ(exactly("9007199254740992"), 9007199254740992.0);
  EXPECT_EQ(exactly("123e25"), 123e25);
  EXPECT_EQ(exactly("0.000"), 0.0);
  EXPECT_EQ(exactly("1e-23"), std::nullopt);
  EXPECT_EQ(exactly("9007199254740993"), std::nullopt);
  EXPECT_EQ(exactly("1e999999999999"), std::nullopt);
}

}  // namespace
}  // namespace danji
