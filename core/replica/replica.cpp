#include "core/replica/replica.h"

#include "core/base/limits.h"
#include "core/replica/translate.h"
#include "core/strategy/strategy.h"

namespace danji {

Replica::Replica(SpaceId id, Address address, Realm& realm)
    : id_(id), realm_(&realm), space_(std::move(address), realm.sessions, realm.units) {}

Value Replica::visible(EntryId id) const {
  const Entry& entry = space_.at(id);
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
                                     .versionBefore = space_.at(id).version,
                                     .pendingBefore = overlay_.countOf(id)});
}

bool Replica::addPending(Op op) {
  if (op.id.sequence <= space_.floorOf(op.id.session)) return false;
  if (overlay_.size() >= kPendingOpsMax) return false;
  for (const Change& change : op.changes) touch(change.entry);
  const bool isOwn = op.id.session == realm_->self;
  if (!overlay_.add(std::move(op), isOwn, realm_->nowMillis)) return false;
  realm_->ownPending += isOwn ? 1 : 0;
  return true;
}

void Replica::open(EntryId id, std::uint64_t fingerprint) {
  for (const Opened& opened : opened_) {
    if (opened.entry == id) return;
  }
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
    const Entry& entry = space_.at(change.entry);
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
    if (isAnotherLog && space_.at(id).isWritten()) before.push_back(space_.at(id));
  }
  for (const EntryState& entry : state.entries) touch(space_.entryOf(entry.key));
  if (space_.epoch() != state.epoch) realm_->changes.epochs.push_back(id_);
  space_.adopt(state);
  recent_.clear();
  dropDecided();
  if (isAnotherLog) rescue(before);
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
  // A state says that an op was decided, not how; that it was refused is told by the tail of
  // records, which a leader sends as long as it has it.
  for (const OpId id : decided) {
    std::optional<Op> op = removePending(id, ErrorCode::ok, space_.index());
    if (op && keepsRecords_ && id.session == realm_->self) ownDecided_.push_back(std::move(*op));
  }
}

void Replica::rescue(const std::deque<Entry>& before) {
  const std::uint64_t floor = space_.floorOf(realm_->self);
  if (sequence_ < floor) sequence_ = floor;
  resendUnknownOps(floor);
  for (const Entry& entry : before) rescueValue(entry, floor);
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

  std::uint64_t expected = floor + 1;
  std::vector<std::uint64_t> voids;
  if (const Overlay::Session* own = overlay_.of(realm_->self)) {
    for (const auto& [sequence, pending] : *own) {
      if (sequence > expected) voids.push_back(sequence - 1);
      expected = sequence + 1;
    }
  }
  if (sequence_ >= expected) voids.push_back(sequence_);
  for (const std::uint64_t sequence : voids) {
    addPending({.id = {.session = realm_->self, .sequence = sequence},
                .unit = realm_->units.intern("danji"),
                .createdMillis = realm_->nowMillis,
                .observed = {},
                .voids = true,
                .changes = {}});
  }
}

// Brings back a value of the log that was left: what this session wrote and the new log never
// saw, and what the new log lacks altogether, whoever wrote it.
void Replica::rescueValue(const Entry& before, std::uint64_t floor) {
  const EntryId id = space_.entryOf(before.key);
  const bool isOwn = before.session == realm_->self && before.sequence > floor;
  const bool isLacking = !space_.at(id).isWritten() && before.value.isSet();
  if (!isOwn && !isLacking) return;
  if (isOwn) {
    const Overlay::Session* own = overlay_.of(realm_->self);
    const bool isResent = own != nullptr && own->contains(before.sequence) &&
                          !own->at(before.sequence).op.voids;
    if (isResent) return;
  }
  ChangeKind kind = ChangeKind::fill;
  if (isOwn) kind = before.value.isSet() ? ChangeKind::set : ChangeKind::unset;
  Op op{.id = {.session = realm_->self, .sequence = nextSequence()},
        .unit = before.unit,
        .createdMillis = before.stamp.millis(),
        .observed = {},
        .voids = false,
        .changes = {}};
  op.changes.push_back({.kind = kind,
                        .entry = id,
                        .fingerprint = before.fingerprint,
                        .value = before.value,
                        .definition = std::nullopt});
  addPending(std::move(op));
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
