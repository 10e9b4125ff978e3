// Entry: a key's confirmed value in one space, with its version, stamp and author.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/base/mutation.h"
#include "core/entry/included.h"
#include "core/entry/op.h"
#include "core/entry/part.h"

namespace danji {

// The facts about a record that a fold may look at.
struct Decided {
  std::uint64_t index = 0;
  Stamp stamp;
  OpId id;
  NameId unit = 0;
};

struct Entry {
  std::string key;
  Value value;
  Stamp stamp;                 // The greatest of its accepted writes, deletions included.
  std::uint64_t version = 0;   // Index of the record that changed it last; 0: never written.
  std::uint64_t sequence = 0;  // The author's op number.
  NameId session = 0;
  NameId unit = 0;
  const KnownDefinition* known = nullptr;  // The decided definition; null: none yet.
  std::uint64_t incarnation = 0;           // How often it was taken away (keepsIncarnation).
  Parts parts;                             // What the value is made of (keepsParts).
  Included included;                       // Where it was brought back (keepsIncluded).

  bool isDefined() const { return known != nullptr; }
  bool isWritten() const { return version != 0; }
  std::uint64_t fingerprint() const { return known == nullptr ? 0 : known->fingerprint; }
  StrategyKind strategy() const {
    return known == nullptr ? StrategyKind::lastWriteWins : known->definition.strategy;
  }
  // Whether the change was made in its present incarnation.
  bool isCurrent(const Change& change) const {
    return change.incarnation == incarnation ||
           mutation::isRemoved(mutation::Rule::incarnationChecked);
  }
  // The op that wrote it last.
  OpId writer() const { return {.session = session, .sequence = sequence}; }

  // Notes who changed it.
  void sign(const Decided& decided) {
    stamp = std::max(stamp, decided.stamp);
    version = decided.index;
    sequence = decided.id.sequence;
    session = decided.id.session;
    unit = decided.unit;
  }
};

}  // namespace danji
