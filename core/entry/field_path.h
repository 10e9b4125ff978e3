// Paths of fields inside a value, as JSON Pointers (RFC 6901): "" is the whole value, "/a/b" the
// member b of its member a; "~0" and "~1" stand for "~" and "/" in a name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace danji {

// The path of the member `name` of what `path` names.
std::string memberPath(std::string_view path, std::string_view name);
// "a.b" as its author writes it, as a pointer.
std::string pointerOfDotted(std::string_view dotted);
// The names along a path.
std::vector<std::string> namesOf(std::string_view path);
// Whether `path` names something inside what `outer` names.
bool isInside(std::string_view path, std::string_view outer);
// "" or "/" before each name, no "~" but in "~0" and "~1", and not deeper than values are.
bool isPointer(std::string_view path);

}  // namespace danji
