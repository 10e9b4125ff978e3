// Types of JSON values as a schema tells them apart, and the paths by which it names places.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace danji {

enum Type : std::uint8_t {
  kString = 1,
  kNumber = 2,
  kInteger = 4,  // Besides kNumber.
  kBoolean = 8,
  kObject = 16,
  kArray = 32,
  kNull = 64,
  kAnyType = 127,
};

// The name of one type, such as "string".
std::string_view typeName(std::uint8_t type);
// Of JSON without spaces around it; a whole number is of two types.
std::uint8_t typeOf(std::string_view json);

// The JSON Pointer of a member of what `path` names.
std::string pointerTo(std::string_view path, std::string_view name);

}  // namespace danji
