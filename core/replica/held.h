// Held: what is known about a write that is shown before it has a number: the entry its author
// saw, and what the author has written over it since.
//
// In the end the write is made as if its author's later writes had come after it, though they
// have lower numbers: what they wrote stands, whatever the authority would say of the order.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "core/entry/entry.h"

namespace danji {

using HoldId = std::uint32_t;  // 1, 2, 3 … per realm

struct Held {
  Entry seen;
  bool isCovered = false;             // All of it was written over,
  std::set<std::string> covered = {};  // or these fields.

  // Notes a later write of the same author. A sum's additions and first values stand for
  // themselves: the authority says what becomes of them.
  void cover(const Change& later, StrategyKind strategy);
  // What is left to say of a change that was made from what was seen: a `define`, which writes
  // nothing, when nothing is.
  Change restOf(Change change) const;
};

}  // namespace danji
