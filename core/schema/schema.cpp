#include "core/schema/schema.h"

#include <algorithm>
#include <array>

#include "core/base/limits.h"
#include "core/schema/types.h"
#include "core/value/json.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

using Node = Schema::Node;

constexpr std::array<std::string_view, 7> kTypeNames = {"string",  "number", "integer", "boolean",
                                                        "object",  "array",  "null"};

struct Word {
  std::string_view name;
  std::uint8_t types = 0;  // Which it says something about.
};

constexpr std::array<Word, 12> kWords = {{{"type", kAnyType},
                                          {"enum", kAnyType},
                                          {"minimum", kNumber | kInteger},
                                          {"maximum", kNumber | kInteger},
                                          {"minLength", kString},
                                          {"maxLength", kString},
                                          {"items", kArray},
                                          {"minItems", kArray},
                                          {"maxItems", kArray},
                                          {"properties", kObject},
                                          {"required", kObject},
                                          {"additionalProperties", kObject}}};

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// Reads a schema from text into nodes; stops at the first fault.
class Parser {
 public:
  explicit Parser(std::vector<Node>& nodes) : nodes_(&nodes) {}

  Schema::Place schema(std::string_view json, const std::string& path) {
    const auto place = static_cast<Schema::Place>(nodes_->size());
    nodes_->emplace_back();
    Node node;
    if (!isJsonObject(json)) {
      refuse(path, "is an object");
      return place;
    }
    const std::vector<JsonMember> members = membersOf(json);
    for (const JsonMember& member : members) {
      if (member.key == "type") types(member.value, path, node);
    }
    for (const JsonMember& member : members) {
      if (isFaulty()) return place;
      const std::string inner = pointerTo(path, member.key);
      if (isWord(member.key, path, node)) word(member, inner, node);
    }
    if (!isFaulty()) compare(path, node);
    (*nodes_)[place] = std::move(node);
    return place;
  }

  bool isFaulty() const { return !fault_.empty(); }
  const std::string& fault() const { return fault_; }

 private:
  void refuse(const std::string& path, std::string_view what) {
    if (isFaulty()) return;
    fault_ = "in the schema " + (path.empty() ? "the whole" : quoted(path)) + " " +
             std::string(what);
  }

  bool isWord(const std::string& name, const std::string& path, const Node& node) {
    const auto found = std::find_if(kWords.begin(), kWords.end(),
                                    [&](const Word& word) { return word.name == name; });
    if (found == kWords.end()) {
      refuse(path, "has the unknown word " + quoted(name));
      return false;
    }
    if (node.types != 0 && (node.types & found->types) == 0) {
      refuse(path, "has " + quoted(name) + ", which says nothing about its type");
      return false;
    }
    return true;
  }

  void word(const JsonMember& member, const std::string& path, Node& node) {
    const std::string& name = member.key;
    const std::string_view json = member.value;
    if (name == "enum") return values(json, path, node);
    if (name == "minimum") return bound(json, path, node.minimum);
    if (name == "maximum") return bound(json, path, node.maximum);
    if (name == "minLength") return count(json, path, node.length.min);
    if (name == "maxLength") return count(json, path, node.length.max);
    if (name == "minItems") return count(json, path, node.items.min);
    if (name == "maxItems") return count(json, path, node.items.max);
    if (name == "properties") return properties(json, path, node);
    if (name == "required") return required(json, path, node);
    if (name == "additionalProperties") {
      if (json == "true") return;
      node.additional = json == "false" ? Schema::kNone : schema(json, path);
    }
    if (name == "items") node.element = schema(json, path);
  }

  void types(std::string_view json, const std::string& path, Node& node) {
    const bool isList = json.front() == '[';
    const std::vector<std::string_view> names =
        isList ? elementsOf(json) : std::vector<std::string_view>{json};
    for (const std::string_view name : names) {
      const std::string text = name.front() == '"' ? textOfJsonString(name) : "";
      const auto found = std::find(kTypeNames.begin(), kTypeNames.end(), text);
      if (found == kTypeNames.end()) return refuse(path, "has an unknown type");
      node.types |= static_cast<std::uint8_t>(1u << (found - kTypeNames.begin()));
    }
    if (names.empty()) refuse(path, "has no type in its list of types");
  }

