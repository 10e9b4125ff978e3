#include "core/replica/peer.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"

namespace danji {

const char* roleName(Role role) {
  switch (role) {
    case Role::alone:
      return "alone";
    case Role::joining:
    case Role::asking:
      return "joining";
    case Role::leading:
      return "leader";
    case Role::following:
      return "follower";
  }
  return "alone";
}

Peer::Peer(Realm& realm, std::deque<Replica>& replicas, Create create)
    : realm_(&realm),
      replicas_(&replicas),
      create_(std::move(create)),
      authority_(realm.definitions,
                 [this](const Space& space, std::string_view key, std::uint64_t fingerprint) {
                   for (Replica& replica : *replicas_) {
                     if (replica.space().address().plane != space.address().plane) continue;
                     if (&replica.space() == &space) continue;  // It is not defined there.
                     const Entry* entry = replica.space().find(key);
                     if (entry != nullptr && entry->isDefined() &&
                         entry->fingerprint() != fingerprint) {
                       return true;
                     }
                   }
                   return false;
                 }) {}

// ---- Life of a tab

void Peer::become(Role role) {
  if (role_ == role) return;
  role_ = role;
  realm_->changes.tabs = true;
  realm_->stirsStorage = realm_->hasStorage;
  updateRecordKeeping();
}

void Peer::join() {
  if (role_ != Role::alone) return;
  become(Role::joining);
  heardLeaderMillis_ = realm_->nowMillis;
  wishes_ |= kWishRequestLock;
  sayHello();
}

void Peer::suspend() {
  if (role_ == Role::alone || isSuspended_) return;
  if (!hasLeft_) postEverything();
  isSuspended_ = true;
  holdsLock_ = false;
  knowsLeader_ = false;
  wishes_ = kWishReleaseLock;
  become(Role::joining);
}

void Peer::resume() {
  if (!isSuspended_) return;
  isSuspended_ = hasLeft_ = false;
  // The others may have gone on from an earlier place of the same log.
  for (Replica& replica : *replicas_) {
    if (!replica.isIn(Plane::device) || replica.space().epoch() == 0) continue;
    if (mutation::isRemoved(mutation::Rule::returnsAsNew)) continue;
    replica.beginEpoch(realm_->random.next());
  }
  heardLeaderMillis_ = realm_->nowMillis;
  wishes_ |= kWishRequestLock;
  sayHello();
}

void Peer::leave() {
  if (role_ == Role::alone || hasLeft_) return;
  hasLeft_ = true;
  if (!isSuspended_) postEverything();
  post(FrameType::bye, Bye{.sender = realm_->sessions.text(realm_->self)});
}

// Whatever only this tab knows, for those who stay.
void Peer::postEverything() {
  for (Replica& replica : *replicas_) {
    Overlay::Session* own = replica.isShared() ? replica.overlay().of(realm_->self) : nullptr;
    if (own == nullptr) continue;
    for (auto& [sequence, pending] : *own) pending.posted = false;
  }
  flushPush();
  flushRecords();
}

void Peer::lockLost() {
  holdsLock_ = false;
  if (isSuspended_ || role_ == Role::alone) return;
  wishes_ |= kWishRequestLock;
  if (role_ != Role::leading && role_ != Role::asking) return;
  knowsLeader_ = false;
  become(Role::joining);
  heardLeaderMillis_ = realm_->nowMillis;
  sayHello();
}

void Peer::sessionsFound(const std::vector<std::string>& sessions) {
  Query query{.sinceMillis = realm_->nowMillis, .inquiry = inquiry_.number};
  if (!queries_.empty()) {
    query = queries_.front();
    queries_.pop_front();
  }
  std::set<std::string> live(sessions.begin(), sessions.end());
  // A list without this tab is older than its lock, or none at all.
  if (!live.contains(realm_->sessions.text(realm_->self))) return;
  if (role_ == Role::asking) {
    // Who came after the question was put to the lock manager is not in an older answer.
    if (query.inquiry != inquiry_.number) return;
    inquiry_.knowsSessions = true;
    inquiry_.sessions = std::move(live);
    concludeIfAnswered();
    return;
  }
  // Whoever has spoken since may have come since.
  for (const auto& [peer, heardMillis] : peers_) {
    if (heardMillis >= query.sinceMillis) live.insert(realm_->sessions.text(peer));
  }
  const bool someLeft = prunePeers(live);
  if (role_ != Role::leading) return;
  for (Replica& replica : *replicas_) {
    if (replica.isShared()) voidGaps(replica, live);
  }
  if (someLeft) sayLead();
}

void Peer::notePeer(const std::string& session) {
  const NameId id = realm_->sessions.intern(session);
  if (id == realm_->self) return;
  const bool isNew = !peers_.contains(id);
  peers_[id] = realm_->nowMillis;
  if (!isNew) return;
  realm_->changes.tabs = true;
  updateRecordKeeping();
}

void Peer::noteLive(const std::vector<std::string>& live) {
  for (const std::string& session : live) notePeer(session);
  prunePeers({live.begin(), live.end()});
}

bool Peer::prunePeers(const std::set<std::string>& live) {
  std::vector<NameId> gone;
  for (const auto& [peer, heardMillis] : peers_) {
    if (!live.contains(realm_->sessions.text(peer))) gone.push_back(peer);
  }
  if (gone.empty()) return false;
  for (const NameId peer : gone) {
    peers_.erase(peer);
    tellOpsOf(peer);
  }
  realm_->changes.tabs = true;
  updateRecordKeeping();
  return true;
}

// Its author cannot tell any more.
void Peer::tellOpsOf(NameId session) {
  ++departures_;
  realm_->stirsStorage = realm_->hasStorage;
  for (Replica& replica : *replicas_) {
    Overlay::Session* ops = replica.isShared() ? replica.overlay().of(session) : nullptr;
    if (ops == nullptr) continue;
    for (auto& [sequence, pending] : *ops) pending.posted = false;
    mayHaveFrames_ = true;
  }
}

void Peer::updateRecordKeeping() {
  const bool keep = !isUnheard();
  for (Replica& replica : *replicas_) {
    if (!replica.isShared() || replica.keepsRecords() == keep) continue;
    replica.keepRecords(keep);
    toldUpTo_[replica.id()] = replica.space().index();
  }
}

std::vector<std::string> Peer::liveSessions() const {
  std::vector<std::string> live{realm_->sessions.text(realm_->self)};
  for (const auto& [session, heard] : peers_) live.push_back(realm_->sessions.text(session));
  return live;
}

// ---- Own writes

std::uint64_t Peer::submit(Replica& replica, Op op) {
  if (decides() && !replica.isIn(Plane::server) && !replica.mustWaitFor(op)) {
    decideNext(replica, op);
    return replica.space().index();
  }
  if (replica.isIn(Plane::device) && !hasUndecided()) waitFromNow();
  if (replica.isIn(Plane::server) && !hasOwnForServer()) {
    serverPushedMillis_ = realm_->nowMillis;
    serverPauseMillis_ = kServerPushMillis;
  }
  replica.addPending(std::move(op));
  mayHaveFrames_ = true;
  return 0;
}

ErrorCode Peer::withdraw(Replica& replica, OpId id) {
  const Overlay::Pending* known = replica.overlay().find(id);
  if (known == nullptr || known->op.voids) return ErrorCode::stale;
  if (id.session != realm_->self && peers_.contains(id.session)) return ErrorCode::forbidden;
  replica.addPending(Op::withdrawing(id, known->op.unit, realm_->nowMillis));
  Overlay::Session& ops = *replica.overlay().of(id.session);
  ops.find(id.sequence)->second.posted = false;
  mayHaveFrames_ = true;
  return ErrorCode::ok;
}

void Peer::opened(Replica& replica) {
  if (decides() && !replica.isIn(Plane::server)) declare(replica);
  mayHaveFrames_ = true;
}

// One op per key: a key that clashes must not take its neighbours with it.
void Peer::declare(Replica& replica) {
  while (const Replica::Opened* opened = replica.nextToDeclare()) {
    const Entry& entry = replica.space().entry(opened->entry);
    if (entry.isDefined() && entry.fingerprint() == opened->known->fingerprint) {
      // Where there is a value, the higher contract comes with what a migration makes of it.
      if (!opened->known->replaces(*entry.known)) continue;
      const bool raises = opened->known->raisesVersion(*entry.known);
      if (raises && replica.visible(opened->entry).isSet()) continue;
    }
    Change define{.kind = ChangeKind::define,
                  .entry = opened->entry,
                  .fingerprint = opened->known->fingerprint,
                  .definition = opened->known};
    Op op{.id = {}, .unit = realm_->units.intern("danji"), .createdMillis = realm_->nowMillis,
          .observed = {}, .voids = false, .changes = {std::move(define)}};
    if (decides() && authority_.admit(replica.space(), op, Grants::all()) != ErrorCode::ok) {
      realm_->changes.clashes.push_back({.space = replica.id(), .entry = opened->entry});
      continue;
    }
    op.id = {.session = realm_->self, .sequence = replica.nextSequence()};
    submit(replica, std::move(op));
  }
}

void Peer::decideNext(Replica& replica, const Op& op) {
  if (replica.space().epoch() == 0) replica.beginEpoch(realm_->random.next());
  const Grants grants = realm_->claimsOf(op);
  replica.apply(authority_.decide(replica.space(), op, grants, realm_->nowMillis));
  mayHaveFrames_ = mayHaveFrames_ || (replica.isShared() && !peers_.empty());
}

// Decides every pending op whose predecessors are decided.
void Peer::decidePending(Replica& replica) {
  std::vector<NameId> sessions;
  for (const auto& [session, ops] : replica.overlay().sessions()) sessions.push_back(session);
  for (const NameId session : sessions) {
    while (const Op* next = replica.overlay().nextOf(session, replica.space().floorOf(session))) {
      if (replica.mustWaitFor(*next)) return;
      decideNext(replica, Op(*next));  // A copy: deciding removes the original.
    }
  }
}

// A session that is gone cannot fill the gaps in its numbers any more.
void Peer::voidGaps(Replica& replica, const std::set<std::string>& live) {
  if (mutation::isRemoved(mutation::Rule::gapsClosed)) return;
  if (replica.isIn(Plane::device) && replica.isAwaitingDisk()) return;
  std::vector<std::pair<OpId, std::uint64_t>> gaps;  // With what is decided before.
  for (const auto& [session, ops] : replica.overlay().sessions()) {
    if (session == realm_->self || live.contains(realm_->sessions.text(session))) continue;
    std::uint64_t last = replica.space().floorOf(session);
    for (const auto& [sequence, pending] : ops) {
      const Op& op = pending.op;
      const std::uint64_t end = op.voids ? op.observed.ticks : sequence - 1;
      if (end > last) gaps.push_back({{session, end}, last});
      last = std::max(last, sequence);
      // Deciding it may bring the next one in reach.
      if (replica.isIn(Plane::device)) break;
    }
  }
  for (const auto& [gap, after] : gaps) {
    Op closing = Op::closing(gap, after, realm_->units.intern("danji"), realm_->nowMillis);
    if (replica.isIn(Plane::device)) {
      decideNext(replica, closing);
    } else {
      replica.addPending(std::move(closing));
    }
  }
  if (replica.isIn(Plane::device)) decidePending(replica);
}

}  // namespace danji
