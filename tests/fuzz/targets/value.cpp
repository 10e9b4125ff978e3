// A value that is accepted has one encoding, is within the limits, and is JSON if it is text.

#include "core/value/value.h"

#include <cmath>

#include "core/base/limits.h"
#include "core/value/json.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

// A number has two encodings that could be read; only one of them may be.
void checkNumber(double number) {
  ByteWriter asInteger;
  asInteger.u8(4);
  asInteger.zigzag(static_cast<std::int64_t>(std::fmax(-1e18, std::fmin(number, 1e18))));
  ByteWriter asDouble;
  asDouble.u8(5);
  asDouble.f64(number);
  ByteReader integer(asInteger.view());
  ByteReader fraction(asDouble.view());
  const bool isSame = decodeValue(integer) == Value::number(number) && integer.finished();
  decodeValue(fraction);
  claim(isSame != fraction.finished(), "a number is read as an integer or as a double");
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(value, bytes, size) {
  using namespace danji;
  const ByteView all(bytes, size);
  ByteReader in(all);
  const Value value = decodeValue(in);
  if (in.failed()) return 0;

  const ByteView read = all.first(size - in.remaining());
  fuzz::claim(fuzz::isSame(fuzz::encoded(value), read), "a value has one encoding");
  fuzz::claim(!value.isDeferred(), "a late value never comes from outside");
  fuzz::claim(std::isfinite(value.number()), "a number is finite");
  fuzz::claim(!std::signbit(value.number()) || value.number() != 0, "there is one zero");
  if (value.kind() == Value::Kind::number) fuzz::checkNumber(value.number());
  if (value.kind() == Value::Kind::text) {
    fuzz::claim(value.text().size() <= kValueBytesMax, "a text is within the limit");
    fuzz::claim(isJson(value.text(), kNestingMax), "a text is JSON");
  }
  return 0;
}
