// Storage, what is written: which rows a commit has, and what follows from its answer.

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/base/sort.h"
#include "core/replica/translate.h"
#include "core/storage/storage.h"

namespace danji {
namespace {

bool isLasting(const Space& space, EntryId entry) {
  const KnownDefinition* known = space.entry(entry).known;
  return known != nullptr && known->contract.lasts();
}

// A tab that still waits for an op that the disk counts, though it lacks what does not last, is
// told so and makes that again.
void addForgotten(const Replica& replica, std::uint64_t after, Names& sessions, SpaceState& state) {
  for (const auto& [index, op, code] : replica.forgotten()) {
    if (index <= after) continue;
    state.rejections.push_back({.index = index, .session = sessions.text(op.session),
                                .sequence = op.sequence, .span = 1, .code = code});
  }
  sort(state.rejections, [](const auto& a, const auto& b) { return a.index < b.index; });
  if (state.rejections.size() <= kRejectionsKept) return;
  const auto tooMany = static_cast<std::ptrdiff_t>(state.rejections.size() - kRejectionsKept);
  state.rejections.erase(state.rejections.begin(), state.rejections.begin() + tooMany);
}

}  // namespace

std::optional<Commit> Storage::takeCommit() {
  if (!isOn() || writing_ || isPaused()) return std::nullopt;
  noteTerm();
  if (isDue()) retryMillis_ = 0;
  isSharedNext_ = !isSharedNext_;
  std::optional<Commit> commit = isSharedNext_ ? sharedCommit() : ownCommit();
  if (!commit) commit = isSharedNext_ ? ownCommit() : sharedCommit();
  return commit;
}

// ---- What belongs to this tab: its units' private entries, and its ops on their way to a server

// Whether something lasts in the space, or will when these are decided. All of them are kept
// then, so that none waits for one that nobody has; and the tab that decides knows of it too.
bool Storage::keepsOps(const Replica& replica, const Overlay::Session& ops) const {
  if (replica.holdsLasting()) return true;
  return std::any_of(ops.begin(), ops.end(), [this](const auto& one) {
    const std::vector<Change>& changes = one.second.op.changes;
    return std::any_of(changes.begin(), changes.end(), [this](const Change& change) {
      const KnownDefinition* meant = realm_->definitions.meantBy(change);
      return meant != nullptr && meant->contract.lasts();
    });
  });
}

std::optional<Commit> Storage::ownCommit() {
  Commit commit;
  Writing writing{.isShared = false, .term = term_};
  for (Replica& replica : *replicas_) {
    if (!replica.isLasting()) continue;
    if (replica.isIn(Plane::tab)) addUnit(replica, commit, writing);
    if (replica.isIn(Plane::server)) addOps(replica, commit, writing);
  }
  if (commit.put.empty() && commit.remove.empty()) return std::nullopt;
  writing_ = std::move(writing);
  return commit;
}

void Storage::addUnit(Replica& replica, Commit& commit, Writing& writing) {
  if (replica.disk() != Replica::Disk::read) return;
  const Space& space = replica.space();
  bool isEmpty = true;
  for (const EntryId entry : replica.takeStirred()) {
    if (!isLasting(space, entry)) continue;
    SpaceState state = space.stateWith({entry});
    // A page's own numbers mean nothing to the next one.
    state.floors.clear();
    state.rejections.clear();
    commit.put.push_back({.key = unitKey(space.address().text, space.entry(entry).key),
                          .bytes = spaceRow(0, 0, state)});
    isEmpty = false;
  }
  if (isEmpty) return;
  writing.units.emplace_back(replica.id(), space.index());
}

Bytes Storage::rowOf(const Replica& replica, const Op& op) const {
  TableBuilder tables(*realm_);
  OutboxRow row{.createdMillis = op.createdMillis, .tables = {}, .section = {}};
  row.section.address = replica.space().address().text;
  row.section.ops.push_back(tables.push(replica, op));
  row.section.ops.back().ageMillis = 0;  // The row has the time itself, of this device's clock.
  row.tables = tables.take();
  return outboxRow(row);
}

void Storage::addOps(Replica& replica, Commit& commit, Writing& writing) {
  const std::string& address = replica.space().address().text;
  const std::string& self = realm_->sessions.text(realm_->self);
  std::map<std::uint64_t, bool>& rows = opRows_[replica.id()][realm_->self];
  // A tab that no leader has counted yet would not be missed if it went.
  const bool isCounted = peer_->decides() || peer_->role() == Role::following;
  const Overlay::Session* own = isCounted ? replica.overlay().of(realm_->self) : nullptr;
  if (own != nullptr) {
    const bool keepsAll = keepsOps(replica, *own);
    for (const auto& [sequence, pending] : *own) {
      const auto row = rows.find(sequence);
      if (row != rows.end() ? row->second : !keepsAll) continue;
      commit.put.push_back({.key = outboxKey(address, self, sequence),
                            .bytes = rowOf(replica, pending.op)});
      writing.ops.emplace_back(replica.id(), pending.op.id);
    }
  }
  addWithdrawals(replica, commit, writing);
  // The tab that decides takes them away with what it writes of the space.
  if (writesShared() && replica.disk() == Replica::Disk::read) return;
  // Where nothing lasts after all, since it was refused, nobody writes how far the space is.
  const std::uint64_t settled =
      replica.holdsLasting() ? replica.storedFloor() : replica.space().floorOf(realm_->self);
  for (const auto& [sequence, isSure] : rows) {
    if (sequence > settled) break;
    commit.remove.push_back(outboxKey(address, self, sequence));
    writing.opsRemoved.emplace_back(replica.id(),
                                    OpId{.session = realm_->self, .sequence = sequence});
  }
}

// Ops of sessions that are gone, and that somebody took back.
void Storage::addWithdrawals(const Replica& replica, Commit& commit, Writing& writing) const {
  const auto kept = opRows_.find(replica.id());
  if (kept == opRows_.end()) return;
  for (const auto& [session, rows] : kept->second) {
    for (const auto& [sequence, isSure] : rows) {
      const OpId id{.session = session, .sequence = sequence};
      const Overlay::Pending* known = replica.overlay().find(id);
      const bool isTakenBack = known != nullptr && known->op.withdraws();
      if (isSure || session == realm_->self || !isTakenBack) continue;
      commit.put.push_back({.key = outboxKey(replica.space().address().text,
                                             realm_->sessions.text(session), sequence),
                            .bytes = rowOf(replica, known->op)});
      writing.ops.emplace_back(replica.id(), id);
    }
  }
}

void Storage::renew(SpaceId space, OpId id) {
  const auto row = opRows_[space][id.session].find(id.sequence);
  if (row != opRows_[space][id.session].end()) row->second = false;
  realm_->stirsStorage = isOn();
  if (!writing_) return;
  const auto isMeant = [&](const auto& one) { return one.first == space && one.second == id; };
  // What is on its way holds the old one: there may be a row, and it is not the one to keep.
  if (std::erase_if(writing_->ops, isMeant) > 0) opRows_[space][id.session][id.sequence] = false;
}

// ---- What belongs to all tabs

std::optional<Commit> Storage::sharedCommit() {
  if (!writesShared() || !leader_) return std::nullopt;
  Commit commit;
  Writing writing{.isShared = true, .term = term_};
  for (Replica& replica : *replicas_) {
    if (replica.isShared() && replica.disk() == Replica::Disk::read) {
      addSpace(replica, commit, writing);
    }
  }
  if (commit.put.empty() && commit.remove.empty()) return std::nullopt;
  const std::string key(kLeaderRow);
  const Bytes mine = leaderRow(writerEpoch());
  if (!mutation::isRemoved(mutation::Rule::writerFenced)) commit.expect.emplace_back(key, *leader_);
  if (*leader_ != mine) commit.put.push_back({.key = key, .bytes = mine});
  writing_ = std::move(writing);
  return commit;
}

void Storage::addSpace(Replica& replica, Commit& commit, Writing& writing) {
  const Space& space = replica.space();
  const bool isServers = replica.isIn(Plane::server);
  const Place& place = places_[replica.id()];
  bool isWhole = place.needsBase || replica.isWhollyStirred();
  std::vector<EntryId> entries = replica.takeStirred();
  addDecidedOps(replica, commit, writing);
  const auto isKept = [&](EntryId entry) { return isServers || isLasting(space, entry); };
  std::erase_if(entries, [&](EntryId entry) { return !isKept(entry); });
  const bool isMoved = isServers && (place.epoch != space.epoch() || place.index != space.index());
  if (entries.empty() && !isWhole && !isMoved) return;

  Written written{.space = replica.id(), .after = place};
  Place& after = written.after;
  after.epoch = space.epoch();
  after.index = space.index();
  after.floors = space.floors();
  const std::size_t deltasMax = kDeltasMax + place.baseBytes / kBaseBytesPerDelta;
  isWhole = isWhole || place.deltas.size() >= deltasMax ||
            place.deltaBytes > std::max(place.baseBytes, kDeltaBytesMin);
  if (isWhole) {
    entries.clear();
    for (EntryId id = 0; id < space.entryCount(); ++id) {
      if (isKept(id)) entries.push_back(id);
    }
  }
  SpaceState state = space.stateWith(entries);
  if (!isServers) addForgotten(replica, isWhole ? 0 : place.index, realm_->sessions, state);
  // Nothing that lasts, and nothing there: no row is needed to say so.
  const bool isThere = place.baseBytes + place.deltaBytes > 0;
  if (isWhole && state.entries.empty() && !isThere && !isMoved) return;
  if (isWhole) {
    addBase(state, commit, after);
  } else {
    addDelta(state, place, commit, after);
  }
  writing.places.push_back(std::move(written));
}

// The space as a whole, in place of all rows before.
void Storage::addBase(const SpaceState& state, Commit& commit, Place& after) const {
  for (const std::uint64_t number : after.deltas) {
    commit.remove.push_back(deltaKey(state.address, number));
  }
  commit.put.push_back({.key = baseKey(state.address), .bytes = spaceRow(writerEpoch(), 0, state)});
  after.baseBytes = commit.put.back().bytes.size();
  after.deltaBytes = 0;
  after.deltas.clear();
  after.needsBase = false;
}

// What the rows up to `before` lack.
void Storage::addDelta(SpaceState state, const Place& before, Commit& commit, Place& after) const {
  std::erase_if(state.floors, [&](const FloorState& floor) {
    const NameId session = realm_->sessions.intern(floor.session);
    return session < before.floors.size() && before.floors[session] == floor.sequence;
  });
  std::erase_if(state.rejections,
                [&](const RejectionState& one) { return one.index <= before.index; });
  const std::uint64_t number = ++after.lastDelta;
  commit.put.push_back({.key = deltaKey(state.address, number),
                        .bytes = spaceRow(writerEpoch(), before.index, state)});
  after.deltas.push_back(number);
  after.deltaBytes += commit.put.back().bytes.size();
}

// An op's row goes in the same commit that brings what became of it.
void Storage::addDecidedOps(const Replica& replica, Commit& commit, Writing& writing) const {
  const auto rows = opRows_.find(replica.id());
  if (rows == opRows_.end()) return;
  for (const auto& [session, numbers] : rows->second) {
    const std::uint64_t floor = mutation::isRemoved(mutation::Rule::outboxKept)
                                    ? kSequenceMax
                                    : replica.space().floorOf(session);
    for (const auto& [sequence, isSure] : numbers) {
      if (sequence > floor) break;
      const std::string& text = realm_->sessions.text(session);
      commit.remove.push_back(outboxKey(replica.space().address().text, text, sequence));
      writing.opsRemoved.emplace_back(replica.id(), OpId{.session = session, .sequence = sequence});
    }
  }
}

// ---- Answers

void Storage::committed(ErrorCode code) {
  if (!writing_) return;
  const Writing writing = *std::exchange(writing_, std::nullopt);
  realm_->stirsStorage = true;
  noteTerm();
  if (code != ErrorCode::ok) return commitFailed(writing, code);
  setStatus(ErrorCode::ok);
  for (const auto& [space, index] : writing.units) {
    realm_->changes.saved.push_back({.space = space, .index = index});
  }
  for (const auto& [space, id] : writing.opsRemoved) opRows_[space][id.session].erase(id.sequence);
  for (const auto& [space, id] : writing.ops) {
    opRows_[space][id.session][id.sequence] = true;
    realm_->changes.saved.push_back({.space = space, .sequence = id.sequence});
  }
  if (!writing.isShared || writing.term != term_) return;
  leader_ = leaderRow(writerEpoch());
  for (const Written& written : writing.places) {
    places_[written.space] = written.after;
    realm_->changes.saved.push_back({.space = written.space, .index = written.after.index});
    peer_->tellStored((*replicas_)[written.space], written.after.index);
  }
}

void Storage::commitFailed(const Writing& writing, ErrorCode code) {
  // What it took from the lists of changes is not known any more: all is written.
  for (const auto& [space, index] : writing.units) (*replicas_)[space].stirAll();
  for (const auto& [space, id] : writing.ops) {
    opRows_[space][id.session].emplace(id.sequence, false);
  }
  if (writing.isShared && writing.term == term_) {
    for (const Written& written : writing.places) places_[written.space].needsBase = true;
    if (code == ErrorCode::stale) return beginTerm();  // Somebody else wrote.
  }
  setStatus(code == ErrorCode::quota ? ErrorCode::quota : ErrorCode::storage);
  pause();
}

}  // namespace danji
