// Value: what an entry holds. A number, a boolean or null as themselves; anything else as the
// JSON text its author gave, byte for byte, so replicas are equal without sorting anything.
//
//   value    := tag [payload]
//   tag      := 0 unset | 1 null | 2 false | 3 true | 4 integer | 5 double | 6 text
//   integer  := zigzag, at most 2^53 in magnitude          (a number without fraction)
//   double   := 8 bytes                                    (any other finite number)
//   text     := varint length, JSON of an object, array or string
//
// Each value has exactly one encoding: a reader refuses 5 where 4 would do, negative zero,
// what is not finite, and text that spells a number, a boolean or null.
//
// `deferred` stands for a value that only the page has so far: the glue encodes late. It is
// replaced before anything that would look inside; meeting one while encoding is our bug.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace danji {

class Value {
 public:
  enum class Kind : std::uint8_t {
    unset = 0,
    null = 1,
    falseValue = 2,
    trueValue = 3,
    number = 4,
    text = 6,
    deferred = 7,
  };

  Value() = default;
  static Value null() { return Value(Kind::null); }
  static Value boolean(bool claim) { return Value(claim ? Kind::trueValue : Kind::falseValue); }
  static Value deferred() { return Value(Kind::deferred); }
  static Value number(double n);  // n is finite
  static Value json(std::string text);

  Kind kind() const { return kind_; }
  bool isSet() const { return kind_ != Kind::unset; }
  bool isDeferred() const { return kind_ == Kind::deferred; }
  double number() const { return number_; }
  const std::string& text() const { return text_; }

  // Sets a number without touching the heap: the hot path.
  void become(double n) {
    kind_ = Kind::number;
    number_ = n + 0.0;  // -0 + 0 is 0: there is one zero.
    text_.clear();
  }

  bool operator==(const Value& other) const {
    return kind_ == other.kind_ && (kind_ != Kind::number || number_ == other.number_) &&
           text_ == other.text_;
  }

 private:
  explicit Value(Kind kind) : kind_(kind) {}

  Kind kind_ = Kind::unset;
  double number_ = 0;
  std::string text_;
};

void encode(ByteWriter& out, const Value& value);

// Fails the reader on anything but the one encoding of a value within the limits.
Value decodeValue(ByteReader& in);

}  // namespace danji