  void values(std::string_view json, const std::string& path, Node& node) {
    if (json.front() != '[') return refuse(path, "is a list of values");
    for (const std::string_view value : elementsOf(json)) {
      const std::uint8_t type = typeOf(value);
      if ((type & (kNumber | kInteger)) != 0 && !Decimal::of(value).exactly()) {
        return refuse(path, "has a number with too many digits");
      }
      if (node.types != 0 && (node.types & type) == 0) {
        return refuse(path, "has a value of another type");
      }
      node.values.emplace_back(value);
    }
    if (node.values.empty()) refuse(path, "is a list with at least one value");
  }

  void bound(std::string_view json, const std::string& path, std::optional<Schema::Bound>& to) {
    if ((typeOf(json) & kNumber) == 0) return refuse(path, "is a number");
    const Decimal decimal = Decimal::of(json);
    const std::optional<double> number = decimal.exactly();
    if (!number) return refuse(path, "is a number with fewer digits");
    to = Schema::Bound{.text = std::string(json), .decimal = decimal, .number = *number};
  }

  void count(std::string_view json, const std::string& path, std::size_t& to) {
    const bool isCount = json.size() <= 9 &&
                         json.find_first_not_of("0123456789") == std::string_view::npos;
    if (!isCount) return refuse(path, "is a whole number from 0 to 999999999");
    to = 0;
    for (const char digit : json) to = to * 10 + static_cast<std::size_t>(digit - '0');
  }

  void properties(std::string_view json, const std::string& path, Node& node) {
    if (!isJsonObject(json)) return refuse(path, "is an object of schemas");
    for (const JsonMember& member : membersOf(json)) {
      if (isFaulty()) return;
      const Schema::Place place = schema(member.value, pointerTo(path, member.key));
      // One by one: the library's sort is three times the size of the rest of this function.
      const auto after = std::find_if(
          node.properties.begin(), node.properties.end(),
          [&](const Schema::Property& one) { return one.name > member.key; });
      node.properties.insert(after, {.name = member.key, .place = place});
    }
  }

  void required(std::string_view json, const std::string& path, Node& node) {
    if (json.front() != '[') return refuse(path, "is a list of names");
    for (const std::string_view name : elementsOf(json)) {
      if (name.front() != '"') return refuse(path, "is a list of names");
      node.required.push_back(textOfJsonString(name));
    }
  }

  void compare(const std::string& path, const Node& node) {
    const bool isUpsideDown =
        (node.minimum && node.maximum &&
         danji::compare(node.minimum->decimal, node.maximum->decimal) > 0) ||
        node.length.min > node.length.max || node.items.min > node.items.max;
    if (isUpsideDown) refuse(path, "has a least that is above its most");
  }

  std::vector<Node>* nodes_;
  std::string fault_;
};

}  // namespace

std::string_view typeName(std::uint8_t type) {
  std::size_t place = 0;
  while (place + 1 < kTypeNames.size() && (type >> place) != 1) ++place;
  return kTypeNames[place];
}

std::uint8_t typeOf(std::string_view json) {
  switch (json.front()) {
    case '"':
      return kString;
    case '{':
      return kObject;
    case '[':
      return kArray;
    case 't':
    case 'f':
      return kBoolean;
    case 'n':
      return kNull;
    default:
      return Decimal::of(json).isWhole() ? kNumber | kInteger : kNumber;
  }
}

std::string pointerTo(std::string_view path, std::string_view name) {
  std::string inner(path);
  inner += '/';
  for (const char c : name) {
    if (c == '~' || c == '/') {
      inner += c == '~' ? "~0" : "~1";
    } else {
      inner += c;
    }
  }
  return inner;
}

Result<Schema> Schema::parse(std::string_view text) {
  if (text.size() > kContractBytesMax) {
    return Error{ErrorCode::invalidDefinition, "a schema has at most 32 KiB of JSON text"};
  }
  if (!isJson(text, kSchemaNestingMax)) {
    return Error{ErrorCode::invalidDefinition, "a schema that is not JSON"};
  }
  Schema schema;
  Parser parser(schema.nodes_);
  parser.schema(text, "");
  if (parser.isFaulty()) return Error{ErrorCode::invalidDefinition, parser.fault()};
  return schema;
}

}  // namespace danji
