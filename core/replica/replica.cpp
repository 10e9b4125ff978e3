#include "core/replica/replica.h"

#include <algorithm>

#include "core/authority/contract_check.h"
#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/translate.h"
#include "core/strategy/strategy.h"

namespace danji {
namespace {

// Where the op is in the log, if some entry still shows that it wrote it last; else 0.
std::uint64_t placeOf(const Space& space, const Op& op) {
  for (const Change& change : op.changes) {
    const Entry& entry = space.entry(change.entry);
    const bool isLast = entry.session == op.id.session && entry.sequence == op.id.sequence;
    if (isLast && entry.isWritten()) return entry.version;
  }
  return 0;
}

}  // namespace

Replica::Replica(SpaceId id, Address address, Realm& realm)
    : id_(id),
      realm_(&realm),
      space_(std::move(address), realm.sessions, realm.units, realm.definitions),
      predictions_(space_, overlay_, realm.definitions) {}

Value Replica::visible(EntryId id) const {
  return overlay_.countOf(id) == 0 ? space_.entry(id).value : shown(id).value;
}

void Replica::touch(EntryId id) {
  if (id >= isOpened_.size() || !isOpened_[id]) return;
  if (id >= isTouched_.size()) isTouched_.resize(isOpened_.size(), 0);
  if (isTouched_[id]) return;
  isTouched_[id] = 1;
  const std::uint32_t pending = overlay_.countOf(id);
  const Entry& confirmed = space_.entry(id);
  Touched touched{.space = id_,
                  .entry = id,
                  .before = confirmed.value,
                  .versionBefore = confirmed.version,
                  .pendingBefore = pending,
                  .choicesBefore = confirmed.parts.size()};
  if (pending > 0) {
    touched.before = shown(id).value;
    touched.choicesBefore = expected(id).parts.size();
  }
  realm_->changes.touched.push_back(std::move(touched));
}

bool Replica::addPending(Op op) {
  const bool isDecided = op.id.sequence <= space_.floorOf(op.id.session);
  if (isDecided && !mutation::isRemoved(mutation::Rule::opDecidedOnce)) return false;
  const bool isOwn = op.id.session == realm_->self;
  const std::size_t before = overlay_.size();
  if (!isOwn && before >= kPendingOpsMax && !op.withdraws()) return false;
  for (const Change& change : op.changes) touch(change.entry);
  if (op.withdraws()) {
    if (const Overlay::Pending* known = overlay_.find(op.id)) {
      for (const Change& change : known->op.changes) touch(change.entry);
    }
  }
  const OpId id = op.id;
  if (!overlay_.add(std::move(op), isOwn, realm_->nowMillis)) return false;
  // A void that made room for it may have nothing left to close.
  const std::uint64_t first = overlay_.of(id.session)->begin()->first;
  const bool isOver = first < id.sequence && first <= space_.floorOf(id.session);
  if (isOver) overlay_.remove({.session = id.session, .sequence = first});
  realm_->ownPending += isOwn ? overlay_.size() - before : 0;
  realm_->changes.outbox |= isShared();
  if (isOwn && isLasting_) realm_->stirsStorage = realm_->hasStorage;
  return true;
}

void Replica::open(EntryId id, const KnownDefinition* known) {
  opened_.push_back({.entry = id, .known = known});
  if (id >= isOpened_.size()) isOpened_.resize(id + std::size_t{1}, 0);
  isOpened_[id] = 1;
  noteLasting(known);
}

void Replica::redefine(EntryId id, const KnownDefinition* known) {
  for (Opened& opened : opened_) {
    if (opened.entry == id) opened.known = known;
  }
  declared_ = 0;
  noteLasting(known);
}

std::optional<Op> Replica::removePending(OpId id, const Decision& decision) {
  const Overlay::Session* session = overlay_.of(id.session);
  if (session == nullptr) return std::nullopt;
  const auto found = session->find(id.sequence);
  if (found == session->end()) return std::nullopt;
  for (const Change& change : found->second.op.changes) touch(change.entry);
  std::optional<Op> op = overlay_.remove(id);
  realm_->changes.outbox |= isShared();
  if (id.session == realm_->self) {
    --realm_->ownPending;
    Op rest = decision.code == ErrorCode::voided ? *op : Op();
    const bool goesOn = decision.code == ErrorCode::voided && mayGoOn(rest);
    const bool wasAccepted = !goesOn && takeFormer(*op) && decision.code != ErrorCode::ok;
    if (!goesOn) realm_->changes.decisions.push_back(decision);
    if (wasAccepted) realm_->changes.decisions.back().code = ErrorCode::ok;
    const bool isRefused = !goesOn && !wasAccepted && decision.code != ErrorCode::ok;
    if (isRefused && op->writes()) realm_->changes.returned.push_back({.space = id_, .op = *op});
    if (decision.code == ErrorCode::definitionClash) noteClashes(*op);
  }
  return op;
}

// In an op with one key that key is to blame; among several, those that are known to differ.
// The others are declared by ops of their own, which will tell.
void Replica::noteClashes(const Op& op) {
  for (const Change& change : op.changes) {
    const Entry& entry = space_.entry(change.entry);
    const bool differs = entry.isDefined() && entry.fingerprint() != change.fingerprint;
    if (differs || op.changes.size() == 1) {
      realm_->changes.clashes.push_back({.space = id_, .entry = change.entry});
    }
  }
}

void Replica::apply(const Record& record) {
  const OpId id = record.op.id;
  const std::uint64_t index = space_.index() + 1;
  Decision decision{.space = id_, .sequence = id.sequence, .code = record.decision,
                    .index = index};
  std::vector<Op> closed;
  if (record.op.voids) {
    // Everything of the session up to the void's number is settled with it.
    while (const Overlay::Session* session = overlay_.of(id.session)) {
      const std::uint64_t first = session->begin()->first;
      if (first > id.sequence) break;
      const ErrorCode verdict = isIncluded(session->begin()->second.op) ? ErrorCode::ok
                                                                        : ErrorCode::voided;
      std::optional<Op> op = removePending(
          {.session = id.session, .sequence = first},
          {.space = id_, .sequence = first, .code = verdict, .index = index});
      if (op && verdict == ErrorCode::voided && mayGoOn(*op)) closed.push_back(std::move(*op));
    }
  }
  // Readers saw the pending op until now, so what is told is what changes for them.
  std::vector<Entry> before;
  for (const Change& change : record.op.changes) {
    touch(change.entry);
    if (record.isConcurrent) before.push_back(space_.entry(change.entry));
  }
  const bool changed = space_.fold(record);
  for (const Change& change : record.op.changes) {
    if (change.kind == ChangeKind::define) noteHeld(space_.entry(change.entry).known);
    stir(change.entry);
  }
  if (record.accepted()) noteForgotten(record.op);
  if (isLasting_) realm_->stirsStorage = realm_->hasStorage;
  if (storedEpoch_ == space_.epoch() && storedIndex_ == space_.index()) {
    noteStored(storedEpoch_, storedIndex_);
  }
  if (!histories_.empty()) noteVersions(record);
  decision.isSuperseded = record.accepted() && record.op.writes() && !changed;
  std::optional<Op> pending = removePending(id, decision);
  noteOverwritten(record, before);
  if (id.session == realm_->self && record.accepted()) {
    for (const Change& change : record.op.changes) {
      overlay_.cover(change, id.sequence, space_.entry(change.entry).strategy());
    }
  }
  if (id.session == realm_->self && id.sequence > sequence_) sequence_ = id.sequence;
  if (keepsRecords_) recent_.push_back(record);
  if (id.session == realm_->self && record.accepted() && isKept(record.op)) {
    // The author's own copy knows when it was made; the record does not.
    ownDecided_.push_back(pending ? std::move(*pending) : record.op);
    ownDecided_.back().isHidden = false;  // It was seen by now.
    if (ownDecided_.size() > kOwnOpsKept) ownDecided_.pop_front();
  }
  if (realm_->keepsJournal) writeJournal(record);
  goOn(std::move(closed));
}

// Values of last_write_wins that somebody else had written and the author had not seen.
void Replica::noteOverwritten(const Record& record, const std::vector<Entry>& before) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Entry& old = before[i];
    const Entry& now = space_.entry(record.op.changes[i].entry);
    const bool wasUnseen = old.isWritten() && old.session != record.op.id.session &&
                           old.stamp > record.op.observed;
    const bool isReplaced = now.version == space_.index() && !(now.value == old.value);
    if (!wasUnseen || !isReplaced || old.strategy() != StrategyKind::lastWriteWins) continue;
    realm_->changes.overwritten.push_back({.space = id_,
                                           .entry = record.op.changes[i].entry,
                                           .value = old.value,
                                           .unit = old.unit,
                                           .session = old.session,
                                           .byUnit = record.op.unit});
  }
}

