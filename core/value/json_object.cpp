#include "core/value/json_object.h"

#include <algorithm>
#include <map>

#include "core/base/sort.h"

namespace danji {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t skipSpace(std::string_view text, std::size_t at) {
  while (at < text.size() && isSpace(text[at])) ++at;
  return at;
}

// The place behind the string that begins at `at`.
std::size_t stringEnd(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// The place behind the value that begins at `at`.
std::size_t valueEnd(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = stringEnd(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;  // The end of what the value stands in.
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (c == ',' || isSpace(c))) return at;
    ++at;
  }
  return at;
}

unsigned hexUnit(std::string_view text, std::size_t at) {
  unsigned unit = 0;
  for (const char digit : text.substr(std::min(at, text.size()), 4)) {
    const unsigned low = digit <= '9' ? static_cast<unsigned>(digit - '0')
                                      : static_cast<unsigned>((digit | 0x20) - 'a') + 10u;
    unit = unit * 16 + (low & 15u);
  }
  return unit;
}

void appendUtf8(std::string& out, unsigned point) {
  const auto byte = [&out](unsigned bits) { out += static_cast<char>(bits); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xc0 | (point >> 6));
    byte(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    byte(0xe0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3f));
    byte(0x80 | (point & 0x3f));
  } else {
    byte(0xf0 | (point >> 18));
    byte(0x80 | ((point >> 12) & 0x3f));
    byte(0x80 | ((point >> 6) & 0x3f));
    byte(0x80 | (point & 0x3f));
  }
}

}  // namespace

bool isJsonObject(std::string_view text) {
  const std::size_t at = skipSpace(text, 0);
  return at < text.size() && text[at] == '{';
}

bool isEmptyJsonObject(std::string_view text) {
  if (!isJsonObject(text)) return false;
  const std::size_t at = skipSpace(text, skipSpace(text, 0) + 1);
  return at < text.size() && text[at] == '}';
}

std::vector<JsonMember> membersOf(std::string_view object) {
  std::vector<JsonMember> members;
  std::size_t at = skipSpace(object, 0) + 1;
  for (;;) {
    at = skipSpace(object, at);
    if (at >= object.size() || object[at] == '}') break;
    if (object[at] == ',') {
      ++at;
      continue;
    }
    const std::size_t keyEnd = stringEnd(object, at);
    std::string key = textOfJsonString(object.substr(at, keyEnd - at));
    at = skipSpace(object, keyEnd);
    at = skipSpace(object, at + 1);
    const std::size_t end = valueEnd(object, at);
    members.push_back({.key = std::move(key), .value = object.substr(at, end - at)});
    at = end;
  }
  std::map<std::string_view, std::size_t> last;
  for (std::size_t i = 0; i < members.size(); ++i) last[members[i].key] = i;
  if (last.size() == members.size()) return members;
  std::vector<JsonMember> unique;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (last[members[i].key] == i) unique.push_back(members[i]);
  }
  return unique;
}

std::vector<std::string_view> elementsOf(std::string_view array) {
  std::vector<std::string_view> elements;
  std::size_t at = skipSpace(array, 0) + 1;
  for (;;) {
    at = skipSpace(array, at);
    if (at >= array.size() || array[at] == ']') return elements;
    if (array[at] == ',') {
      ++at;
      continue;
    }
    const std::size_t end = valueEnd(array, at);
    elements.push_back(array.substr(at, end - at));
    at = end;
  }
}

bool isSameJson(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (a.empty() || b.empty() || a.front() != b.front()) return false;
  if (a.front() == '[') {
    const std::vector<std::string_view> left = elementsOf(a);
    const std::vector<std::string_view> right = elementsOf(b);
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), isSameJson);
  }
  if (a.front() != '{') return false;
  std::vector<JsonMember> left = membersOf(a);
  std::vector<JsonMember> right = membersOf(b);
  const auto byKey = [](const JsonMember& x, const JsonMember& y) { return x.key < y.key; };
  sort(left, byKey);
  sort(right, byKey);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const JsonMember& x, const JsonMember& y) {
                      return x.key == y.key && isSameJson(x.value, y.value);
                    });
}

std::string textOfJsonString(std::string_view json) {
  std::string text;
  for (std::size_t at = 1; at + 1 < json.size(); ++at) {
    if (json[at] != '\\') {
      text += json[at];
      continue;
    }
    switch (json[++at]) {
      case 'b':
        text += '\b';
        break;
      case 'f':
        text += '\f';
        break;
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      case 't':
        text += '\t';
        break;
      case 'u': {
        unsigned point = hexUnit(json, at + 1);
        at += 4;
        if (point >= 0xd800 && point <= 0xdbff) {
          point = 0x10000 + ((point - 0xd800) << 10) + (hexUnit(json, at + 3) - 0xdc00);
          at += 6;
        }
        appendUtf8(text, point);
        break;
      }
      default:
        text += json[at];
    }
  }
  return text;
}

std::string jsonStringOf(std::string_view text) {
  static constexpr std::string_view kNamed = "\b\t\n\f\r\"\\";
  static constexpr std::string_view kNames = "btnfr\"\\";
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    const std::size_t named = kNamed.find(c);
    const auto byte = static_cast<unsigned char>(c);
    if (named != std::string_view::npos) {
      json += '\\';
      json += kNames[named];
    } else if (byte < 0x20) {
      json += "\\u00";
      json += kHex[byte >> 4];
      json += kHex[byte & 15];
    } else {
      json += c;
    }
  }
  json += '"';
  return json;
}

}  // namespace danji
