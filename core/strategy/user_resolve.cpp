#include "core/strategy/user_resolve.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"

namespace danji {
namespace {

bool isListed(const std::vector<OpId>& ids, OpId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool isHere(const Entry& entry, OpId id) {
  return std::any_of(entry.parts.begin(), entry.parts.end(),
                     [&](const Part& part) { return part.id == id; });
}

// Whether it is not one value too many to choose from.
bool hasRoom(const Entry& entry, const Change& change) {
  const auto kept = std::count_if(entry.parts.begin(), entry.parts.end(), [&](const Part& part) {
    return !isListed(change.observed, part.id) && !(part.value == change.value);
  });
  return static_cast<std::size_t>(kept) < kSiblingsMax;
}

void append(Entry& entry, const Change& change, const Decided& decided) {
  entry.parts.push_back({.path = "",
                         .value = change.value,
                         .stamp = decided.stamp,
                         .version = decided.index,
                         .id = decided.id,
                         .unit = decided.unit});
}

}  // namespace

ErrorCode UserResolve::admit(const Entry& entry, const Change& change) {
  switch (change.kind) {
    case ChangeKind::set:
    case ChangeKind::unset:
      break;
    case ChangeKind::resolve:
      for (const OpId id : change.observed) {
        if (!isHere(entry, id)) return ErrorCode::conflict;
      }
      return change.observed.empty() ? ErrorCode::malformed : ErrorCode::ok;
    default:
      return ErrorCode::malformed;
  }
  return hasRoom(entry, change) ? ErrorCode::ok : ErrorCode::tooLarge;
}

bool UserResolve::fold(Entry& entry, const Change& change, const Decided& decided) {
  // Only an undecided one can be too many: it would be refused, so nobody may see or name it. An
  // answer too, when others were faster: no op can name more values than there may be.
  if (!hasRoom(entry, change)) return false;
  const bool replaces = !mutation::isRemoved(mutation::Rule::seenReplaced);
  const std::size_t erased = std::erase_if(entry.parts, [&](const Part& part) {
    return replaces && isListed(change.observed, part.id);
  });
  const bool isRepeated =
      std::any_of(entry.parts.begin(), entry.parts.end(),
                  [&](const Part& part) { return part.value == change.value; });
  if (erased == 0 && isRepeated) return false;
  if (!isRepeated) append(entry, change, decided);
  entry.value = entry.parts.front().value;
  entry.sign(decided);
  return true;
}

void UserResolve::restart(Entry& entry, const Change& change, const Decided& decided) {
  entry.parts.clear();
  append(entry, change, decided);
  entry.value = change.value;
}

Result<Change> UserResolve::intend(const Entry& shown, Intent intent) {
  const bool isSet = intent.kind != Intent::Kind::unset;
  Change change{.kind = isSet ? ChangeKind::set : ChangeKind::unset,
                .value = isSet ? std::move(intent.value) : Value()};
  for (const Part& part : shown.parts) change.observed.push_back(part.id);
  return change;
}

}  // namespace danji