// Whether the op itself is needed when this log ends: of last_write_wins the values are enough.
bool Replica::isKept(const Op& op) const {
  return keepsRecords_ || isIn(Plane::server) || std::any_of(op.changes.begin(), op.changes.end(),
                                      [this](const Change& change) {
                                        return space_.entry(change.entry).strategy() !=
                                               StrategyKind::lastWriteWins;
                                      });
}

void Replica::keepRecords(bool keep) {
  keepsRecords_ = keep;
  if (keep) return;
  former_.clear();
  recent_.clear();
  std::erase_if(ownDecided_, [this](const Op& op) { return !isKept(op); });
}

void Replica::trimRecords() {
  while (recent_.size() > kRecordsKept) recent_.pop_front();
}

void Replica::beginEpoch(std::uint64_t epoch) {
  space_.beginEpoch(epoch);
  realm_->changes.epochs.push_back(id_);
  for (auto& [entry, history] : histories_) history.rename(epoch);
  // Nobody can ask for records of the old incarnation, but their ops may have to be sent again.
  for (const Record& record : recent_) former_.push_back(record);
  while (former_.size() > kRecordsKept) former_.pop_front();
  recent_.clear();
  if (realm_->keepsJournal) writeJournalState();
}

void Replica::adopt(SpaceState state) {
  const bool isAnotherLog = space_.index() > 0 && space_.epoch() != state.epoch;
  EndedLog ended;
  for (EntryId id = 0; id < space_.entryCount(); ++id) {
    touch(id);
    if (isAnotherLog && space_.entry(id).isWritten()) ended.entries.push_back(space_.entry(id));
  }
  if (isAnotherLog) ended.accepted = space_.acceptedIn(space_.stateWith({}));
  // Whether it knows of every refusal since what this tab had.
  const bool isSameLog = space_.epoch() == state.epoch;
  const bool isRemembered = state.rejections.size() < kRejectionsKept ||
                            (isSameLog && state.rejections.front().index <= space_.index() + 1);
  if (!isSameLog) realm_->changes.epochs.push_back(id_);
  space_.adopt(std::move(state));
  declared_ = 0;  // A disk counts the ops that declared keys, and has only what lasts.
  for (EntryId id = 0; id < space_.entryCount(); ++id) noteHeld(space_.entry(id).known);
  stirAll();
  for (auto& [entry, history] : histories_) history.startAnew(space_.entry(entry), space_.epoch());
  ended.records = std::move(former_);
  for (const Record& record : recent_) ended.records.push_back(record);
  former_.clear();
  recent_.clear();
  forgotten_.clear();
  dropDecided(isRemembered);
  if (isAnotherLog) rescue(ended);
  if (storedEpoch_ != 0) noteStored(storedEpoch_, storedIndex_);
  noteClashes();
  if (realm_->keepsJournal) writeJournalState();
}

