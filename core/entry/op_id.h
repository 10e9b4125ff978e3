// OpId: which op: the session that made it and its number there. It never changes, however often
// the op is sent.
#pragma once

#include <compare>
#include <cstdint>

#include "core/base/names.h"

namespace danji {

struct OpId {
  NameId session = 0;
  std::uint64_t sequence = 0;  // 1, 2, 3 … per session and space, given at the call; 0: none.

  auto operator<=>(const OpId&) const = default;
};

}  // namespace danji
