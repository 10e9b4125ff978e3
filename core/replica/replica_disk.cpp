// Replica, what concerns the disk: which entries it lacks, and which ops wait for it.

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/replica.h"

namespace danji {

void Replica::becomeLasting() {
  isLasting_ = realm_->hasLasting = true;
  realm_->stirsStorage = realm_->hasStorage;
}

void Replica::noteLasting(const KnownDefinition* known) {
  if (!isLasting_ && known != nullptr && known->contract.lasts()) becomeLasting();
}

void Replica::noteHeld(const KnownDefinition* known) {
  if (known == nullptr || !known->contract.lasts()) return;
  holdsLasting_ = true;
  noteLasting(known);
}

bool Replica::mustWaitFor(const Op& op) {
  if (disk_ == Disk::awaited) return true;
  if (disk_ != Disk::unread) return false;
  // A log that begins here begins with what the disk knows of it, also for other pages' keys.
  const bool isBegun = !isIn(Plane::device) || space_.index() > 0 || !realm_->hasLasting;
  const bool mayBeThere =
      !isBegun ||
      std::any_of(op.changes.begin(), op.changes.end(), [this](const Change& change) {
        const KnownDefinition* meant = realm_->definitions.meantBy(change);
        return !space_.entry(change.entry).isDefined() && meant != nullptr &&
               meant->contract.lasts();
      });
  if (!mayBeThere || mutation::isRemoved(mutation::Rule::diskAwaited)) return false;
  disk_ = Disk::awaited;
  becomeLasting();
  return true;
}

void Replica::stir(EntryId entry) {
  if (disk_ == Disk::none) return;
  realm_->stirsStorage = true;
  stirred_.add(entry);
}

void Replica::stirAll() {
  if (disk_ == Disk::none) return;
  realm_->stirsStorage = true;
  stirred_.addAll();
}

void Replica::noteForgotten(const Op& op) {
  if (disk_ == Disk::none || !isIn(Plane::device)) return;
  const auto lasts = [this](const Change& change) {
    const KnownDefinition* known = space_.entry(change.entry).known;
    return change.kind != ChangeKind::define && known != nullptr && known->contract.lasts();
  };
  const auto isBrief = [&](const Change& change) {
    return change.kind != ChangeKind::define && !lasts(change);
  };
  if (std::none_of(op.changes.begin(), op.changes.end(), isBrief)) return;
  const bool isPartly = std::any_of(op.changes.begin(), op.changes.end(), lasts);
  forgotten_.push_back({.index = space_.index(), .id = op.id,
                        .code = isPartly ? ErrorCode::storage : ErrorCode::voided});
  if (forgotten_.size() > kRecordsKept) forgotten_.pop_front();
}

void Replica::noteStored(std::uint64_t epoch, std::uint64_t index) {
  storedEpoch_ = epoch;
  storedIndex_ = index;
  if (epoch != space_.epoch()) return;
  realm_->changes.saved.push_back({.space = id_, .index = index});
  if (index < space_.index()) return;
  storedFloor_ = space_.floorOf(realm_->self);
  realm_->stirsStorage = realm_->hasStorage;
}

void Replica::stirAbove(std::uint64_t version) {
  for (EntryId entry = 0; entry < space_.entryCount(); ++entry) {
    if (space_.entry(entry).version > version) stir(entry);
  }
}

void Replica::recall(const SpaceState& stored) {
  EndedLog ended{.accepted = space_.acceptedIn(stored)};
  for (const EntryState& entry : stored.entries) {
    if (entry.version > 0) ended.entries.push_back(space_.entryFrom(entry));
    space_.entryOf(entry.key);
  }
  rescueValues(ended, space_.floorOf(realm_->self));
}

}  // namespace danji
