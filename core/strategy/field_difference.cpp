#include "core/strategy/field_difference.h"

#include <algorithm>
#include <map>

#include "core/entry/field_path.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

// JSON texts; empty: there is nothing.
struct Pair {
  std::string_view before;
  std::string_view after;
};

bool hasMembers(std::string_view json) { return isJsonObject(json) && !isEmptyJsonObject(json); }

class Difference {
 public:
  explicit Difference(const MergeRules& rules) : rules_(&rules) {}

  // What differs inside `path`, where members are fields.
  void compareMembers(const std::string& path, Pair texts) {
    std::map<std::string, Pair> members;
    if (hasMembers(texts.before)) {
      for (JsonMember& member : membersOf(texts.before)) {
        members[std::move(member.key)].before = member.value;
      }
    }
    for (JsonMember& member : membersOf(texts.after)) {
      members[std::move(member.key)].after = member.value;
    }
    for (const auto& [name, pair] : members) compare(memberPath(path, name), pair);
  }

  // A group changes as a whole: all of its fields, when one of them differs.
  void completeGroups(std::string_view after) {
    for (const std::vector<std::string>& group : rules_->groups) {
      const auto isTouched = [&](const std::string& path) {
        return std::any_of(fields_.begin(), fields_.end(), [&](const FieldChange& field) {
          return field.path == path || isInside(field.path, path);
        });
      };
      if (std::none_of(group.begin(), group.end(), isTouched)) continue;
      for (const std::string& path : group) {
        std::erase_if(fields_, [&](const FieldChange& field) {
          return field.path == path || isInside(field.path, path);
        });
        compare(path, {.before = {}, .after = textAt(after, path)}, true);
      }
    }
  }

  std::vector<FieldChange> take() { return std::move(fields_); }

 private:
  void compare(const std::string& path, Pair texts, bool always = false) {
    if (rules_->isDeep && hasMembers(texts.after)) return compareMembers(path, texts);
    if (!always && isSameJson(texts.before, texts.after)) return;
    fields_.push_back({.path = path,
                       .value = texts.after.empty() ? Value()
                                                    : Value::json(std::string(texts.after))});
  }

  static std::string_view textAt(std::string_view json, std::string_view path) {
    for (const std::string& name : namesOf(path)) {
      if (!isJsonObject(json)) return {};
      const std::vector<JsonMember> members = membersOf(json);
      const auto member = std::find_if(members.begin(), members.end(), [&](const JsonMember& one) {
        return one.key == name;
      });
      if (member == members.end()) return {};
      json = member->value;
    }
    return json;
  }

  const MergeRules* rules_;
  std::vector<FieldChange> fields_;
};

}  // namespace

std::vector<FieldChange> differenceOf(const Value& before, const Value& after,
                                      const MergeRules& rules) {
  const bool isObject = after.kind() == Value::Kind::text && hasMembers(after.text());
  if (!isObject) {
    if (before == after) return {};
    return {{.path = "", .value = after}};
  }
  Difference difference(rules);
  difference.compareMembers(
      "", {.before = before.kind() == Value::Kind::text ? std::string_view(before.text())
                                                        : std::string_view(),
           .after = after.text()});
  difference.completeGroups(after.text());
  return difference.take();
}

}  // namespace danji
