// What goes in and out of a Host besides frames.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/server/proposals.h"

namespace danji {

using ConnectionId = std::uint32_t;

inline constexpr std::string_view kOwners = "owners";

// What a connection may do in a space.
enum class Access : std::uint8_t { none = 0, read = 1, write = 2 };

// A space that a connection asks for, and nobody has said yet whether it may.
struct Wanted {
  ConnectionId connection = 0;
  std::string address;
};

struct LogRow {
  std::string address;
  std::uint64_t index = 0;
  Bytes bytes;
};

struct Outgoing {
  ConnectionId connection = 0;
  Bytes bytes;
};

// What a connection has not been told of: spaces, and from which index on.
using Untold = std::vector<std::pair<SpaceId, std::uint64_t>>;

// An op that waits for a word (proposals.h).
struct Question {
  Ticket ticket = 0;
  ConnectionId connection = 0;
  bool isTurn = false;
  Bytes op;  // As core/server/told.h spells it.
};

// Ops of a space that another server decides, and who brought them (forwarded.h).
struct Forward {
  ConnectionId connection = 0;
  std::string address;
  Bytes bytes;
};

// Whose is this session, or, if it is nobody's: it is this user's.
struct Claim {
  std::string session;
  std::string user;
};

}  // namespace danji
