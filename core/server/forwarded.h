// Forwarded: ops on their way from the server that got them to the one that decides them.
//
//   forwarded := grants text, user text, code u8, push
//
// `grants` are what their author's connection was given, "!" if it may only read; `code` is what
// they are refused with, before anybody has looked into them (0: nothing). Servers of the same
// spaces believe each other.
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/errors.h"
#include "core/wire/messages.h"

namespace danji {

struct Forwarded {
  std::string grants;
  std::string user;
  ErrorCode code = ErrorCode::ok;
  Push push;  // Of one section.
};

void encode(ByteWriter& out, const Forwarded& message);
// Checked as a whole, or the reader fails.
Forwarded decodeForwarded(ByteReader& in);

}  // namespace danji
