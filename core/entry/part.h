// Part: one piece of an entry whose strategy keeps more than one value.
//
// Under `merge` a part is a field's last write, or the mark that a field was taken away; under
// `user_resolve` it is one of the values that nobody has chosen between yet. An entry's parts are
// sorted by path, then by version, so equal entries are equal bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/entry/definition.h"
#include "core/entry/op_id.h"
#include "core/entry/stamp.h"
#include "core/value/value.h"

namespace danji {

struct Part {
  std::string path;  // Of a field, as in field_path.h; of a value to choose from: empty.
  Value value;       // Below the root the JSON text of any value; unset: taken away.
  Stamp stamp;
  std::uint64_t version = 0;
  OpId id;
  NameId unit = 0;
};

using Parts = std::vector<Part>;

bool comesBefore(const Part& a, const Part& b);

bool keepsParts(StrategyKind strategy);
// Whether entries count how often they were taken away, so that a write that was made before
// is not applied after.
bool keepsIncarnation(StrategyKind strategy);

// Whether anything was ever written at the path of a field, around it or inside it.
bool isTouched(const Parts& fields, std::string_view path);

// What parts show: the fields put together, over those of the default that nobody has touched,
// members in byte order; or the oldest of the values.
Value shownBy(StrategyKind strategy, const Parts& parts, const Rules& rules);

}  // namespace danji
