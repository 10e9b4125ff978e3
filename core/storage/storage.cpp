#include "core/storage/storage.h"

#include <algorithm>
#include <limits>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/translate.h"

namespace danji {

void Storage::begin() {
  if (isOn()) return;
  realm_->hasStorage = true;
  for (Replica& replica : *replicas_) replica.setDisk(Replica::Disk::unread);
}

// ---- Terms: how long this tab is the one that writes what tabs share

bool Storage::writesShared() const { return isOn() && peer_->decides(); }

std::uint64_t Storage::writerEpoch() const {
  return peer_->role() == Role::alone ? aloneEpoch_ : peer_->leaderEpoch();
}

// What another leader may have written since is not known any more.
void Storage::noteTerm() {
  const bool isOpen = writesShared();
  const std::uint64_t epoch = peer_->role() == Role::alone ? 0 : peer_->leaderEpoch();
  if (isOpen == isTermOpen_ && (!isOpen || epoch == termEpoch_)) return;
  isTermOpen_ = isOpen;
  termEpoch_ = epoch;
  beginTerm();
}

void Storage::beginTerm() {
  ++term_;
  leader_.reset();
  places_.clear();
  departures_.reset();
  for (Replica& replica : *replicas_) {
    if (!replica.isShared()) continue;
    const bool waits = isTermOpen_ && replica.isAwaitingDisk();
    replica.setDisk(waits ? Replica::Disk::awaited : Replica::Disk::unread);
    replica.stirAll();
  }
}

// ---- What is read

bool Storage::wantsReading(const Replica& replica) const {
  if (!replica.isLasting() || (replica.isShared() && !writesShared())) return false;
  switch (replica.disk()) {
    case Replica::Disk::unread:
    case Replica::Disk::awaited:
      return true;
    case Replica::Disk::missed:
      return !isPaused();
    default:
      return false;
  }
}

// For the ops of whoever is gone, of all spaces: this page need not use the same ones.
bool Storage::wantsOutbox() const {
  if (!writesShared() || mutation::isRemoved(mutation::Rule::outboxRead)) return false;
  std::size_t pending = 0;
  bool isOfUse = false;
  for (const Replica& replica : *replicas_) {
    isOfUse = isOfUse || replica.isLasting() || replica.isIn(Plane::server);
    pending = std::max(pending, replica.overlay().size());
  }
  if (!isOfUse || isPaused()) return false;
  return departures_ != peer_->departures() || (isOutboxCut_ && pending < kPendingOpsMax / 2);
}

bool Storage::wantsLeader() const {
  if (!writesShared() || leader_) return false;
  return std::any_of(replicas_->begin(), replicas_->end(), [this](const Replica& replica) {
    const bool isLate = replica.disk() == Replica::Disk::missed;
    return replica.isShared() && replica.isLasting() && !(isLate && isPaused());
  });
}

std::optional<RowRange> Storage::takeReading() {
  if (!isOn() || reading_) return std::nullopt;
  noteTerm();
  if (isDue()) retryMillis_ = 0;
  if (wantsLeader()) {
    reading_ = {.target = Target::leader, .space = 0, .term = term_};
    return leaderRange();
  }
  for (const Replica& replica : *replicas_) {
    if (!wantsReading(replica)) continue;
    const std::string& address = replica.space().address().text;
    if (!replica.isShared()) {
      reading_ = {.target = Target::unit, .space = replica.id(), .term = term_};
      return unitRange(address);
    }
    reading_ = {.target = Target::space, .space = replica.id(), .term = term_};
    return spaceRange(address);
  }
  if (!wantsOutbox()) return std::nullopt;
  reading_ = {.target = Target::outbox, .space = 0, .term = term_};
  departures_ = peer_->departures();
  return outboxRange();
}

void Storage::rowsRead(ErrorCode code, const std::vector<Row>& rows) {
  if (!reading_) return;
  const Reading reading = *std::exchange(reading_, std::nullopt);
  realm_->stirsStorage = true;
  noteTerm();
  if (reading.target != Target::unit && reading.term != term_) return;
  if (code != ErrorCode::ok) return readingFailed(reading, code);
  setStatus(ErrorCode::ok);
  switch (reading.target) {
    case Target::leader:
      return leaderRead(rows);
    case Target::space:
      return spaceRead((*replicas_)[reading.space], rows);
    case Target::unit:
      return unitRead((*replicas_)[reading.space], rows);
    case Target::outbox:
      return outboxRead(rows);
  }
}

void Storage::leaderRead(const std::vector<Row>& rows) {
  std::optional<Bytes> bytes;
  for (const Row& row : rows) {
    if (row.key == kLeaderRow) bytes = row.bytes;
  }
  const std::uint64_t stored = bytes ? readLeaderRow(*bytes).value_or(0) : 0;
  // A page without other tabs takes the place of whoever wrote before.
  if (peer_->role() == Role::alone) {
    const auto now = static_cast<std::uint64_t>(std::max(0.0, realm_->nowMillis));
    aloneEpoch_ = std::max({aloneEpoch_, stored + 1, now});
  } else if (stored > peer_->leaderEpoch()) {
    return peer_->leadAbove(stored);
  }
  leader_ = std::move(bytes);
}

void Storage::spaceRead(Replica& replica, const std::vector<Row>& rows) {
  const std::string& address = replica.space().address().text;
  Place& place = places_[replica.id()];
  place = {};
  StoredSpace stored;
  for (const Row& row : rows) {
    const std::uint64_t number = deltaNumber(row.key);
    if (number > 0) {
      place.deltas.push_back(number);
      place.deltaBytes += row.bytes.size();
      place.lastDelta = number;
    } else {
      place.baseBytes += row.bytes.size();
    }
    if (stored.add(address, row)) continue;
    ++damaged_;
    place.needsBase = true;
  }
  replica.setDisk(Replica::Disk::read);
  adoptStored(replica, stored);
  const Space& space = replica.space();
  const bool isInStep = place.epoch == space.epoch() && place.index == space.index();
  if (isInStep && !place.needsBase) peer_->tellStored(replica, place.index);
  peer_->storageCame(replica);
}

// Whether every op that the other state counts is counted here too, and none was closed as a gap
// here that is something there.
bool countsAll(const Space& space, const SpaceState& other, Names& sessions) {
  const std::vector<RejectionState> ours = space.stateWith({}).rejections;
  const auto isClosedThere = [&](const RejectionState& gap) {
    return std::any_of(other.rejections.begin(), other.rejections.end(), [&](const auto& one) {
      return one.code == gap.code && one.session == gap.session && one.sequence >= gap.sequence &&
             one.sequence - one.span <= gap.sequence - gap.span;
    });
  };
  return std::all_of(other.floors.begin(), other.floors.end(), [&](const FloorState& floor) {
    const bool isReached = space.floorOf(sessions.intern(floor.session)) >= floor.sequence;
    return isReached && std::none_of(ours.begin(), ours.end(), [&](const RejectionState& one) {
      return one.code == ErrorCode::voided && one.session == floor.session &&
             one.sequence - one.span < floor.sequence && !isClosedThere(one);
    });
  });
}

// Whether what lasts here was on the disk as it was when the log was as long as there. A leader
// that has not read the disk may have gone on from an earlier place, under the same name.
bool isBeginningOf(const SpaceState& onDisk, const Space& space) {
  std::size_t same = 0;
  for (const EntryState& stored : onDisk.entries) {
    const Entry* entry = space.find(stored.key);
    if (entry == nullptr) return false;
    if (entry->version > onDisk.index) continue;
    if (entry->version != stored.version || entry->stamp != stored.stamp) return false;
    same += entry->version > 0 ? 1 : 0;
  }
  std::size_t wanted = 0;
  for (EntryId id = 0; id < space.entryCount(); ++id) {
    const Entry& entry = space.entry(id);
    const bool isOld = entry.version > 0 && entry.version <= onDisk.index;
    wanted += isOld && entry.known != nullptr && entry.known->contract.lasts() ? 1 : 0;
  }
  return same == wanted;
}

// The disk speaks as a tab would that is not there any more. When it counts an op that nobody
// here knows of, its state stands, and what was decided here without it is made again on top: of
// that the ops are known, of the disk's only what became of them.
void Storage::adoptStored(Replica& replica, StoredSpace& stored) {
  Place& place = places_[replica.id()];
  if (stored.empty()) {
    place.needsBase = true;
    return replica.stirAll();
  }
  SpaceState state = stored.take();
  const Space& space = replica.space();
  const bool isServers = replica.isIn(Plane::server);
  const bool isSameLog = space.epoch() == state.epoch;
  place.epoch = state.epoch;
  place.index = state.index;
  const bool isAdopted =
      isServers ? isBehind(cursorOf(space), {state.address, state.epoch, state.index})
                : space.index() == 0 || !countsAll(space, state, realm_->sessions);
  if (isAdopted) {
    // The disk lacks what doesn't last: that is brought over as from a log that ended.
    if (isSameLog && !isServers) replica.beginEpoch(realm_->random.next());
    replica.adopt(std::move(state));
    // Whoever has this log's epoch and is not here may know more of it.
    if (!isServers) replica.beginEpoch(realm_->random.next());
    replica.takeStirred();  // The disk has what came from it.
    place.floors = space.floors();
    return;
  }
  const bool mayGoOn = isSameLog && !place.needsBase && (isServers || isBeginningOf(state, space));
  if (mayGoOn) return replica.stirAbove(state.index);
  place.needsBase = true;
  replica.stirAll();
}

void Storage::unitRead(Replica& replica, const std::vector<Row>& rows) {
  const std::string& address = replica.space().address().text;
  StoredSpace stored;
  for (const Row& row : rows) {
    if (!stored.add(address, row)) ++damaged_;
  }
  replica.setDisk(Replica::Disk::read);
  if (!stored.empty()) {
    if (replica.space().index() == 0) {
      replica.adopt(stored.take());
      replica.beginEpoch(realm_->random.next());
      replica.takeStirred();
    } else {
      replica.recall(stored.take());
    }
  }
  peer_->storageCame(replica);
}

void Storage::outboxRead(const std::vector<Row>& rows) {
  isOutboxCut_ = false;
  for (const Row& row : rows) {
    const std::optional<OutboxRow> read = readOutboxRow(row.bytes);
    Replica* replica = read ? peer_->serverSpace(read->section.address) : nullptr;
    if (replica == nullptr) {
      ++damaged_;
      continue;
    }
    learnTables(*realm_, read->tables);
    Op op = readOp(*realm_, *replica, read->tables, read->section.ops.front());
    op.createdMillis = std::min(read->createdMillis, realm_->nowMillis);
    opRows_[replica->id()][op.id.session][op.id.sequence] = true;
    if (op.id.session == realm_->self) continue;
    if (replica->overlay().size() >= kPendingOpsMax) {
      isOutboxCut_ = true;
      break;
    }
    replica->becomeLasting();
    replica->addPending(std::move(op));
  }
  peer_->outboxCame();
}

void Storage::readingFailed(const Reading& reading, ErrorCode code) {
  setStatus(code == ErrorCode::quota ? ErrorCode::quota : ErrorCode::storage);
  pause();
  if (reading.target == Target::outbox) return departures_.reset();
  for (Replica& replica : *replicas_) {
    const bool isMeant = reading.target == Target::leader ? replica.isShared()
                                                          : replica.id() == reading.space;
    if (!isMeant || replica.disk() == Replica::Disk::read) continue;
    const bool wasAwaited = replica.isAwaitingDisk();
    replica.setDisk(Replica::Disk::missed);
    if (wasAwaited) peer_->storageCame(replica);
  }
}

void Storage::pause() {
  ++failures_;
  const double doubled = static_cast<double>(1u << std::min<std::uint32_t>(failures_, 5));
  retryMillis_ = realm_->nowMillis + kStorageRetryMillis * doubled;
}

void Storage::tick() {
  if (!isDue()) return;
  retryMillis_ = 0;
  realm_->stirsStorage = true;
}

double Storage::deadline() const {
  return isOn() && retryMillis_ > 0 ? retryMillis_ : std::numeric_limits<double>::infinity();
}

void Storage::setStatus(ErrorCode status) {
  if (status == ErrorCode::ok) failures_ = 0;
  if (std::exchange(status_, status) != status) realm_->changes.storage = status;
}

}  // namespace danji
