// Engine, contracts: keys with a schema, what is refused for it in the call, and telling under
// which version a value is.

#include <algorithm>

#include "core/authority/contract_check.h"
#include "core/authority/guard.h"
#include "core/base/limits.h"
#include "core/engine/engine.h"

namespace danji {
namespace {

// As an undecided op is shown: later than everything.
Decided undecided(const Replica& replica, const Op& op) {
  return {.index = replica.space().index() + kPendingOpsMax,
          .stamp = {kStampTicksMax},
          .id = op.id,
          .unit = op.unit};
}

}  // namespace

Result<DefinitionId> Engine::define(std::string_view key, const Definition& definition,
                                    const Contract& contract, std::uint32_t history,
                                    const Value& standard) {
  if (definition.scope == Scope::privateToUnit && definition.plane != Plane::tab) {
    return Error{ErrorCode::invalidDefinition, "a private state stays in its tab"};
  }
  if (!contract.schema.empty() && standard.isSet()) {
    const Result<Schema> schema = Schema::parse(contract.schema);
    if (!schema.ok()) return schema.error();
    if (const std::optional<Mismatch> mismatch = schema.value().check(standard)) {
      return Error{ErrorCode::invalidDefinition,
                   "the default does not fit the schema: " + mismatch->sentence() +
                       (mismatch->path.empty() ? "" : " at " + mismatch->path)};
    }
  }
  Result<DefinitionId> id = realm_.definitions.registerKey(key, definition, contract);
  if (!id.ok()) return id;
  const bool isNew = id.value() == historyLimits_.size();
  if (isNew) historyLimits_.push_back(std::min(history, kHistoryMax));
  else redefine(id.value());
  return id;
}

// The places where a key is used take its contract over, if it is another one now.
void Engine::redefine(DefinitionId id) {
  const KnownDefinition* known = realm_.definitions.registration(id).known;
  for (OpenSlot& slot : slots_) {
    if (slot.definition != id || slot.known == known) continue;
    slot.known = known;
    slot.isPlain = mayBePlain(*known);
    slot.mayBeQuick = slot.isPlain && historyLimits_[id] == 0 &&
                      !slot.known->permissions.guardWrites();
    slot.isLasting = known->contract.lasts();
    slot.replica->redefine(slot.entry, known);
    peer_.opened(*slot.replica);
  }
}

// What the change's author needs grants for; null: nothing.
const Permissions* Engine::guardOf(const Replica& replica, const Change& change) const {
  const Entry& entry = replica.space().entry(change.entry);
  const KnownDefinition* known =
      entry.isDefined() ? entry.known : realm_.definitions.meantBy(change);
  return known != nullptr && known->permissions.guardWrites() ? &known->permissions : nullptr;
}

ErrorCode Engine::checkFollowing(const Draft& draft) const {
  const Replica& replica = *draft.replica;
  if (replica.overlay().size() >= kPendingOpsMax) return ErrorCode::outboxFull;
  const Decided decided = undecided(replica, draft.op);
  for (const Change& change : draft.op.changes) {
    const Entry& entry = replica.space().entry(change.entry);
    if (entry.isDefined() && entry.fingerprint() != change.fingerprint) {
      return ErrorCode::definitionClash;
    }
    const Permissions* guard = guardOf(replica, change);
    const Grants grants = realm_.claimsOf(draft.op);
    if (guard != nullptr && !mayChange(replica.shown(change.entry), change, *guard, grants)) {
      return ErrorCode::forbidden;
    }
    const KnownDefinition& meant = *change.definition;
    if (meant.schema.isOpen() && (!entry.isDefined() || entry.known->schema.isOpen())) continue;
    const Entry shown = replica.shown(change.entry);
    const ErrorCode code = admitVersion(shown, change, meant, decided);
    if (code != ErrorCode::ok) return code;
    if (mismatchOf(shown, change, meant, decided)) return ErrorCode::validation;
  }
  return ErrorCode::ok;
}

void Engine::noteMismatch(const Draft& draft) {
  const Replica& replica = *draft.replica;
  const Decided decided = undecided(replica, draft.op);
  for (const Change& change : draft.op.changes) {
    const Entry entry =
        decides(replica) ? replica.space().entry(change.entry) : replica.shown(change.entry);
    const std::optional<Mismatch> mismatch =
        mismatchOf(entry, change, *change.definition, decided);
    if (!mismatch) continue;
    mismatch_ = mismatch->sentence();
    mismatch_ += '\0';
    mismatch_ += mismatch->path;
    mismatch_ += '\0';
    mismatch_ += entry.key;
    return;
  }
}

// The schema version of what readers see, when it is another one than the glue was told last.
void Engine::drainContract(ByteWriter& out, Slot slot, const KnownDefinition* known) {
  const KnownDefinition* told = slots_[slot].told;
  if (known == nullptr || known == told) return;
  slots_[slot].told = known;
  if (known->contract.version == (told == nullptr ? "" : told->contract.version)) return;
  out.u8(10);
  out.u32(slot);
  out.text(known->contract.version);
}

}  // namespace danji
