#include "core/server/forwarded.h"

#include "core/base/limits.h"
#include "core/entry/grants.h"

namespace danji {

void encode(ByteWriter& out, const Forwarded& message) {
  out.text(message.grants);
  out.text(message.user);
  out.u8(static_cast<std::uint8_t>(message.code));
  encode(out, message.push);
}

Forwarded decodeForwarded(ByteReader& in) {
  Forwarded message;
  message.grants = in.text(kGrantsBytesMax);
  message.user = in.text(kKeyBytesMax);
  const std::uint8_t code = in.u8();
  if (code > kErrorCodeLast) in.fail();
  message.code = static_cast<ErrorCode>(code);
  message.push = decodePush(in);
  if (message.push.sections.size() != 1) in.fail();
  return message;
}

}  // namespace danji
