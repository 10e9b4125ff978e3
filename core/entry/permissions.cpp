#include "core/entry/permissions.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/entry/field_path.h"
#include "core/value/json.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

bool readList(std::string_view json, GrantList& list) {
  if (json == "\"*\"") return true;
  if (json.empty() || json.front() != '[') return false;
  list.emplace();
  for (const std::string_view element : elementsOf(json)) {
    if (element.front() != '"') return false;
    list->push_back(textOfJsonString(element));
    if (!isGrant(list->back())) return false;
  }
  return true;
}

bool readPaths(std::string_view json, std::vector<PathPermission>& paths) {
  if (!isJsonObject(json)) return false;
  for (const JsonMember& path : membersOf(json)) {
    if (path.key.empty() || !isJsonObject(path.value)) return false;
    PathPermission permission{.path = pointerOfDotted(path.key), .write = {}};
    for (const JsonMember& member : membersOf(path.value)) {
      if (member.key == "write" && !readList(member.value, permission.write)) return false;
    }
    if (permission.write) paths.push_back(std::move(permission));
  }
  return true;
}

}  // namespace

std::optional<Permissions> readPermissions(std::string_view text) {
  Permissions permissions;
  if (text.empty()) return permissions;
  if (!isJson(text, kNestingMax) || !isJsonObject(text)) return std::nullopt;
  for (const JsonMember& member : membersOf(text)) {
    const std::string_view json = member.value;
    if (member.key == "read" && !readList(json, permissions.read)) return std::nullopt;
    if (member.key == "write" && !readList(json, permissions.write)) return std::nullopt;
    if (member.key == "paths" && !readPaths(json, permissions.paths)) return std::nullopt;
    if (member.key == "base" && isJsonObject(json)) {
      permissions.base = Value::json(std::string(json));
    }
  }
  return permissions;
}

bool isGranted(const GrantList& list, const Grants& grants) {
  return !list || grants.areAll() || std::any_of(list->begin(), list->end(),
                              [&](const std::string& grant) { return grants.hold(grant); });
}

}  // namespace danji
