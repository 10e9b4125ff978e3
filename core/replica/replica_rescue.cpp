// Replica, what is saved when the log it followed has ended: this session's ops that the new log
// doesn't know, and what they and others had made of the values.

#include <algorithm>
#include <map>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/entry/field_path.h"
#include "core/replica/replica.h"

namespace danji {

void Replica::rescue(const EndedLog& ended) {
  const std::uint64_t floor = space_.floorOf(realm_->self);
  if (sequence_ < floor) sequence_ = floor;
  coverHeld();
  if (!mutation::isRemoved(mutation::Rule::ownOpsRescued)) resendUnknownOps(floor);
  // A server's state is what it says it is: other devices speak for themselves.
  if (isIn(Plane::server)) return;
  resendOthersOps(ended);
  if (!mutation::isRemoved(mutation::Rule::fillsRescued)) rescueValues(ended, floor);
}

void Replica::rescueValues(const EndedLog& ended, std::uint64_t floor) {
  // One op for what one op had written, so that a batch stays whole; in the order of the old log.
  OpsByVersion ops;
  for (const Entry& entry : ended.entries) {
    switch (entry.strategy()) {
      case StrategyKind::merge:
        rescueFields(entry, floor, ops);
        break;
      case StrategyKind::userResolve:
        rescueChoices(entry, floor, ops);
        break;
      default:
        rescueValue(entry, ended.accepted, floor, ops);
    }
  }
  for (auto& [version, op] : ops) {
    op.id = {.session = realm_->self, .sequence = nextSequence()};
    addPending(std::move(op));
  }
  overlay_.raiseHeld(sequence_);
}

// A place for what was written by whom and when.
Change& Replica::rescuedBy(OpsByVersion& ops, const Entry& entry,
                           const Decided& written) {
  Op& op = ops[written.index];
  op.unit = written.unit;
  op.grants = realm_->lastGrantsOf(written.unit);
  op.createdMillis = written.stamp.millis();
  op.observed = {written.stamp.ticks - std::min<std::uint64_t>(written.stamp.ticks, 1)};
  const EntryId id = space_.entryOf(entry.key);
  const auto change = std::find_if(op.changes.begin(), op.changes.end(),
                                   [&](const Change& one) { return one.entry == id; });
  if (change != op.changes.end()) return *change;
  op.changes.push_back({.kind = ChangeKind::fill, .entry = id,
                        .fingerprint = entry.fingerprint(), .definition = entry.known});
  return op.changes.back();
}

// Every number above the floor is pending again: as the op itself where it is still known, else
// as a void, so that the numbers after it can be decided.
void Replica::resendUnknownOps(std::uint64_t floor) {
  std::deque<Op> decided = std::move(ownDecided_);
  ownDecided_.clear();
  for (Op& op : decided) {
    if (op.id.sequence > floor) {
      addPending(std::move(op));
    } else {
      ownDecided_.push_back(std::move(op));
    }
  }

  std::vector<Op> voids;
  std::uint64_t last = floor;
  const auto closeUpTo = [&](std::uint64_t end) {
    if (end <= last) return;
    voids.push_back(Op::closing({.session = realm_->self, .sequence = end}, last,
                                realm_->units.intern("danji"), realm_->nowMillis));
  };
  if (const Overlay::Session* own = overlay_.of(realm_->self)) {
    for (const auto& [sequence, pending] : *own) {
      closeUpTo(sequence - 1);
      last = sequence;
    }
  }
  closeUpTo(sequence_);
  for (Op& op : voids) addPending(std::move(op));
}

// Ops of others that the log had decided: their authors may not have heard of it, or be gone.
// They keep their numbers, so nobody's op is applied twice.
void Replica::resendOthersOps(const EndedLog& ended) {
  std::map<EntryId, const KnownDefinition*> meanings;
  for (const Entry& entry : ended.entries) meanings[space_.entryOf(entry.key)] = entry.known;
  for (const Record& record : ended.records) {
    if (!record.accepted() || record.op.id.session == realm_->self) continue;
    Op op = record.op;
    op.createdMillis = record.stamp.millis();
    op.observed = {record.stamp.ticks - std::min<std::uint64_t>(record.stamp.ticks, 1)};
    std::erase_if(op.changes,
                  [](const Change& change) { return change.kind == ChangeKind::define; });
    // A record doesn't repeat what its log had defined.
    for (Change& change : op.changes) {
      change.definition = meanings[change.entry];
      if (change.definition != nullptr) change.fingerprint = change.definition->fingerprint;
    }
    addPending(std::move(op));
  }
}

// What this session wrote and the new log never saw, and what the new log lacks altogether,
// whoever wrote it.
void Replica::rescueValue(const Entry& before, const Included& accepted, std::uint64_t floor,
                          OpsByVersion& ops) {
  const EntryId id = space_.entryOf(before.key);
  // What this session has not been answered about is newer than anything it was.
  if (overlay_.hasOwnWrite(id)) return;
  // Whoever's additions are sent again are not in what is brought back.
  if (before.strategy() == StrategyKind::sum && overlay_.hasWrite(id)) return;
  const Entry& now = space_.entry(id);
  // Under the other strategies the ops themselves are sent again, and what they had made of the
  // value is of use only where there is none.
  const bool isOwn = before.strategy() == StrategyKind::lastWriteWins &&
                     before.session == realm_->self && before.stamp != Stamp{};
  const bool isKnown = now.isWritten() && now.session == before.session &&
                       now.sequence >= before.sequence;
  // A number at or below the floor may have been closed as a gap while this tab was away.
  const bool isMissed = isOwn && !isKnown && (before.sequence > floor || now.stamp < before.stamp);
  const bool isLacking = !now.isWritten() && before.value.isSet();
  if (!isMissed && !isLacking) return;
  Change& change = rescuedBy(ops, before, {.index = 2 * before.version, .stamp = before.stamp,
                                           .id = before.writer(), .unit = before.unit});
  change.value = before.value;
  // Above those that the additions in flight were made under: none of them counts twice.
  if (before.strategy() == StrategyKind::sum) change.incarnation = before.incarnation;
  // Whoever sends again what is in the value learns that it counts.
  if (keepsIncluded(before.strategy())) change.observed = joined(accepted, before.included);
  if (isMissed) change.kind = before.value.isSet() ? ChangeKind::set : ChangeKind::unset;
}

// An own op whose number was closed was never applied and never will be. It may be made again, but
// for what was written anew meanwhile, and unless it was computed from something that is gone.
bool Replica::mayGoOn(Op& op) const {
  if (op.voids || op.id.session != realm_->self) return false;
  const bool isComputed =
      std::any_of(op.changes.begin(), op.changes.end(), [](const Change& change) {
        return change.expectation != Expectation::nothing;
      });
  if (isComputed) return false;
  std::erase_if(op.changes, [this](Change& change) { return isOverwritten(change); });
  return !op.changes.empty();
}

void Replica::goOn(std::vector<Op> closed) {
  if (closed.empty()) return;
  coverHeld();
  sequence_ = std::max(sequence_, space_.floorOf(realm_->self));
  for (Op& op : closed) {
    const std::uint64_t before = op.id.sequence;
    op.id.sequence = nextSequence();
    formerNumbers_[op.id.sequence] = before;
    realm_->changes.renumbered.push_back({.space = id_, .before = before, .now = op.id.sequence});
    addPending(std::move(op));
  }
  overlay_.raiseHeld(sequence_);
}

// What it writes of keys that don't last.
Op Replica::briefPartOf(Op op) const {
  std::erase_if(op.changes, [this](const Change& change) {
    const KnownDefinition* known = space_.entry(change.entry).known;
    return change.kind == ChangeKind::define || (known != nullptr && known->contract.lasts());
  });
  return op;
}

// Whether nothing is left to do of a change that came to nothing, for this session has written
// something else since. Of a patch the other fields are left; what is added to a sum stands beside
// what else is; and what was brought back is older than it.
bool Replica::isOverwritten(Change& change) const {
  const std::vector<Overlay::Layer> layers = overlay_.layersOf(change.entry);
  const auto isOver = [&](std::string_view path) {
    return std::any_of(layers.begin(), layers.end(), [&](const Overlay::Layer& layer) {
      if (!layer.pending->isOwn || layer.pending->hold != 0) return false;
      const Change& later = *layer.change;
      switch (later.kind) {
        case ChangeKind::define:
        case ChangeKind::fill:
        case ChangeKind::fillFields:
          return false;
        case ChangeKind::add:
          return change.kind != ChangeKind::add;
        case ChangeKind::patch:
          return change.kind != ChangeKind::patch ||
                 std::any_of(later.fields.begin(), later.fields.end(), [&](const auto& field) {
                   return field.path == path || isInside(path, field.path);
                 });
        default:
          return true;
      }
    });
  };
  if (change.kind != ChangeKind::patch) return isOver("");
  std::erase_if(change.fields, [&](const FieldChange& field) { return isOver(field.path); });
  return change.fields.empty();
}

// Whether the log counts an op that it has nothing of, or not all: a disk's, of keys that don't
// last. What its author still has of it is no older than anything there.
bool Replica::isOnlyCounted(OpId id) const {
  const ErrorCode mark = space_.rejectionOf(id);
  return mark == ErrorCode::voided || mark == ErrorCode::storage;
}

// Whether an op of this session that waits for its decision writes the field.
bool Replica::hasOwnField(EntryId id, std::string_view path) const {
  const std::vector<Overlay::Layer> layers = overlay_.layersOf(id);
  return std::any_of(layers.begin(), layers.end(), [&](const Overlay::Layer& layer) {
    if (!layer.pending->isOwn || layer.pending->hold != 0) return false;
    if (layer.change->kind == ChangeKind::define) return false;
    const std::vector<FieldChange>& fields = layer.change->fields;
    return !carriesFields(layer.change->kind) ||
           std::any_of(fields.begin(), fields.end(), [&](const FieldChange& field) {
             return field.path == path || isInside(field.path, path) ||
                    isInside(path, field.path);
           });
  });
}

// A field that this session wrote last, and one that the new log lacks altogether.
void Replica::rescueFields(const Entry& before, std::uint64_t floor, OpsByVersion& ops) {
  const EntryId id = space_.entryOf(before.key);
  const Entry& now = space_.entry(id);
  for (const Part& part : before.parts) {
    const auto known = std::find_if(now.parts.begin(), now.parts.end(),
                                    [&](const Part& one) { return one.path == part.path; });
    const bool isThere = known != now.parts.end();
    const bool isOwn = part.id.session == realm_->self && part.stamp != Stamp{};
    const bool isKnown = isThere && known->id.session == part.id.session &&
                         known->id.sequence >= part.id.sequence;
    const bool isOlder = isThere ? known->stamp < part.stamp : isOnlyCounted(part.id);
    const bool isMissed = isOwn && !isKnown && (part.id.sequence > floor || isOlder);
    const bool isLacking = !isThere && part.value.isSet();
    if ((!isMissed && !isLacking) || hasOwnField(id, part.path)) continue;
    // An op changes an entry in one way: what is missed and what is lacking go apart.
    const std::uint64_t place = 2 * part.version + (isMissed ? 0 : 1);
    Change& change = rescuedBy(ops, before, {.index = place, .stamp = part.stamp, .id = part.id,
                                             .unit = part.unit});
    change.kind = isMissed ? ChangeKind::patch : ChangeKind::fillFields;
    change.incarnation = now.incarnation;
    change.fields.push_back({.path = part.path, .value = part.value});
  }
}

// Values of this session to choose from that the new log never saw, and all of them when it has
// none.
void Replica::rescueChoices(const Entry& before, std::uint64_t floor, OpsByVersion& ops) {
  const EntryId id = space_.entryOf(before.key);
  const Entry& now = space_.entry(id);
  for (const Part& part : before.parts) {
    const bool isOwn = part.id.session == realm_->self;
    const bool isMissed = isOwn && part.id.sequence > floor;
    const bool isLacking = !now.isWritten() && (!isOwn || isOnlyCounted(part.id));
    if (!isMissed && !isLacking) continue;
    if (overlay_.hasOwnWrite(id)) continue;
    Change& change = rescuedBy(ops, before, {.index = 2 * part.version, .stamp = part.stamp,
                                             .id = part.id, .unit = part.unit});
    change.kind = part.value.isSet() ? ChangeKind::set : ChangeKind::unset;
    change.value = part.value;
  }
}

}  // namespace danji
