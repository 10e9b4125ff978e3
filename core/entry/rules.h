// Rules: what the parameters of a definition say, read once when the definition is met.
//
//   parameters := empty, or the JSON text of an object with these members, all optional:
//     "sum"   {"digits": 0 to 9, "base": n, "min": n, "max": n}     n in units of the last digit
//     "merge" {"depth": "shallow" | "deep", "groups": [["path", …], …], "base": {…}}
//     "custom" the name of the strategy that authors run
//
// Members that this build doesn't know are kept and mean nothing to it. A path names a field as
// its author would: members divided by dots.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace danji {

// Sums are exact: an integer count of units, each 10^-digits.
struct SumRules {
  std::uint8_t digits = 0;
  std::int64_t base = 0;  // What the sum is before anything was added: the default.
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// A field that has a value before anybody writes it.
struct BaseField {
  std::string path;  // A JSON Pointer.
  std::string json;
};

struct MergeRules {
  bool isDeep = false;  // Fields are the leaves of nested objects, not the top-level members.
  std::vector<std::vector<std::string>> groups;  // Fields that change together, as JSON Pointers.
  std::string base;                    // The default, an object; empty: not known.
  std::vector<BaseField> baseFields;   // The same by fields.
};

struct Rules {
  SumRules sum;
  MergeRules merge;
};

// Greatest count of units of a sum: what a double holds exactly, and with fractions what
// survives the way to decimal digits and back.
std::int64_t sumLimit(std::uint8_t digits);

// Nothing when a known member has the wrong shape.
std::optional<Rules> readRules(std::string_view parameters);

}  // namespace danji
