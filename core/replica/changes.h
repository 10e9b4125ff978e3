// Changes: what this core's realm has to be told, collected until the glue drains it.
//
// Nothing in the core calls anybody. Whatever alters what a reader sees, decides an op or
// changes the role of this tab is written down here, and the glue takes it after each call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/entry/op.h"
#include "core/wire/messages.h"

namespace danji {

using SpaceId = std::uint32_t;

// An entry that may have changed, with what readers saw before.
struct Touched {
  SpaceId space = 0;
  EntryId entry = 0;
  Value before;
  std::uint64_t versionBefore = 0;
  std::uint32_t pendingBefore = 0;
  std::size_t choicesBefore = 0;  // Values to choose from (user_resolve).
};

// A value that somebody wrote over without having seen it.
struct Overwritten {
  SpaceId space = 0;
  EntryId entry = 0;
  Value value;
  NameId unit = 0;     // Who had written it,
  NameId session = 0;
  NameId byUnit = 0;  // and who wrote over it.
};

// One of this session's own ops is decided.
struct Decision {
  SpaceId space = 0;
  std::uint64_t sequence = 0;
  ErrorCode code = ErrorCode::ok;
  std::uint64_t index = 0;
  bool isSuperseded = false;  // Accepted, but what stands was written later.
};

// An own op that was refused, for its author to have its words back.
struct Returned {
  SpaceId space = 0;
  Op op;
};

// An own op whose number was closed while this tab was away goes on under another number.
struct Renumbered {
  SpaceId space = 0;
  std::uint64_t before = 0;
  std::uint64_t now = 0;
};

// This page's definition of a key is not the one that stands in the space.
struct Clash {
  SpaceId space = 0;
  EntryId entry = 0;
};

// What is on the disk: all that was decided in the space up to an index, or undecided ops of this
// session up to a number.
struct Saved {
  SpaceId space = 0;
  std::uint64_t index = 0;
  std::uint64_t sequence = 0;  // 0: it speaks of what is decided.
};

struct Changes {
  std::vector<Touched> touched;
  std::vector<Decision> decisions;
  std::vector<Returned> returned;
  std::vector<Clash> clashes;
  std::vector<Renumbered> renumbered;
  std::vector<Overwritten> overwritten;
  std::vector<Event> events;
  std::vector<SpaceId> epochs;  // Spaces whose log epoch is another one now.
  std::vector<Saved> saved;
  std::optional<ErrorCode> storage;  // How the disk fares now.
  bool tabs = false;    // Role, leader or peers.
  bool outbox = false;  // Which ops of shared spaces are undecided, or were sent.

  bool empty() const {
    return touched.empty() && decisions.empty() && clashes.empty() && overwritten.empty() &&
           renumbered.empty() && events.empty() && epochs.empty() && saved.empty() && !storage &&
           !tabs && !outbox;
  }
};

}  // namespace danji
