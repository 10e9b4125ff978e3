#include "core/entry/field_path.h"

#include <algorithm>

#include "core/base/limits.h"

namespace danji {

std::string memberPath(std::string_view path, std::string_view name) {
  std::string inner(path);
  inner += '/';
  for (const char c : name) {
    if (c == '~') {
      inner += "~0";
    } else if (c == '/') {
      inner += "~1";
    } else {
      inner += c;
    }
  }
  return inner;
}

std::string pointerOfDotted(std::string_view dotted) {
  std::string path;
  for (;;) {
    const std::size_t dot = dotted.find('.');
    path = memberPath(path, dotted.substr(0, dot));
    if (dot == std::string_view::npos) return path;
    dotted.remove_prefix(dot + 1);
  }
}

std::vector<std::string> namesOf(std::string_view path) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const char c = path[at];
    if (c == '/') {
      names.emplace_back();
    } else if (c == '~') {
      names.back() += path[++at] == '0' ? '~' : '/';
    } else {
      names.back() += c;
    }
  }
  return names;
}

bool isInside(std::string_view path, std::string_view outer) {
  return path.size() > outer.size() && path.substr(0, outer.size()) == outer &&
         path[outer.size()] == '/';
}

bool isPointer(std::string_view path) {
  if (path.empty()) return true;
  if (path.front() != '/') return false;
  const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
  if (depth > kNestingMax) return false;
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '~') continue;
    if (at + 1 >= path.size() || (path[at + 1] != '0' && path[at + 1] != '1')) return false;
  }
  return true;
}

}  // namespace danji
