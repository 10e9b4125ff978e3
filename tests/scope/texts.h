// Texts: values as a person writes them, in schedules and in what is told of a world.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/value/value.h"

namespace danji::scope {

inline std::string textOf(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::number: {
      char text[32];
      std::snprintf(text, sizeof text, "%.15g", value.number());
      return text;
    }
    case Value::Kind::text:
      return value.text();
    case Value::Kind::null:
      return "null";
    case Value::Kind::falseValue:
      return "false";
    case Value::Kind::trueValue:
      return "true";
    default:
      return "nothing";
  }
}

inline Value valueOf(const std::string& text) {
  if (text == "nothing") return Value();
  if (text == "null") return Value::null();
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return *end == '\0' && !text.empty() ? Value::number(number) : Value::json(text);
}

// The last part of a path.
inline std::string leafOf(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

}  // namespace danji::scope
