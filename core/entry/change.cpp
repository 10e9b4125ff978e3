#include "core/entry/change.h"

#include "core/base/limits.h"
#include "core/value/json.h"

namespace danji {

void encodeFieldValue(ByteWriter& out, std::string_view path, const Value& value) {
  if (path.empty()) return encode(out, value);
  out.text(value.text());
}

Value decodeFieldValue(ByteReader& in, std::string_view path) {
  if (path.empty()) return decodeValue(in);
  const std::string_view text = in.text(kValueBytesMax);
  if (text.empty()) return Value();
  if (!isJson(text, kNestingMax)) in.fail();
  return in.failed() ? Value() : Value::json(std::string(text));
}

}  // namespace danji
