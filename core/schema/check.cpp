// Schema, checking a value: along its text, without building a tree of it.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/schema/schema.h"
#include "core/schema/types.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

using Node = Schema::Node;
using Found = std::optional<Mismatch>;

// More of a text is not repeated to whoever reads the message.
constexpr std::size_t kShownBytesMax = 40;
constexpr double kWholeMax = 9007199254740992.0;  // 2^53

// What is at a place: its JSON text, or, for a value that is a number, the number.
struct Seen {
  std::string_view json;
  const double* number = nullptr;

  std::uint8_t type() const {
    if (number == nullptr) return typeOf(json);
    return *number == std::trunc(*number) ? kNumber | kInteger : kNumber;
  }
};

std::string shown(const Seen& seen) {
  const std::uint8_t type = seen.type();
  if (type == kObject) return "an object";
  if (type == kArray) return "a list";
  if (seen.number != nullptr) {
    // Nothing here prints doubles.
    if (std::fabs(*seen.number) > kWholeMax) return "a large number";
    if ((type & kInteger) == 0) return "a number with a fraction";
    return std::to_string(static_cast<std::int64_t>(*seen.number));
  }
  if (seen.json.size() <= kShownBytesMax) return std::string(seen.json);
  return type == kString ? "a long string" : "a long number";
}

std::string typesOf(std::uint8_t types) {
  std::string text;
  for (std::uint8_t type = 1; type < kAnyType; type = static_cast<std::uint8_t>(type * 2)) {
    if ((types & type) == 0) continue;
    if (!text.empty()) text += " or ";
    text += typeName(type);
  }
  return text;
}

Found differs(std::string expected, std::string found) {
  return Mismatch{.path = "", .expected = std::move(expected), .found = std::move(found)};
}

Found inside(std::string_view name, Found found) {
  if (found) found->path = pointerTo("", name) + found->path;
  return found;
}

bool isSame(const Seen& seen, std::uint8_t type, std::string_view value) {
  const std::uint8_t other = typeOf(value);
  if ((type & kNumber) != 0 && (other & kNumber) != 0) {
    const Decimal decimal = Decimal::of(value);
    if (seen.number != nullptr) return decimal.exactly() == *seen.number;
    return compare(Decimal::of(seen.json), decimal) == 0;
  }
  if (type != other) return false;
  if (type == kString) return textOfJsonString(seen.json) == textOfJsonString(value);
  return isSameJson(seen.json, value);
}

Found checkValues(const Node& node, const Seen& seen, std::uint8_t type) {
  std::string expected;
  for (const std::string& value : node.values) {
    if (isSame(seen, type, value)) return std::nullopt;
    if (expected.size() > 2 * kShownBytesMax) continue;
    expected += expected.empty() ? "one of " : ", ";
    expected += value;
  }
  return differs(std::move(expected), shown(seen));
}

Found checkNumber(const Node& node, const Seen& seen) {
  if (!node.minimum && !node.maximum) return std::nullopt;
  const auto compareTo = [&](const Schema::Bound& bound) {
    if (seen.number == nullptr) return compare(Decimal::of(seen.json), bound.decimal);
    return *seen.number < bound.number ? -1 : *seen.number > bound.number ? 1 : 0;
  };
  if (node.minimum && compareTo(*node.minimum) < 0) {
    return differs("at least " + node.minimum->text, shown(seen));
  }
  if (node.maximum && compareTo(*node.maximum) > 0) {
    return differs("at most " + node.maximum->text, shown(seen));
  }
  return std::nullopt;
}

Found checkCount(const Schema::Count& most, std::size_t count, std::string_view what) {
  const auto sized = [&](std::string_view bound, std::size_t n) {
    return std::string(bound) + " " + std::to_string(n) + " " + std::string(what);
  };
  if (count < most.min) return differs(sized("at least", most.min), std::to_string(count));
  if (count > most.max) return differs(sized("at most", most.max), std::to_string(count));
  return std::nullopt;
}

Found checkString(const Node& node, const Seen& seen) {
  if (node.length.min == 0 && node.length.max == SIZE_MAX) return std::nullopt;
  const std::string text = textOfJsonString(seen.json);
  const auto points = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
  });
  return checkCount(node.length, static_cast<std::size_t>(points), "characters");
}

class Checker {
 public:
  explicit Checker(const std::vector<Node>& nodes) : nodes_(&nodes) {}

  Found check(Schema::Place place, const Seen& seen) const {
    const Node& node = (*nodes_)[place];
    const std::uint8_t type = seen.type();
    if (node.types != 0 && (node.types & type) == 0) {
      return differs("the type " + typesOf(node.types), shown(seen));
    }
    if (!node.values.empty()) {
      if (Found found = checkValues(node, seen, type)) return found;
    }
    if ((type & kNumber) != 0) return checkNumber(node, seen);
    if (type == kString) return checkString(node, seen);
    if (type == kArray) return checkArray(node, seen);
    if (type == kObject) return checkObject(node, seen);
    return std::nullopt;
  }

 private:
  Found checkArray(const Node& node, const Seen& seen) const {
    const std::vector<std::string_view> elements = elementsOf(seen.json);
    if (Found found = checkCount(node.items, elements.size(), "items")) return found;
    if (node.element == Schema::kAny) return std::nullopt;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      Found found = check(node.element, {.json = elements[i]});
      if (found) return inside(std::to_string(i), std::move(found));
    }
    return std::nullopt;
  }

  Found checkObject(const Node& node, const Seen& seen) const {
    const std::vector<JsonMember> members = membersOf(seen.json);
    for (const std::string& name : node.required) {
      const bool isThere = std::any_of(members.begin(), members.end(),
                                       [&](const JsonMember& one) { return one.key == name; });
      if (!isThere) return inside(name, differs("a value", "nothing"));
    }
    for (const JsonMember& member : members) {
      const Schema::Place place = placeOf(node, member.key);
      if (place == Schema::kAny) continue;
      Found found = place == Schema::kNone ? differs("nothing", shown({.json = member.value}))
                                           : check(place, {.json = member.value});
      if (found) return inside(member.key, std::move(found));
    }
    return std::nullopt;
  }

  static Schema::Place placeOf(const Node& node, const std::string& name) {
    const auto found = std::lower_bound(
        node.properties.begin(), node.properties.end(), name,
        [](const Schema::Property& property, const std::string& key) {
          return property.name < key;
        });
    const bool isNamed = found != node.properties.end() && found->name == name;
    return isNamed ? found->place : node.additional;
  }

  const std::vector<Node>* nodes_;
};

}  // namespace

std::optional<Mismatch> Schema::check(const Value& value) const {
  if (isOpen()) return std::nullopt;
  const double number = value.number();
  const Checker checker(nodes_);
  switch (value.kind()) {
    case Value::Kind::number:
      return checker.check(0, {.json = {}, .number = &number});
    case Value::Kind::null:
      return checker.check(0, {.json = "null"});
    case Value::Kind::falseValue:
      return checker.check(0, {.json = "false"});
    case Value::Kind::trueValue:
      return checker.check(0, {.json = "true"});
    default:
      return checker.check(0, {.json = value.text()});
  }
}

}  // namespace danji
