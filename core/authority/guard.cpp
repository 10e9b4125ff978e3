#include "core/authority/guard.h"

#include <algorithm>

#include "core/entry/field_path.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

// What is at `path` inside a JSON text, or the innermost around it that has no members; empty:
// nothing.
std::string_view partAt(std::string_view json, std::string_view path) {
  for (const std::string& name : namesOf(path)) {
    if (!isJsonObject(json)) return json;
    const std::vector<JsonMember> members = membersOf(json);
    const auto member = std::find_if(members.begin(), members.end(),
                                     [&](const JsonMember& one) { return one.key == name; });
    if (member == members.end()) return {};
    json = member->value;
  }
  return json;
}

bool isObject(const Value& value) {
  return value.kind() == Value::Kind::text && isJsonObject(value.text());
}

bool differAt(const Value& before, const Value& after, std::string_view path) {
  if (!isObject(before) || !isObject(after)) return !(before == after);
  return !isSameJson(partAt(before.text(), path), partAt(after.text(), path));
}

// Whether a field that a patch sets or takes away changes what is at `path`.
bool differsBy(const FieldChange& field, const Value& before, std::string_view path) {
  if (field.path.empty()) return differAt(before, field.value, path);
  const bool isAround = isInside(path, field.path);
  if (!isAround && path != field.path && !isInside(field.path, path)) return false;
  const std::string_view old = isObject(before) ? partAt(before.text(), field.path) : "";
  const std::string_view now = field.value.text();  // Below the root always JSON text, or none.
  const std::string_view rest = isAround ? path.substr(field.path.size()) : "";
  return !isSameJson(partAt(old, rest), partAt(now, rest));
}

bool changesPath(const Entry& entry, const Change& change, const Permissions& permissions,
                 std::string_view path) {
  const Value& before = entry.value.isSet() ? entry.value : permissions.base;
  if (carriesFields(change.kind)) {
    return std::any_of(change.fields.begin(), change.fields.end(), [&](const FieldChange& field) {
      return differsBy(field, before, path);
    });
  }
  if (change.kind == ChangeKind::add) return true;  // To a number, which has no parts.
  const bool takesAway = change.kind == ChangeKind::unset || !change.value.isSet();
  return differAt(before, takesAway ? permissions.base : change.value, path);
}

}  // namespace

bool mayChange(const Entry& entry, const Change& change, const Permissions& permissions,
               const Grants& grants) {
  if (change.kind == ChangeKind::define) return true;
  if (!isGranted(permissions.write, grants)) return false;
  return std::all_of(permissions.paths.begin(), permissions.paths.end(),
                     [&](const PathPermission& path) {
                       return isGranted(path.write, grants) ||
                              !changesPath(entry, change, permissions, path.path);
                     });
}

}  // namespace danji
