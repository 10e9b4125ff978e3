#include "core/strategy/first_write_wins.h"

#include "core/base/mutation.h"

namespace danji {

ErrorCode FirstWriteWins::admit(const Entry& entry, const Change& change) {
  if (change.kind == ChangeKind::set) {
    const bool isTaken =
        entry.value.isSet() && !mutation::isRemoved(mutation::Rule::firstStands);
    return isTaken ? ErrorCode::conflict : ErrorCode::ok;
  }
  if (change.kind != ChangeKind::unset) return ErrorCode::malformed;
  return entry.isCurrent(change) ? ErrorCode::ok : ErrorCode::stale;
}

bool FirstWriteWins::fold(Entry& entry, const Change& change, const Decided& decided) {
  if (change.kind == ChangeKind::set) {
    if (entry.value.isSet() && !mutation::isRemoved(mutation::Rule::firstStands)) return false;
    entry.value = change.value;
  } else {
    if (!entry.isCurrent(change)) return false;
    entry.value = Value();
    ++entry.incarnation;
  }
  entry.sign(decided);
  return true;
}

void FirstWriteWins::restart(Entry& entry, const Change& change, const Decided&) {
  entry.value = change.value;
}

Result<Change> FirstWriteWins::intend(const Entry& shown, Intent intent) {
  if (intent.kind == Intent::Kind::unset) {
    // Only whoever saw the value may take it away.
    return Change{.kind = ChangeKind::unset,
                  .incarnation = shown.incarnation,
                  .expectation = Expectation::writtenBy,
                  .expected = shown.isWritten() ? shown.writer() : OpId{}};
  }
  return Change{.kind = ChangeKind::set, .value = std::move(intent.value)};
}

}  // namespace danji
