#include "core/authority/authority.h"

#include <algorithm>

#include "core/base/limits.h"

namespace danji {

Stamp stampFor(const Space& space, const Op& op, double nowMillis) {
  const Stamp now = std::max(space.lastStamp().next(), Stamp::atMillis(nowMillis));
  // Written by this clock in this very millisecond: nothing is later.
  if (op.createdMillis >= nowMillis) return now;
  Stamp least = op.observed.next();
  for (const Change& change : op.changes) {
    const Entry& entry = space.entry(change.entry);
    const bool isOwn = entry.isWritten() && entry.session == op.id.session;
    if (isOwn) least = std::max(least, entry.stamp.next());
  }
  return std::min(std::max(Stamp::atMillis(op.createdMillis), least), now);
}

ErrorCode Authority::admitKey(const Space& space, const Change& change) const {
  const Entry& entry = space.entry(change.entry);
  if (entry.isDefined()) {
    return entry.fingerprint == change.fingerprint ? ErrorCode::ok : ErrorCode::definitionClash;
  }
  const Definition* definition = definitions_->find(change.fingerprint);
  if (definition == nullptr) return ErrorCode::notRegistered;
  const Address& address = space.address();
  if (definition->scope != address.scope || definition->plane != address.plane) {
    return ErrorCode::definitionClash;
  }
  return clashes_(space, entry.key, change.fingerprint) ? ErrorCode::definitionClash
                                                        : ErrorCode::ok;
}

ErrorCode Authority::admit(const Space& space, const Op& op) const {
  if (op.voids) return ErrorCode::voided;
  if (op.changes.size() > kBatchChangesMax && space.address().plane != Plane::tab) {
    return ErrorCode::tooLarge;
  }
  for (const Change& change : op.changes) {
    const ErrorCode code = admitKey(space, change);
    if (code != ErrorCode::ok) return code;
  }
  return ErrorCode::ok;
}

std::vector<Change> Authority::definesOf(const Space& space, const Op& op) const {
  std::vector<Change> defines;
  for (const Change& change : op.changes) {
    if (space.entry(change.entry).isDefined()) continue;
    const bool listed = std::any_of(defines.begin(), defines.end(), [&](const Change& define) {
      return define.entry == change.entry;
    });
    if (listed) continue;
    defines.push_back({.kind = ChangeKind::define,
                       .entry = change.entry,
                       .fingerprint = change.fingerprint,
                       .value = Value(),
                       .definition = *definitions_->find(change.fingerprint)});
  }
  return defines;
}

Record Authority::decide(const Space& space, Op op, double nowMillis) const {
  Record record{.op = {}, .stamp = stampFor(space, op, nowMillis), .decision = admit(space, op)};
  if (!record.accepted()) {
    op.changes.clear();  // A rejected payload is its author's business alone.
    record.op = std::move(op);
    return record;
  }
  std::vector<Change> changes = definesOf(space, op);
  for (Change& change : op.changes) {
    if (change.kind != ChangeKind::define) changes.push_back(std::move(change));
  }
  op.changes = std::move(changes);
  record.op = std::move(op);
  return record;
}

}  // namespace danji
