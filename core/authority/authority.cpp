#include "core/authority/authority.h"

#include <algorithm>

#include "core/authority/contract_check.h"
#include "core/authority/guard.h"
#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/strategy/strategy.h"

namespace danji {
namespace {

// Entries that an op names, as bits by their place: an op may name thousands.
class EntrySet {
 public:
  // False when it was in there already.
  bool insert(EntryId id) {
    if (id >= has_.size()) has_.resize(id + std::size_t{1});
    const bool isNew = !has_[id];
    has_[id] = true;
    return isNew;
  }

 private:
  std::vector<bool> has_;
};

}  // namespace

Stamp stampFor(const Space& space, const Op& op, double nowMillis) {
  const Stamp now = std::max(space.lastStamp().next(), Stamp::atMillis(nowMillis));
  // Written by this clock in this very millisecond: nothing is later.
  if (op.createdMillis >= nowMillis) return now;
  Stamp least = op.observed.next();
  for (const Change& change : op.changes) {
    const Entry& entry = space.entry(change.entry);
    const bool isOwn = entry.isWritten() && entry.session == op.id.session;
    if (mutation::isRemoved(mutation::Rule::ownAbove)) break;
    if (isOwn) least = std::max(least, entry.stamp.next());
    for (const Part& part : entry.parts) {
      if (part.id.session == op.id.session) least = std::max(least, part.stamp.next());
    }
  }
  return std::min(std::max(Stamp::atMillis(op.createdMillis), least), now);
}

ErrorCode Authority::admitKey(const Space& space, const Change& change) const {
  const Entry& entry = space.entry(change.entry);
  if (entry.isDefined()) {
    return entry.fingerprint() == change.fingerprint ? ErrorCode::ok : ErrorCode::definitionClash;
  }
  const KnownDefinition* known = definitions_->meantBy(change);
  if (known == nullptr) return ErrorCode::notRegistered;
  const Address& address = space.address();
  if (known->definition.scope != address.scope || known->definition.plane != address.plane) {
    return ErrorCode::definitionClash;
  }
  return clashes_(space, entry.key, change.fingerprint) ? ErrorCode::definitionClash
                                                        : ErrorCode::ok;
}

ErrorCode Authority::admitValue(const Space& space, const Change& change, OpId op,
                                const Grants& grants) const {
  const Entry& entry = space.entry(change.entry);
  Entry defined;  // As the define in front of it will leave the entry.
  if (!entry.isDefined()) defined.known = definitions_->meantBy(change);
  const Entry& judged = entry.isDefined() ? entry : defined;
  // Among tabs a log may end, and what it had decided is brought back by whoever has it.
  const bool isBroughtBack = space.address().plane != Plane::server &&
                             (change.kind == ChangeKind::fill ||
                              change.kind == ChangeKind::fillFields);
  if (!isBroughtBack && !mayChange(judged, change, judged.known->permissions, grants)) {
    return ErrorCode::forbidden;
  }
  return admitChange(judged, change, op);
}

ErrorCode Authority::admitContract(const Space& space, const Change& change,
                                   const Decided& decided) const {
  const Entry& entry = space.entry(change.entry);
  const KnownDefinition& meant = *definitions_->meantBy(change);
  const ErrorCode code = admitVersion(entry, change, meant, decided);
  if (code != ErrorCode::ok) return code;
  return mismatchOf(entry, change, meant, decided) ? ErrorCode::validation : ErrorCode::ok;
}

ErrorCode Authority::admit(const Space& space, const Op& op, const Grants& grants,
                           Stamp stamp) const {
  if (op.voids) return ErrorCode::voided;
  if (op.changes.size() > kBatchChangesMax && space.address().plane != Plane::tab) {
    return ErrorCode::tooLarge;
  }
  const Decided decided{
      .index = space.index() + 1, .stamp = stamp, .id = op.id, .unit = op.unit};
  EntrySet changed;
  for (const Change& change : op.changes) {
    ErrorCode code = admitKey(space, change);
    if (code == ErrorCode::ok) code = admitValue(space, change, op.id, grants);
    if (code == ErrorCode::ok) code = admitContract(space, change, decided);
    if (code != ErrorCode::ok) return code;
    // What holds for the confirmed entry may not hold after another change of it.
    const bool isWrite = change.kind != ChangeKind::define;
    if (isWrite && op.changes.size() > 1 && !changed.insert(change.entry)) {
      return ErrorCode::malformed;
    }
  }
  return ErrorCode::ok;
}

std::vector<Change> Authority::definesOf(const Space& space, const Op& op) const {
  std::vector<Change> defines;
  EntrySet listed;
  for (const Change& change : op.changes) {
    const Entry& entry = space.entry(change.entry);
    const KnownDefinition* known = definitions_->meantBy(change);
    if (entry.isDefined() && !known->replaces(*entry.known)) continue;
    if (op.changes.size() > 1 && !listed.insert(change.entry)) continue;
    defines.push_back({.kind = ChangeKind::define,
                       .entry = change.entry,
                       .fingerprint = change.fingerprint,
                       .definition = known});
  }
  return defines;
}

// Whether it writes over something that its author had not seen.
bool Authority::isConcurrent(const Space& space, const Op& op) {
  return std::any_of(op.changes.begin(), op.changes.end(), [&](const Change& change) {
    const Entry& entry = space.entry(change.entry);
    return entry.isWritten() && entry.session != op.id.session && entry.stamp > op.observed;
  });
}

Record Authority::decide(const Space& space, Op op, const Grants& grants,
                         double nowMillis) const {
  op.isHidden = false;  // Decided.
  Record record{.op = {}, .stamp = stampFor(space, op, nowMillis)};
  record.decision = admit(space, op, grants, record.stamp);
  if (!record.accepted()) {
    op.changes.clear();  // A rejected payload is its author's business alone.
    record.op = std::move(op);
    return record;
  }
  std::vector<Change> changes = definesOf(space, op);
  changes.reserve(changes.size() + op.changes.size());
  for (Change& change : op.changes) {
    if (change.kind != ChangeKind::define) changes.push_back(std::move(change));
  }
  op.changes = std::move(changes);
  record.isConcurrent = isConcurrent(space, op);
  record.op = std::move(op);
  return record;
}

}  // namespace danji