void Replica::dropDecided(bool isRemembered) {
  std::vector<OpId> decided;
  for (const auto& [session, ops] : overlay_.sessions()) {
    const std::uint64_t floor = space_.floorOf(session);
    for (const auto& [sequence, pending] : ops) {
      if (sequence > floor) break;
      decided.push_back({.session = session, .sequence = sequence});
    }
  }
  std::vector<Op> closed;
  for (const OpId id : decided) {
    const Op& pending = overlay_.of(id.session)->find(id.sequence)->second.op;
    const ErrorCode verdict = verdictOn(pending, isRemembered);
    const std::uint64_t place = placeOf(space_, pending);
    std::optional<Op> op = removePending(id, {.space = id_,
                                              .sequence = id.sequence,
                                              .code = verdict,
                                              .index = place > 0 ? place : space_.index()});
    const bool isOurs = id.session == realm_->self && verdict == ErrorCode::ok;
    if (op && isOurs && space_.rejectionOf(id) == ErrorCode::storage) {
      closed.push_back(briefPartOf(*op));
      if (!mayGoOn(closed.back())) closed.pop_back();
    }
    if (op && isOurs && isKept(*op)) {
      op->isHidden = false;
      ownDecided_.push_back(std::move(*op));
    } else if (op && verdict == ErrorCode::voided && mayGoOn(*op)) {
      closed.push_back(std::move(*op));
    }
  }
  goOn(std::move(closed));
}

