#include "core/replica/held.h"

#include <algorithm>

#include "core/entry/field_path.h"

namespace danji {

void Held::cover(const Change& later, StrategyKind strategy) {
  if (strategy == StrategyKind::sum || strategy == StrategyKind::firstWriteWins) return;
  switch (later.kind) {
    case ChangeKind::define:
    case ChangeKind::fill:
    case ChangeKind::fillFields:
      return;
    case ChangeKind::patch:
      for (const FieldChange& field : later.fields) covered.insert(field.path);
      return;
    default:
      isCovered = true;
  }
}

Change Held::restOf(Change change) const {
  const bool isPatch = carriesFields(change.kind);
  std::erase_if(change.fields, [this](const FieldChange& field) {
    return std::any_of(covered.begin(), covered.end(), [&](const std::string& path) {
      return path == field.path || isInside(path, field.path) || isInside(field.path, path);
    });
  });
  const bool isEmpty = isPatch && change.fields.empty() && !covered.empty();
  if (!isCovered && !isEmpty) return change;
  return {.kind = ChangeKind::define,
          .entry = change.entry,
          .fingerprint = change.fingerprint,
          .definition = change.definition};
}

}  // namespace danji
