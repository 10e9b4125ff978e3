// Engine, single writes: the path that runs for every set. Compiled for speed; the rest of the
// core is compiled for size.

#include "core/engine/engine.h"

namespace danji {

// No record is wanted, the key means here what the page believes, and nothing undecided lies
// on top of it.
bool Engine::isQuick(const OpenSlot& slot) const {
  if (realm_.keepsJournal || !slot.replica->overlay().empty()) return false;
  const bool isHeard = slot.replica->isIn(Plane::server) || !peer_.isUnheard();
  if (slot.replica->isShared() && isHeard) return false;
  return slot.mayBeQuick && slot.replica->space().entry(slot.entry).known == slot.known;
}

Value* Engine::decideQuickly(OpenSlot& slot, NameId unit, Outcome& outcome) {
  outcome.sequence = slot.replica->nextSequence();
  Value* value = slot.replica->space().decideOwn(
      slot.entry, {.session = realm_.self, .sequence = outcome.sequence}, unit, realm_.nowMillis);
  outcome.index = slot.replica->space().index();
  if (slot.isLasting) slot.replica->stir(slot.entry);
  return value;
}

Outcome Engine::setNumber(Slot id, NameId unit, double number) {
  OpenSlot& slot = slots_[id];
  if (!isQuick(slot)) return set(id, unit, Value::number(number));
  Outcome outcome;
  if (Value* value = decideQuickly(slot, unit, outcome)) value->become(number);
  return outcome;
}

Outcome Engine::touch(Slot id, NameId unit) {
  OpenSlot& slot = slots_[id];
  Outcome outcome;
  if (!isQuick(slot)) {
    outcome.needsText = true;
    return outcome;
  }
  if (Value* value = decideQuickly(slot, unit, outcome)) *value = Value::deferred();
  return outcome;
}

void Engine::fill(Slot id, Value value) {
  OpenSlot& slot = slots_[id];
  // Overwritten meanwhile by something that needed no text.
  if (!slot.replica->space().entry(slot.entry).value.isDeferred()) return;
  slot.replica->space().fill(slot.entry, std::move(value));
}

Outcome Engine::set(Slot id, NameId unit, Value value) {
  OpenSlot& slot = slots_[id];
  if (isQuick(slot)) {
    Outcome outcome;
    if (Value* place = decideQuickly(slot, unit, outcome)) *place = std::move(value);
    return outcome;
  }
  return commitOne({.place = slot, .unit = unit, .kind = Intent::Kind::set,
                    .value = std::move(value)});
}

Outcome Engine::unset(Slot id, NameId unit) {
  OpenSlot& slot = slots_[id];
  if (isQuick(slot)) {
    Outcome outcome;
    if (Value* place = decideQuickly(slot, unit, outcome)) *place = Value();
    return outcome;
  }
  return commitOne({.place = slot, .unit = unit, .kind = Intent::Kind::unset,
                    .value = Value()});
}

}  // namespace danji
