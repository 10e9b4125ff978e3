#include "core/entry/part.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/entry/field_path.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

// A value that is being put together: text, or members.
struct Node {
  std::string_view text;
  std::map<std::string, Node> members;

  void write(std::string& out) const {
    if (!text.empty()) {
      out += text;
      return;
    }
    out += '{';
    for (const auto& [name, member] : members) {
      if (out.back() != '{') out += ',';
      out += jsonStringOf(name);
      out += ':';
      member.write(out);
    }
    out += '}';
  }
};

Value assemble(const Parts& fields, const MergeRules& rules) {
  if (fields.empty()) return Value();
  Node root;
  const auto place = [&root](std::string_view path, std::string_view json) {
    Node* node = &root;
    for (const std::string& name : namesOf(path)) node = &node->members[name];
    node->text = json;
  };
  for (const BaseField& field : rules.baseFields) {
    if (!isTouched(fields, field.path)) place(field.path, field.json);
  }
  for (const Part& field : fields) {
    if (!field.value.isSet()) continue;
    if (field.path.empty()) return field.value;
    place(field.path, field.value.text());
  }
  std::string text;
  root.write(text);
  return Value::json(std::move(text));
}

}  // namespace

bool comesBefore(const Part& a, const Part& b) {
  return std::tie(a.path, a.version) < std::tie(b.path, b.version);
}

bool keepsParts(StrategyKind strategy) {
  return strategy == StrategyKind::merge || strategy == StrategyKind::userResolve;
}

bool keepsIncarnation(StrategyKind strategy) {
  return strategy == StrategyKind::merge || strategy == StrategyKind::sum ||
         strategy == StrategyKind::firstWriteWins;
}

bool isTouched(const Parts& fields, std::string_view path) {
  return std::any_of(fields.begin(), fields.end(), [&](const Part& part) {
    return part.path == path || isInside(part.path, path) || isInside(path, part.path);
  });
}

Value shownBy(StrategyKind strategy, const Parts& parts, const Rules& rules) {
  if (strategy == StrategyKind::merge) return assemble(parts, rules.merge);
  return parts.empty() ? Value() : parts.front().value;
}

}  // namespace danji
