// JSON objects, one level at a time: their members as texts, and strings in and out of JSON.
//
// The core keeps values as text. Where a strategy looks inside one (fields of a merge, the
// parameters of a definition), it walks the text with these functions and builds no tree.
// Everything here takes text that isJson() has accepted, or made with JSON.stringify.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace danji {

struct JsonMember {
  std::string key;         // Decoded.
  std::string_view value;  // JSON, without spaces around it; a view into the object's text.
};

bool isJsonObject(std::string_view text);
bool isEmptyJsonObject(std::string_view text);

// The members of an object in the order of its text. Of a key that occurs twice the last counts,
// as in JSON.parse.
std::vector<JsonMember> membersOf(std::string_view object);
// The elements of an array.
std::vector<std::string_view> elementsOf(std::string_view array);

// Whether two texts mean the same but for spaces and the order of members. Numbers and strings are
// the same when they are spelled the same.
bool isSameJson(std::string_view a, std::string_view b);

// What a JSON string says, in UTF-8.
std::string textOfJsonString(std::string_view json);
// A string as JSON.stringify writes it.
std::string jsonStringOf(std::string_view text);

}  // namespace danji
