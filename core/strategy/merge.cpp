#include "core/strategy/merge.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/entry/field_path.h"
#include "core/strategy/field_difference.h"

namespace danji {
namespace {

auto placeOf(Parts& parts, std::string_view path) {
  return std::lower_bound(parts.begin(), parts.end(), path,
                          [](const Part& part, std::string_view wanted) {
                            return part.path < wanted;
                          });
}

Part* find(Parts& parts, std::string_view path) {
  const auto place = placeOf(parts, path);
  return place != parts.end() && place->path == path ? &*place : nullptr;
}

// The paths around `path`, the whole value first.
std::vector<std::string_view> around(std::string_view path) {
  std::vector<std::string_view> outer;
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] == '/') outer.push_back(path.substr(0, at));
  }
  return outer;
}

// Whether something around or at the path was written later.
bool isOutdone(Parts& parts, std::string_view path, Stamp stamp) {
  const auto isLater = [&](std::string_view place) {
    const Part* part = find(parts, place);
    return part != nullptr && part->stamp > stamp;
  };
  const std::vector<std::string_view> outer = around(path);
  return isLater(path) || std::any_of(outer.begin(), outer.end(), isLater);
}

// One register's write. True when something changed.
bool write(Parts& parts, const FieldChange& field, const Decided& decided) {
  if (isOutdone(parts, field.path, decided.stamp)) return false;
  if (field.value.isSet()) {
    // A member makes an object of what was one value; its stamp stays.
    for (const std::string_view outer : around(field.path)) {
      if (Part* part = find(parts, outer)) part->value = Value();
    }
  }
  bool standsAside = false;
  std::erase_if(parts, [&](const Part& part) {
    if (!isInside(part.path, field.path)) return false;
    if (part.stamp <= decided.stamp) return true;
    standsAside = standsAside || part.value.isSet();
    return false;
  });
  auto place = placeOf(parts, field.path);
  if (place == parts.end() || place->path != field.path) place = parts.insert(place, Part());
  *place = {.path = field.path,
            .value = standsAside ? Value() : field.value,
            .stamp = decided.stamp,
            .version = decided.index,
            .id = decided.id,
            .unit = decided.unit};
  return true;
}

void show(Entry& entry) {
  static const Rules kNone;
  const Rules& rules = entry.known == nullptr ? kNone : entry.known->rules;
  entry.value = shownBy(StrategyKind::merge, entry.parts, rules);
}

// What a set differs from: what is seen, be it the default.
Value seenOf(const Entry& shown, const MergeRules& rules) {
  if (shown.value.isSet() || rules.base.empty()) return shown.value;
  return Value::json(rules.base);
}

bool applyPatch(Entry& entry, const Change& change, const Decided& decided) {
  const bool isFill = change.kind == ChangeKind::fillFields;
  Decided as = decided;
  if (isFill) as.stamp = {};
  bool changed = false;
  for (const FieldChange& field : change.fields) {
    if (isFill && isTouched(entry.parts, field.path)) continue;
    changed = write(entry.parts, field, as) || changed;
  }
  if (changed) show(entry);
  return changed;
}

}  // namespace

ErrorCode Merge::admit(const Entry& entry, const Change& change) {
  if (!carriesFields(change.kind) && change.kind != ChangeKind::unset) {
    return ErrorCode::malformed;
  }
  if (!entry.isCurrent(change)) return ErrorCode::stale;
  if (change.kind == ChangeKind::unset) return ErrorCode::ok;
  std::size_t bytes = entry.value.text().size();
  for (const FieldChange& field : change.fields) {
    bytes += field.path.size() + field.value.text().size() + 4;
  }
  // Only what comes near the limits is put together to be measured.
  if (bytes <= kValueBytesMax && entry.parts.size() + change.fields.size() <= kFieldsMax) {
    return ErrorCode::ok;
  }
  Entry merged = entry;
  applyPatch(merged, change, {.index = 0, .stamp = {kStampTicksMax}, .id = {}, .unit = 0});
  const bool fits = merged.value.text().size() <= kValueBytesMax &&
                    merged.parts.size() <= kFieldsMax;
  return fits ? ErrorCode::ok : ErrorCode::tooLarge;
}

bool Merge::fold(Entry& entry, const Change& change, const Decided& decided) {
  if (!entry.isCurrent(change)) return false;
  if (change.kind == ChangeKind::unset) {
    // An older deletion must not take away what was written after it was made.
    if (decided.stamp < entry.stamp) return false;
    entry.parts.clear();
    entry.value = Value();
    ++entry.incarnation;
  } else if (!applyPatch(entry, change, decided)) {
    return false;
  }
  Decided as = decided;
  if (change.kind == ChangeKind::fillFields) as.stamp = {};
  entry.sign(as);
  return true;
}

void Merge::restart(Entry& entry, const Change& change, const Decided& decided) {
  const MergeRules rules = entry.known == nullptr ? MergeRules() : entry.known->rules.merge;
  entry.parts.clear();
  entry.value = Value();
  if (!change.value.isSet()) return;
  for (const FieldChange& field : writesOf(Entry(), change.value, rules)) {
    write(entry.parts, field, decided);
  }
  show(entry);
}

Result<Change> Merge::intend(const Entry& shown, Intent intent) {
  if (intent.kind == Intent::Kind::unset) {
    return Change{.kind = ChangeKind::unset, .incarnation = shown.incarnation};
  }
  return Change{.kind = ChangeKind::patch,
                .incarnation = shown.incarnation,
                .fields = writesOf(shown, intent.value, intent.definition->rules.merge)};
}

std::vector<FieldChange> Merge::writesOf(const Entry& shown, const Value& value,
                                         const MergeRules& rules) {
  std::vector<FieldChange> fields = differenceOf(seenOf(shown, rules), value, rules);
  // Who sets a key to its default wants it set: one field says so.
  if (fields.empty() && !shown.value.isSet() && value.isSet()) {
    const bool hasFields = !rules.baseFields.empty();
    fields.push_back(hasFields ? FieldChange{.path = rules.baseFields.front().path,
                                             .value = Value::json(rules.baseFields.front().json)}
                               : FieldChange{.path = "", .value = value});
  }
  return fields;
}

}  // namespace danji
