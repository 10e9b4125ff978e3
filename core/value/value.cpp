#include "core/value/value.h"

#include <cmath>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/value/json.h"

namespace danji {
namespace {

constexpr std::uint8_t kDoubleTag = 5;
constexpr double kIntegerMax = 9007199254740992.0;  // 2^53

bool isInteger(double n) { return std::fabs(n) <= kIntegerMax && n == std::trunc(n); }

Value decodeInteger(ByteReader& in) {
  const std::int64_t n = in.zigzag();
  if (std::fabs(static_cast<double>(n)) > kIntegerMax) in.fail();
  return Value::number(in.failed() ? 0 : static_cast<double>(n));
}

Value decodeDouble(ByteReader& in) {
  const double n = in.f64();
  // A zero or an integer has another encoding; NaN and the infinities have none.
  if (!std::isfinite(n) || isInteger(n)) in.fail();
  return Value::number(in.failed() ? 0 : n);
}

Value decodeText(ByteReader& in) {
  const std::string_view text = in.text(kValueBytesMax);
  const char first = text.empty() ? '\0' : text.front();
  if ((first != '{' && first != '[' && first != '"') || !isJson(text, kNestingMax)) in.fail();
  return in.failed() ? Value() : Value::json(std::string(text));
}

}  // namespace

Value Value::number(double n) {
  DANJI_ASSERT(std::isfinite(n));
  Value value(Kind::number);
  value.number_ = n + 0.0;
  return value;
}

Value Value::json(std::string text) {
  Value value(Kind::text);
  value.text_ = std::move(text);
  return value;
}

void encode(ByteWriter& out, const Value& value) {
  DANJI_ASSERT(!value.isDeferred());
  if (value.kind() == Value::Kind::number && !isInteger(value.number())) {
    out.u8(kDoubleTag);
    out.f64(value.number());
    return;
  }
  out.u8(static_cast<std::uint8_t>(value.kind()));
  if (value.kind() == Value::Kind::number) out.zigzag(static_cast<std::int64_t>(value.number()));
  if (value.kind() == Value::Kind::text) out.text(value.text());
}

Value decodeValue(ByteReader& in) {
  switch (in.u8()) {
    case 0:
      return Value();
    case 1:
      return Value::null();
    case 2:
      return Value::boolean(false);
    case 3:
      return Value::boolean(true);
    case 4:
      return decodeInteger(in);
    case kDoubleTag:
      return decodeDouble(in);
    case 6:
      return decodeText(in);
    default:
      in.fail();
      return Value();
  }
}

}  // namespace danji
