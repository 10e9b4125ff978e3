#include "core/replica/replica.h"

#include <algorithm>
#include <map>

#include "core/base/limits.h"
#include "core/replica/translate.h"
#include "core/strategy/strategy.h"

namespace danji {

Replica::Replica(SpaceId id, Address address, Realm& realm)
    : id_(id), realm_(&realm), space_(std::move(address), realm.sessions, realm.units) {}

Value Replica::visible(EntryId id) const {
  const Entry& entry = space_.entry(id);
  Value value = entry.value;
  for (const Overlay::Layer& layer : overlay_.layersOf(id)) {
    previewChange(value, entry.isWritten(), *layer.change, entry.definition.strategy);
  }
  return value;
}

void Replica::touch(EntryId id) {
  if (id >= isTouched_.size()) isTouched_.resize(space_.entryCount(), false);
  if (isTouched_[id]) return;
  isTouched_[id] = true;
  realm_->changes.touched.push_back({.space = id_,
                                     .entry = id,
                                     .before = visible(id),
                                     .versionBefore = space_.entry(id).version,
                                     .pendingBefore = overlay_.countOf(id)});
}

bool Replica::addPending(Op op) {
  if (op.id.sequence <= space_.floorOf(op.id.session)) return false;
  const bool isOwn = op.id.session == realm_->self;
  if (!isOwn && overlay_.size() >= kPendingOpsMax) return false;
  for (const Change& change : op.changes) touch(change.entry);
  if (!overlay_.add(std::move(op), isOwn, realm_->nowMillis)) return false;
  realm_->ownPending += isOwn ? 1 : 0;
  return true;
}

void Replica::open(EntryId id, std::uint64_t fingerprint) {
  opened_.push_back({.entry = id, .fingerprint = fingerprint});
}

std::optional<Op> Replica::removePending(OpId id, ErrorCode decision, std::uint64_t index) {
  const Overlay::Session* session = overlay_.of(id.session);
  if (session == nullptr) return std::nullopt;
  const auto found = session->find(id.sequence);
  if (found == session->end()) return std::nullopt;
  for (const Change& change : found->second.op.changes) touch(change.entry);
  std::optional<Op> op = overlay_.remove(id);
  if (id.session == realm_->self) {
    --realm_->ownPending;
    realm_->changes.decisions.push_back(
        {.space = id_, .sequence = id.sequence, .code = decision, .index = index});
    if (decision == ErrorCode::definitionClash) noteClashes(*op);
  }
  return op;
}

// In an op with one key that key is to blame; among several, those that are known to differ.
// The others are declared by ops of their own, which will tell.
void Replica::noteClashes(const Op& op) {
  for (const Change& change : op.changes) {
    const Entry& entry = space_.entry(change.entry);
    const bool differs = entry.isDefined() && entry.fingerprint != change.fingerprint;
    if (differs || op.changes.size() == 1) {
      realm_->changes.clashes.push_back({.space = id_, .entry = change.entry});
    }
  }
}

void Replica::apply(const Record& record) {
  const OpId id = record.op.id;
  const std::uint64_t index = space_.index() + 1;
  if (record.op.voids) {
    // Everything of the session up to the void's number is settled with it.
    while (const Overlay::Session* session = overlay_.of(id.session)) {
      const std::uint64_t first = session->begin()->first;
      if (first > id.sequence) break;
      removePending({.session = id.session, .sequence = first}, ErrorCode::voided, index);
    }
  }
  std::optional<Op> pending = removePending(id, record.decision, index);
  space_.fold(record, [this](EntryId entry) { touch(entry); });
  if (id.session == realm_->self && id.sequence > sequence_) sequence_ = id.sequence;
  if (keepsRecords_) {
    recent_.push_back(record);
    // The author's own copy knows when it was made; the record does not.
    if (id.session == realm_->self && record.accepted()) {
      ownDecided_.push_back(pending ? std::move(*pending) : record.op);
    }
  }
  if (realm_->keepsJournal) writeJournal(record);
}

void Replica::keepRecords(bool keep) {
  keepsRecords_ = keep;
  if (keep) return;
  recent_.clear();
  ownDecided_.clear();
}

void Replica::trimRecords() {
  while (recent_.size() > kRecordsKept) recent_.pop_front();
  while (ownDecided_.size() > kOwnOpsKept) ownDecided_.pop_front();
}

void Replica::beginEpoch(std::uint64_t epoch) {
  space_.beginEpoch(epoch);
  realm_->changes.epochs.push_back(id_);
  recent_.clear();  // Records of the old incarnation are of no use to anybody.
  if (realm_->keepsJournal) writeJournalState();
}

void Replica::adopt(const SpaceState& state) {
  const bool isAnotherLog = space_.index() > 0 && space_.epoch() != state.epoch;
  std::deque<Entry> before;
  for (EntryId id = 0; id < space_.entryCount(); ++id) {
    touch(id);
    if (isAnotherLog && space_.entry(id).isWritten()) before.push_back(space_.entry(id));
  }
  for (const EntryState& entry : state.entries) touch(space_.entryOf(entry.key));
  if (space_.epoch() != state.epoch) realm_->changes.epochs.push_back(id_);
  space_.adopt(state);
  recent_.clear();
  dropDecided();
  if (isAnotherLog) rescue(before);
  noteClashes();
  if (realm_->keepsJournal) writeJournalState();
}

void Replica::dropDecided() {
  std::vector<OpId> decided;
  for (const auto& [session, ops] : overlay_.sessions()) {
    const std::uint64_t floor = space_.floorOf(session);
    for (const auto& [sequence, pending] : ops) {
      if (sequence > floor) break;
      decided.push_back({.session = session, .sequence = sequence});
    }
  }
  for (const OpId id : decided) {
    const ErrorCode verdict = verdictOn(overlay_.of(id.session)->find(id.sequence)->second.op);
    std::optional<Op> op = removePending(id, verdict, space_.index());
    const bool isOurs = id.session == realm_->self && verdict == ErrorCode::ok;
    if (op && keepsRecords_ && isOurs) ownDecided_.push_back(std::move(*op));
  }
}

// How an op was decided that the confirmed state includes: an accepted one left a definition
// for each of its keys, and the first definition of a key stands.
ErrorCode Replica::verdictOn(const Op& op) const {
  if (op.voids) return ErrorCode::voided;
  const bool isRefused =
      std::any_of(op.changes.begin(), op.changes.end(), [this](const Change& change) {
        return space_.entry(change.entry).fingerprint != change.fingerprint;
      });
  return isRefused ? ErrorCode::definitionClash : ErrorCode::ok;
}

// Keys of this page that mean something else in the state that was adopted.
void Replica::noteClashes() {
  for (Opened& opened : opened_) {
    const Entry& entry = space_.entry(opened.entry);
    const bool differs = entry.isDefined() && entry.fingerprint != opened.fingerprint;
    if (differs && !opened.isRefused) {
      realm_->changes.clashes.push_back({.space = id_, .entry = opened.entry});
    }
    opened.isRefused = differs;
  }
}

void Replica::rescue(const std::deque<Entry>& before) {
  const std::uint64_t floor = space_.floorOf(realm_->self);
  if (sequence_ < floor) sequence_ = floor;
  declared_ = 0;
  resendUnknownOps(floor);

  // One op for what one op had written, so that a batch stays whole; in the order of the old log.
  std::map<std::uint64_t, Op> ops;
  for (const Entry& entry : before) {
    std::optional<Change> change = rescued(entry, floor);
    if (!change) continue;
    Op& op = ops[entry.version];
    op.unit = entry.unit;
    op.createdMillis = entry.stamp.millis();
    op.observed = {entry.stamp.ticks - std::min<std::uint64_t>(entry.stamp.ticks, 1)};
    op.changes.push_back(std::move(*change));
  }
  for (auto& [version, op] : ops) {
    op.id = {.session = realm_->self, .sequence = nextSequence()};
    addPending(std::move(op));
  }
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

// How a value of the log that was left comes back: what this session wrote and the new log never
// saw, and what the new log lacks altogether, whoever wrote it.
std::optional<Change> Replica::rescued(const Entry& before, std::uint64_t floor) {
  const EntryId id = space_.entryOf(before.key);
  // What this session has not been answered about is newer than anything it was.
  if (overlay_.hasOwnWrite(id)) return std::nullopt;
  Change change{.kind = ChangeKind::fill,
                .entry = id,
                .fingerprint = before.fingerprint,
                .value = before.value,
                .definition = std::nullopt};
  const Entry& now = space_.entry(id);
  const bool isOwn = before.session == realm_->self && before.stamp != Stamp{};
  const bool isKnown = now.isWritten() && now.session == before.session &&
                       now.sequence >= before.sequence;
  // A number at or below the floor may have been closed as a gap while this tab was away.
  if (isOwn && !isKnown && (before.sequence > floor || now.stamp < before.stamp)) {
    change.kind = before.value.isSet() ? ChangeKind::set : ChangeKind::unset;
    return change;
  }
  if (now.isWritten() || !before.value.isSet()) return std::nullopt;
  return change;
}

void Replica::writeJournal(const Record& record) {
  TableBuilder builder(*realm_);
  RecordsSection section{.address = space_.address().text,
                         .epoch = space_.epoch(),
                         .from = space_.index(),
                         .records = {builder.record(*this, record)}};
  ByteWriter bytes;
  encode(bytes, builder.take());
  encode(bytes, section);
  journal_.u8(2);
  journal_.u32(static_cast<std::uint32_t>(bytes.size()));
  journal_.raw(bytes.view());
}

void Replica::writeJournalState() {
  ByteWriter bytes;
  encode(bytes, space_.state());
  journal_.u8(1);
  journal_.u32(static_cast<std::uint32_t>(bytes.size()));
  journal_.raw(bytes.view());
}

}  // namespace danji
