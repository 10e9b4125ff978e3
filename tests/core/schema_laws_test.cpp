// Random schemas and values, small on purpose so that they meet: the schema says what a slow and
// simple reading of the same words over a tree says.

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/schema/schema.h"
#include "tests/core/random_input.h"

namespace danji {
namespace {

using Json = nlohmann::json;
using testing_input::RandomInput;

const std::vector<std::string> kNames = {"a", "b", "a/b"};

Json anyNumber(RandomInput& random) {
  const double number = static_cast<double>(random.below(9)) - 4;
  if (random.oneIn(3)) return number + 0.5;
  return random.oneIn(4) ? Json(number * 1e21) : Json(static_cast<std::int64_t>(number));
}

Json anyJson(RandomInput& random, int depth) {
  switch (random.below(depth > 0 ? 8 : 5)) {
    case 0:
      return nullptr;
    case 1:
      return random.oneIn(2);
    case 2:
      return random.oneOf<std::string>({"", "a", "ab", "\xC3\xA9\xF0\x9F\x98\x80", "\"\\\n"});
    case 3:
    case 4:
      return anyNumber(random);
    case 5: {
      Json list = Json::array();
      for (auto rest = random.below(4); rest > 0; --rest) list.push_back(anyJson(random, depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (auto rest = random.below(4); rest > 0; --rest) {
        object[random.oneOf(kNames)] = anyJson(random, depth - 1);
      }
      return object;
    }
  }
}

// One that is not refused: its words fit its types, and its leasts are below its mosts.
Json anySchema(RandomInput& random, int depth) {
  Json schema = Json::object();
  const bool isDeep = depth > 0;
  switch (random.below(6)) {
    case 0:
      schema["type"] = random.oneOf<Json>({"string", "boolean", Json{"null", "number"}, "integer"});
      break;
    case 1:
      schema["enum"] = Json::array({anyJson(random, 1), anyJson(random, 1), anyJson(random, 0)});
      break;
    case 2: {
      const double least = static_cast<double>(random.below(5)) - 2.5;
      schema["minimum"] = least;
      if (random.oneIn(2)) schema["maximum"] = least + 2;
      if (random.oneIn(2)) schema["type"] = random.oneIn(2) ? "number" : "integer";
      break;
    }
    case 3:
      schema["minLength"] = random.below(2);
      schema["maxLength"] = 1 + random.below(2);
      break;
    case 4:
      if (isDeep && random.oneIn(2)) schema["items"] = anySchema(random, depth - 1);
      schema["maxItems"] = 1 + random.below(3);
      schema["minItems"] = random.below(2);
      if (random.oneIn(2)) schema["type"] = "array";
      break;
    default:
      if (random.oneIn(2)) schema["type"] = "object";
      if (random.oneIn(2)) schema["required"] = Json::array({random.oneOf(kNames)});
      if (random.oneIn(3)) schema["additionalProperties"] = random.oneIn(2);
      if (!isDeep) break;
      for (auto rest = random.below(3); rest > 0; --rest) {
        schema["properties"][random.oneOf(kNames)] = anySchema(random, depth - 1);
      }
      if (random.oneIn(3)) schema["additionalProperties"] = anySchema(random, depth - 1);
  }
  return schema;
}

bool isOfType(const Json& value, const std::string& type) {
  if (type == "integer") {
    return value.is_number() && value.get<double>() == std::trunc(value.get<double>());
  }
  return type == value.type_name() || (type == "number" && value.is_number());
}

std::size_t pointsOf(const std::string& text) {
  std::size_t points = 0;
  for (const char c : text) points += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u ? 1 : 0;
  return points;
}

bool fits(const Json& schema, const Json& value);

bool objectFits(const Json& schema, const Json& value) {
  for (const Json& name : schema.value("required", Json::array())) {
    if (!value.contains(name.get<std::string>())) return false;
  }
  const Json properties = schema.value("properties", Json::object());
  const Json additional = schema.value("additionalProperties", Json(true));
  for (const auto& [name, inner] : value.items()) {
    if (properties.contains(name)) {
      if (!fits(properties[name], inner)) return false;
    } else if (additional.is_boolean() ? !additional.get<bool>() : !fits(additional, inner)) {
      return false;
    }
  }
  return true;
}

bool fits(const Json& schema, const Json& value) {
  if (schema.contains("type")) {
    const Json& type = schema["type"];
    const Json types = type.is_array() ? type : Json::array({type});
    if (std::none_of(types.begin(), types.end(), [&](const Json& one) {
          return isOfType(value, one.get<std::string>());
        })) {
      return false;
    }
  }
  if (schema.contains("enum")) {
    const Json& values = schema["enum"];
    if (std::find(values.begin(), values.end(), value) == values.end()) return false;
  }
  if (value.is_number()) {
    const double n = value.get<double>();
    return n >= schema.value("minimum", -1e300) && n <= schema.value("maximum", 1e300);
  }
  if (value.is_string()) {
    const std::size_t points = pointsOf(value.get<std::string>());
    return points >= schema.value("minLength", 0u) && points <= schema.value("maxLength", 99u);
  }
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", 0u)) return false;
    if (value.size() > schema.value("maxItems", 99u)) return false;
    return !schema.contains("items") ||
           std::all_of(value.begin(), value.end(),
                       [&](const Json& one) { return fits(schema["items"], one); });
  }
  return !value.is_object() || objectFits(schema, value);
}

Value valueOf(const Json& json) {
  if (json.is_null()) return Value::null();
  if (json.is_boolean()) return Value::boolean(json.get<bool>());
  if (json.is_number()) return Value::number(json.get<double>());
  return Value::json(json.dump());
}

TEST(SchemaLaws, a_value_fits_when_a_simple_reading_of_the_words_says_so) {
  RandomInput random;
  SCOPED_TRACE("DANJI_SEED=" + std::to_string(random.seed()));
  int fitting = 0;

  for (int round = 0; round < 20'000; ++round) {
    const Json json = anySchema(random, 2);
    const Json value = anyJson(random, 3);
    const Result<Schema> schema = Schema::parse(json.dump());
    ASSERT_TRUE(schema.ok()) << json << ": " << schema.error().detail;

    const std::optional<Mismatch> found = schema.value().check(valueOf(value));

    ASSERT_EQ(!found, fits(json, value)) << json << "\n" << value;
    fitting += found ? 0 : 1;
    if (!found) continue;
    // What is named is there, or is what is missing.
    const Json::json_pointer place(found->path);
    const bool isMissing = found->found == "nothing";
    ASSERT_EQ(value.contains(place), !isMissing) << json << "\n" << value << "\n" << found->path;
  }
  EXPECT_GT(fitting, 4'000);
  EXPECT_LT(fitting, 16'000);
}

}  // namespace
}  // namespace danji
