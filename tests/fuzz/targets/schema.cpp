// A schema is refused or means one thing: a value fits it alone as it fits it inside another.
//
// The bytes are the text of a schema, a zero byte, and the text of a value.

#include "core/schema/schema.h"

#include "core/base/limits.h"
#include "core/value/json.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

// What stands alone is a number, a boolean or null itself; elsewhere everything is text.
Value valueOf(const std::string& json, double number) {
  if (json == "null") return Value::null();
  if (json == "true" || json == "false") return Value::boolean(json == "true");
  const char first = json.front();
  const bool isText = first == '{' || first == '[' || first == '"';
  return isText ? Value::json(json) : Value::number(number);
}

void checkInside(const Schema& schema, const std::string& text, const Value& alone,
                 const std::string& json) {
  const Result<Schema> list = Schema::parse("{\"items\":" + text + "}");
  if (!list.ok()) return;  // Nested too deep, or too long.
  const std::optional<Mismatch> found = schema.check(alone);
  const std::optional<Mismatch> inside = list.value().check(Value::json("[" + json + "]"));
  claim(found.has_value() == inside.has_value(), "a value fits alone as it fits in a list");
  if (!found) return;
  claim("/0" + found->path == inside->path, "what does not fit is at one place");
  claim(found->expected == inside->expected, "what is expected depends on the schema alone");
  claim(!found->expected.empty() && !found->found.empty(), "there is something to say");
}

void checkSchema(const std::string& text, const std::string& json) {
  const Result<Schema> schema = Schema::parse(text);
  if (!schema.ok()) {
    claim(schema.error().code == ErrorCode::invalidDefinition, "a refusal has one code");
    return;
  }
  const std::size_t end = json.find_last_not_of(" \t\n\r");
  const bool isTrimmed = !json.empty() && end + 1 == json.size() && json.front() > ' ';
  if (!isTrimmed || !isJson(json, kNestingMax - 1)) return;
  double number = 0;
  if (json.front() == '-' || (json.front() >= '0' && json.front() <= '9')) {
    const std::optional<double> exactly = Decimal::of(json).exactly();
    if (!exactly) return;  // The text says more than a double does.
    number = *exactly;
  }
  checkInside(schema.value(), text, valueOf(json, number), json);
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(schema, bytes, size) {
  const std::string_view all = danji::asText(danji::ByteView(bytes, size));
  const std::size_t end = std::min(all.find('\0'), all.size());
  const std::string_view json = end < all.size() ? all.substr(end + 1) : "";
  danji::fuzz::checkSchema(std::string(all.substr(0, end)), std::string(json));
  return 0;
}
