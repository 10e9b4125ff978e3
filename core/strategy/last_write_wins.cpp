#include "core/strategy/last_write_wins.h"

namespace danji {

bool LastWriteWins::fold(Entry& entry, const Change& change, const Decided& decided) {
  // A write that waited offline is decided today but stamped yesterday: it must lose to what
  // was written in between. Indexes only grow, so on equal stamps the record at hand wins.
  if (decided.stamp < entry.stamp) return false;
  entry.value = change.kind == ChangeKind::unset ? Value() : change.value;
  entry.stamp = decided.stamp;
  entry.version = decided.index;
  entry.sequence = decided.id.sequence;
  entry.session = decided.id.session;
  entry.unit = decided.unit;
  return true;
}

void LastWriteWins::preview(Value& visible, const Change& change) {
  visible = change.kind == ChangeKind::unset ? Value() : change.value;
}

}  // namespace danji
