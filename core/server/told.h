// Told: an op as whoever keeps the server is told of it, for a word or after it was decided.
//
//   told   := address text, session (16 bytes), sequence f64, unit text, user text,
//             count varint, write*
//   write  := key text, kind u8, digits u8, value, count varint, (path text, fieldValue)*, value
//
// `kind` is a ChangeKind, of no define; `digits` are those of a sum, whose values are counts of
// its last digit. The last value is the one that stands in the key's entry, before any strategy.
#pragma once

#include <string_view>

#include "core/replica/realm.h"
#include "core/replica/replica.h"

namespace danji {

Bytes told(const Realm& realm, const Replica& replica, const Op& op, std::string_view user);

}  // namespace danji
