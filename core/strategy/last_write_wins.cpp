#include "core/strategy/last_write_wins.h"

namespace danji {

ErrorCode LastWriteWins::admit(const Entry&, const Change& change) {
  const bool isWrite = change.kind == ChangeKind::set || change.kind == ChangeKind::unset;
  return isWrite ? ErrorCode::ok : ErrorCode::malformed;
}

bool LastWriteWins::fold(Entry& entry, const Change& change, const Decided& decided) {
  // A write that waited offline is decided today but stamped yesterday: it must lose to what
  // was written in between. Indexes only grow, so on equal stamps the record at hand wins.
  if (decided.stamp < entry.stamp) return false;
  entry.value = change.value;
  entry.sign(decided);
  return true;
}

void LastWriteWins::restart(Entry& entry, const Change& change, const Decided&) {
  entry.value = change.value;
}

Result<Change> LastWriteWins::intend(const Entry&, Intent intent) {
  if (intent.kind == Intent::Kind::unset || !intent.value.isSet()) {
    return Change{.kind = ChangeKind::unset};
  }
  return Change{.kind = ChangeKind::set, .value = std::move(intent.value)};
}

}  // namespace danji
