// HostConnection: what a server's core knows of one connection.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "core/replica/changes.h"
#include "core/server/host_types.h"
#include "core/wire/frame.h"
#include "core/wire/messages.h"

namespace danji {

struct HostConnection {
  NameId grants = 0;
  std::string user;
  std::map<SpaceId, std::uint64_t> toldUpTo;  // The spaces that it asked for.
  std::map<std::string, Access> access;       // Once somebody has said; by address.
  std::set<std::string> asked;                // Nobody has said yet.
  std::deque<Hello> held;                     // They name something that was asked.
  std::deque<Push> unclaimed;                 // The first has a session that nobody knows.
  PartCollector parts;

  bool awaits(const Hello& hello) const {
    return std::any_of(hello.cursors.begin(), hello.cursors.end(),
                       [this](const Cursor& cursor) { return asked.contains(cursor.address); });
  }
  bool uses(const std::string& address, SpaceId place) const {
    const auto allowed = access.find(address);
    const bool mayRead = allowed != access.end() && allowed->second != Access::none;
    return mayRead || asked.contains(address) || toldUpTo.contains(place);
  }
};

}  // namespace danji
