// Contract check: whether a change is made under the schema version that its key is kept under,
// and whether the value that it leaves fits the schema.
//
// A key's value always has the form of the contract that stands in the log. So a contract with a
// higher version comes in only together with a value of that form: with what a migration made of
// the old one, with a write that leaves nothing of the old one, or where there is no value. And
// nobody writes under a version that is gone.
//
// The author's core asks what it shows, the authority what is confirmed: the same questions.
#pragma once

#include <optional>

#include "core/base/errors.h"
#include "core/entry/entry.h"

namespace danji {

// ok; READ_ONLY_SCHEMA when the key is kept under a higher version than the author's; STALE when
// the author's is higher, and something of the old form would stay. `meant` is what the author
// takes the key for; `decided` is the record that the change would be in.
ErrorCode admitVersion(const Entry& entry, const Change& change, const KnownDefinition& meant,
                       const Decided& decided);

// Where the value that the strategy would leave differs from the schema.
std::optional<Mismatch> mismatchOf(const Entry& entry, const Change& change,
                                   const KnownDefinition& meant, const Decided& decided);

}  // namespace danji