// How an op was decided that the confirmed state includes: an accepted one left a definition
// for each of its keys, and the first definition of a key stands. Of one that may have been among
// the refusals that nobody remembers, nobody can tell.
ErrorCode Replica::verdictOn(const Op& op, bool isRemembered) const {
  if (op.voids && !op.withdraws()) return ErrorCode::voided;
  const ErrorCode code = space_.rejectionOf(op.id);
  if (code == ErrorCode::voided && isIncluded(op)) return ErrorCode::ok;
  if (code == ErrorCode::storage) return ErrorCode::ok;
  if (code != ErrorCode::ok) return code;
  // What it stood for was accepted before.
  if (op.withdraws()) return isRemembered ? ErrorCode::ok : ErrorCode::uncertain;
  // A disk forgets what doesn't last: of such an op nothing is left, and it may be made again.
  const auto isForgotten = [this](const Change& change) {
    const Entry& entry = space_.entry(change.entry);
    return !entry.isDefined() || (change.kind != ChangeKind::define && !entry.isWritten());
  };
  if (std::all_of(op.changes.begin(), op.changes.end(), isForgotten)) return ErrorCode::voided;
  const bool isRefused =
      std::any_of(op.changes.begin(), op.changes.end(), [this](const Change& change) {
        const Entry& entry = space_.entry(change.entry);
        return entry.isDefined() && entry.fingerprint() != change.fingerprint;
      });
  if (isRefused) return ErrorCode::definitionClash;
  const bool isKnown = isRemembered || !op.writes() || placeOf(space_, op) > 0;
  return isKnown ? ErrorCode::ok : ErrorCode::uncertain;
}

// Whether all that it writes was brought back from a log that had accepted it.
bool Replica::isIncluded(const Op& op) const {
  return op.writes() && std::all_of(op.changes.begin(), op.changes.end(), [&](const Change& one) {
    return one.kind == ChangeKind::define || includes(space_.entry(one.entry).included, op.id);
  });
}

// Whether an op that was made again had been accepted under a former number, in a log of which
// this tab heard nothing: what that came to was brought back, so no refusal takes it away. Then its
// former numbers are forgotten.
bool Replica::takeFormer(const Op& op) {
  bool isKnown = false;
  auto former = formerNumbers_.find(op.id.sequence);
  while (former != formerNumbers_.end()) {
    const OpId id{.session = op.id.session, .sequence = former->second};
    isKnown = isKnown || std::any_of(op.changes.begin(), op.changes.end(), [&](const Change& one) {
      return includes(space_.entry(one.entry).included, id);
    });
    formerNumbers_.erase(former);
    former = formerNumbers_.find(id.sequence);
  }
  return isKnown;
}

// Keys of this page that mean something else in the state that was adopted.
void Replica::noteClashes() {
  for (Opened& opened : opened_) {
    const Entry& entry = space_.entry(opened.entry);
    const bool differs = entry.isDefined() && entry.fingerprint() != opened.known->fingerprint;
    if (differs && !opened.isRefused) {
      realm_->changes.clashes.push_back({.space = id_, .entry = opened.entry});
    }
    opened.isRefused = differs;
  }
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
