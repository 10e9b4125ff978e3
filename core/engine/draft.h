// Draft: a write on its way from the caller to an op: what is wanted, checked as a whole before
// anything changes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/replica/replica.h"
#include "core/strategy/strategy.h"

namespace danji {

using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = 0xffffffffu;

// What became of one write.
struct Outcome {
  ErrorCode code = ErrorCode::ok;
  bool needsText = false;      // A deferred value was offered where its text is wanted.
  std::uint64_t index = 0;     // Of the record; 0: not decided yet.
  std::uint64_t sequence = 0;  // The op's number in its space.
};

// A key of this page in one space.
struct OpenSlot {
  Replica* replica = nullptr;
  EntryId entry = 0;
  DefinitionId definition = 0;
  const KnownDefinition* known = nullptr;
  bool isPlain = false;     // last_write_wins of anything: a set needs no look at what is there.
  bool mayBeQuick = false;  // Nobody asks who writes, or what was there before.
  bool isLasting = false;   // Its value outlives the page.
  const KnownDefinition* told = nullptr;  // Whose schema version the glue knows.
};

inline bool mayBePlain(const KnownDefinition& known) {
  return known.definition.strategy == StrategyKind::lastWriteWins && known.schema.isOpen();
}

// What a value counts for among the bytes of its op.
inline std::size_t changeBytes(const Value& value) { return value.text().size() + 16; }

// One write of a caller, before anybody has looked at it.
struct Write {
  OpenSlot place;
  NameId unit = 0;
  Intent::Kind kind = Intent::Kind::set;
  Value value;
  std::optional<std::uint64_t> ifVersion = {};
  std::optional<std::uint64_t> ifOwn = {};  // The own op that must have written it last.
  bool isHidden = false;
  bool isBare = false;  // Of a batch: set or unset, whatever is there.
  std::vector<OpId> choices = {};  // Not empty: this resolves them.
};

// Where a held write will go.
struct HeldPlace {
  OpenSlot place;
  NameId unit = 0;
};

// The ops of one commit, one for each space it touches, in order of first mention.
struct Draft {
  Replica* replica = nullptr;
  Op op;
  std::size_t bytes = 0;
};

struct Drafts {
  std::vector<Draft> list;
  // What the caller takes each entry for when all is done.
  std::map<std::pair<SpaceId, EntryId>, Value> seen;
};

}  // namespace danji
