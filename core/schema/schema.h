// Schema: what a value must look like, read from JSON once and then asked for every write.
//
//   schema := JSON of an object with these members, all optional:
//     "type"        a name or a list of names: "string" "number" "integer" "boolean" "object"
//                   "array" "null"; left out: any
//     "enum"        a list of the values that may be
//     "minimum", "maximum"       of a number, both inclusive
//     "minLength", "maxLength"   of a string, in code points
//     "items"       a schema for each element of an array
//     "minItems", "maxItems"
//     "properties"  an object of schemas, by the name of the member
//     "required"    a list of names
//     "additionalProperties"     true, false, or a schema for members that are not named
//
// The words mean what JSON Schema means by them. Everything that is said concerns one place in the
// value, so a value put together from fields of two valid ones is valid.
//
// Unlike there, a word that is not known, or that says nothing about the type, is refused: it is
// a mistake, and it would be found late. So is a number with more digits than a double has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/schema/decimal.h"
#include "core/value/value.h"

namespace danji {

// The first place where a value differs from its schema.
struct Mismatch {
  std::string path;  // A JSON Pointer.
  std::string expected;
  std::string found;

  // "expected …, found …"
  std::string sentence() const { return "expected " + expected + ", found " + found; }
};

class Schema {
 public:
  // One that any value fits.
  Schema() = default;
  // INVALID_DEFINITION, with the place in the text.
  static Result<Schema> parse(std::string_view text);

  bool isOpen() const { return nodes_.empty(); }
  // Nothing when the value fits. The value is set.
  std::optional<Mismatch> check(const Value& value) const;

  // Where in nodes_ another schema stands, or one of the two below.
  using Place = std::uint32_t;
  static constexpr Place kAny = 0xffffffffu;   // Anything may be there.
  static constexpr Place kNone = 0xfffffffeu;  // Nothing may be there.

  struct Bound {
    std::string text;
    Decimal decimal;
    double number = 0;
  };
  struct Count {
    std::size_t min = 0;
    std::size_t max = SIZE_MAX;
  };
  struct Property {
    std::string name;
    Place place = kAny;
  };
  struct Node {
    std::uint8_t types = 0;  // A bit for each; 0: any.
    std::vector<std::string> values = {};  // JSON texts; empty: any.
    std::optional<Bound> minimum = {};
    std::optional<Bound> maximum = {};
    Count length = {};
    Count items = {};
    Place element = kAny;
    std::vector<Property> properties = {};  // Sorted by name.
    std::vector<std::string> required = {};
    Place additional = kAny;
  };

 private:
  std::vector<Node> nodes_;  // The first is the whole's.
};

}  // namespace danji
