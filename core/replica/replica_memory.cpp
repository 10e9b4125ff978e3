// Replica, what this tab remembers for itself: writes that are held, and versions of the past.

#include "core/replica/replica.h"

namespace danji {

void Replica::hold(HoldId id, Op op) {
  const EntryId entry = op.changes.front().entry;
  touch(entry);
  op.id = {.session = realm_->self, .sequence = sequence_};
  Held held{.seen = shown(entry)};
  overlay_.hold(id, std::move(op), std::move(held));
}

std::optional<Overlay::HeldOp> Replica::release(HoldId id) {
  const auto found = overlay_.held().find(id);
  if (found == overlay_.held().end()) return std::nullopt;
  touch(found->second.pending.op.changes.front().entry);
  coverHeld();
  return overlay_.release(id);
}

void Replica::raiseHeld(HoldId id) {
  coverHeld();
  overlay_.raiseHeld(sequence_ + 1, id);
}

// What is on its way was written later than what is held, and will be decided before it.
void Replica::coverHeld() {
  const Overlay::Session* own = overlay_.of(realm_->self);
  if (overlay_.held().empty() || own == nullptr) return;
  for (const auto& [sequence, pending] : *own) {
    for (const Change& change : pending.op.changes) {
      const KnownDefinition* known = realm_->definitions.meantBy(change);
      if (known == nullptr) continue;
      overlay_.cover(change, sequence, known->definition.strategy);
    }
  }
}

void Replica::keepHistory(EntryId entry, std::size_t limit) {
  histories_.try_emplace(entry, limit, space_.entry(entry), space_.epoch());
}

const History* Replica::historyOf(EntryId entry) const {
  const auto found = histories_.find(entry);
  return found == histories_.end() ? nullptr : &found->second;
}

void Replica::noteVersions(const Record& record) {
  for (const Change& change : record.op.changes) {
    const auto history = histories_.find(change.entry);
    if (history == histories_.end()) continue;
    if (space_.entry(change.entry).version != space_.index()) continue;
    history->second.note(space_.entry(change.entry), space_.epoch());
  }
}

}  // namespace danji
