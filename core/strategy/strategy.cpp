#include "core/strategy/strategy.h"

#include "core/strategy/last_write_wins.h"

namespace danji {

bool foldChange(Entry& entry, const Change& change, const Decided& decided) {
  if (change.kind == ChangeKind::define) {
    if (entry.isDefined()) return false;
    entry.definition = *change.definition;
    entry.fingerprint = fingerprintOf(entry.definition);
    return false;
  }
  Decided as = decided;
  if (change.kind == ChangeKind::fill) {
    if (entry.isWritten()) return false;
    as.stamp = {};  // What was brought back is older than anything that is written.
  }
  switch (entry.definition.strategy) {
    case StrategyKind::lastWriteWins:
      return LastWriteWins::fold(entry, change, as);
  }
  return false;
}

void previewChange(Value& visible, bool written, const Change& change, StrategyKind strategy) {
  if (change.kind == ChangeKind::define) return;
  if (change.kind == ChangeKind::fill && written) return;
  switch (strategy) {
    case StrategyKind::lastWriteWins:
      LastWriteWins::preview(visible, change);
      return;
  }
}

}  // namespace danji
