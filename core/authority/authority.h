// Authority: the one place where an op is judged.
//
// decide() turns the next op of a session into a record; every replica then folds the record
// and judges nothing. A key's first op brings its definition into the log: the authority puts
// a `define` in front of the record's changes, so every replica learns it at the same index.
#pragma once

#include <functional>

#include "core/base/limits.h"
#include "core/entry/definitions.h"
#include "core/space/space.h"

namespace danji {

class Authority {
 public:
  // True when another space of the same plane has decided that `key` means something else.
  using Clashes =
      std::function<bool(const Space&, std::string_view key, std::uint64_t fingerprint)>;

  Authority(const Definitions& definitions, Clashes clashes)
      : definitions_(&definitions), clashes_(std::move(clashes)) {}

  // Whether decide() would accept the op if it were stamped like that: NOT_REGISTERED,
  // DEFINITION_CLASH, FORBIDDEN, TOO_LARGE, VALIDATION, READ_ONLY_SCHEMA, or what the strategy of
  // a key says. `grants` are its author's, as the caller believes them.
  ErrorCode admit(const Space& space, const Op& op, const Grants& grants,
                  Stamp stamp = {kStampTicksMax}) const;

  // The record at space.index() + 1. `op` is the session's next, or a void.
  Record decide(const Space& space, Op op, const Grants& grants, double nowMillis) const;

 private:
  ErrorCode admitKey(const Space& space, const Change& change) const;
  ErrorCode admitValue(const Space& space, const Change& change, OpId op,
                       const Grants& grants) const;
  ErrorCode admitContract(const Space& space, const Change& change, const Decided& decided) const;
  static bool isConcurrent(const Space& space, const Op& op);
  std::vector<Change> definesOf(const Space& space, const Op& op) const;

  const Definitions* definitions_;
  Clashes clashes_;
};

// The authority's stamp: its own time less the op's age, never at or below what the author had
// seen or wrote itself before, and never ahead of the authority's clock. A client can only claim
// to be older, and never loses to itself.
Stamp stampFor(const Space& space, const Op& op, double nowMillis);

}  // namespace danji
