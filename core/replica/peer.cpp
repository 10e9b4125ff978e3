#include "core/replica/peer.h"

#include <algorithm>
#include <limits>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/translate.h"

namespace danji {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

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
  if (decides() && !replica.isIn(Plane::server)) {
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
      const bool raises = opened->known->replaces(*entry.known);
      if (!raises || replica.visible(opened->entry).isSet()) continue;
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
  recordsMillis_ = realm_->nowMillis;
  owesBeacon_ = owesBeacon_ || !peers_.empty();
  mayHaveFrames_ = mayHaveFrames_ || owesBeacon_;
}

// Decides every pending op whose predecessors are decided.
void Peer::decidePending(Replica& replica) {
  std::vector<NameId> sessions;
  for (const auto& [session, ops] : replica.overlay().sessions()) sessions.push_back(session);
  for (const NameId session : sessions) {
    while (const Op* next = replica.overlay().nextOf(session, replica.space().floorOf(session))) {
      decideNext(replica, Op(*next));  // A copy: deciding removes the original.
    }
  }
}

// A session that is gone cannot fill the gaps in its numbers any more.
void Peer::voidGaps(Replica& replica, const std::set<std::string>& live) {
  if (mutation::isRemoved(mutation::Rule::gapsClosed)) return;
  std::vector<OpId> gaps;
  for (const auto& [session, ops] : replica.overlay().sessions()) {
    if (session == realm_->self || live.contains(realm_->sessions.text(session))) continue;
    const Op& first = ops.begin()->second.op;
    if (first.follows(replica.space().floorOf(session))) continue;
    gaps.push_back({session, first.voids ? first.observed.ticks : first.id.sequence - 1});
  }
  for (const OpId gap : gaps) {
    Op closing = Op::closing(gap, replica.space().floorOf(gap.session),
                             realm_->units.intern("danji"), realm_->nowMillis);
    if (replica.isIn(Plane::device)) {
      decideNext(replica, closing);
    } else {
      replica.addPending(std::move(closing));
    }
  }
  if (replica.isIn(Plane::device)) decidePending(replica);
}

// ---- Time

bool Peer::hasUndecided() const {
  return std::any_of(replicas_->begin(), replicas_->end(), [](const Replica& replica) {
    return replica.isIn(Plane::device) && replica.hasUndecided();
  });
}

// Whether ops wait for others before them, which may never come.
bool Peer::hasGaps() const {
  return std::any_of(replicas_->begin(), replicas_->end(), [this](const Replica& replica) {
    if (!replica.isShared()) return false;
    const auto& sessions = replica.overlay().sessions();
    return std::any_of(sessions.begin(), sessions.end(), [&](const auto& one) {
      return one.first != realm_->self &&
             !one.second.begin()->second.op.follows(replica.space().floorOf(one.first));
    });
  });
}

bool Peer::isWaiting() const {
  return role_ == Role::joining ||
         (role_ == Role::following && (!knowsLeader_ || awaitsWelcome_ || hasUndecided()));
}

// The first thing without an answer has come.
void Peer::waitFromNow() { waitingMillis_ = pushedMillis_ = realm_->nowMillis; }

void Peer::clockWentBack(double byMillis) {
  for (double* moment : {&helloMillis_, &heardLeaderMillis_, &waitingMillis_, &pushedMillis_,
                         &stealMillis_, &correctedMillis_, &recordsMillis_, &contestMillis_,
                         &serverPushedMillis_, &inquiry_.sinceMillis,
                         &inquiry_.untilMillis}) {
    *moment -= byMillis;
  }
  for (auto& [peer, heardMillis] : peers_) heardMillis -= byMillis;
  for (Query& query : queries_) query.sinceMillis -= byMillis;
  for (Replica& replica : *replicas_) {
    for (auto& [session, ops] : replica.overlay().sessions()) {
      for (auto& [sequence, pending] : ops) pending.arrivedMillis -= byMillis;
    }
  }
}

double Peer::silenceMillis() const {
  return realm_->nowMillis - std::max({heardLeaderMillis_, waitingMillis_, stealMillis_});
}

void Peer::stealIfSilent() {
  if (!isVisible_ || holdsLock_ || silenceMillis() < kStealMillis) return;
  stealMillis_ = realm_->nowMillis;
  wishes_ |= kWishStealLock;
}

void Peer::tick() {
  const double now = realm_->nowMillis;
  if (isSuspended_) return;
  if (role_ == Role::asking && inquiry_.isPaused) {
    if (now >= inquiry_.untilMillis) ask(inquiry_.atLeast);
  } else if (role_ == Role::asking && now - inquiry_.sinceMillis >= kPromiseWaitMillis) {
    conclude(false);
  }
  if (role_ == Role::leading) tickLeading();
  if (role_ == Role::following && hasOwnForServer() && now >= serverPushDue()) pushAgainForServer();
  if (!isWaiting()) return;
  if (role_ == Role::joining || awaitsWelcome_ || !knowsLeader_) {
    if (now - helloMillis_ >= kResendMillis) sayHello();
  } else if (now - pushedMillis_ >= kResendMillis) {
    pushedMillis_ = now;
    markUnposted();
  }
  stealIfSilent();
}

// Own ops that only the leader's connection can get decided. The server may be out of reach for
// long, so the leader is told again in growing pauses; a channel hardly ever loses anything.
bool Peer::hasOwnForServer() const {
  return std::any_of(replicas_->begin(), replicas_->end(), [this](const Replica& replica) {
    return replica.isIn(Plane::server) && replica.overlay().of(realm_->self) != nullptr;
  });
}

double Peer::serverPushDue() const { return serverPushedMillis_ + serverPauseMillis_; }

void Peer::pushAgainForServer() {
  if (mutation::isRemoved(mutation::Rule::toldAgain)) return;
  serverPushedMillis_ = realm_->nowMillis;
  serverPauseMillis_ = std::min(2 * serverPauseMillis_, kServerPushMillisMax);
  for (Replica& replica : *replicas_) {
    Overlay::Session* own =
        replica.isIn(Plane::server) ? replica.overlay().of(realm_->self) : nullptr;
    if (own == nullptr) continue;
    std::size_t count = 0;
    for (auto& [sequence, pending] : *own) {
      if (++count <= kOpsInFlightMax) pending.posted = false;
    }
  }
  mayHaveFrames_ = true;
}

void Peer::tickLeading() {
  const double now = realm_->nowMillis;
  if (owesBeacon_ && now - recordsMillis_ >= kBeaconMillis) {
    owesBeacon_ = false;
    sayLead();
    wishes_ |= kWishQuerySessions;
  }
  // An op whose predecessors nobody has sent: is its author still there?
  if (hasGaps() && now - waitingMillis_ >= kResendMillis) {
    waitingMillis_ = now;
    wishes_ |= kWishQuerySessions;
  }
}

double Peer::deadline() const {
  if (isSuspended_) return kNever;
  if (role_ == Role::asking) {
    return inquiry_.isPaused ? inquiry_.untilMillis : inquiry_.sinceMillis + kPromiseWaitMillis;
  }
  if (role_ == Role::leading) {
    return std::min(owesBeacon_ ? recordsMillis_ + kBeaconMillis : kNever,
                    hasGaps() ? waitingMillis_ + kResendMillis : kNever);
  }
  const double forServer = role_ == Role::following && hasOwnForServer() ? serverPushDue() : kNever;
  if (!isWaiting()) return forServer;
  const bool hellos = role_ == Role::joining || awaitsWelcome_ || !knowsLeader_;
  return std::min((hellos ? helloMillis_ : pushedMillis_) + kResendMillis, forServer);
}

std::uint32_t Peer::takeWishes() {
  const std::uint32_t wishes = wishes_;
  wishes_ = 0;
  if ((wishes & kWishQuerySessions) != 0) {
    queries_.push_back({.sinceMillis = realm_->nowMillis, .inquiry = inquiry_.number});
  }
  return wishes;
}

// ---- What leaves

template <class Message>
void Peer::post(FrameType type, const Message& message) {
  ByteWriter body;
  encode(body, message);
  const std::string& self = realm_->sessions.text(realm_->self);
  for (Bytes& frame : sealMessage(type, body.view(), self, ++messageNumber_)) {
    outgoing_.push_back(std::move(frame));
  }
  mayHaveFrames_ = true;
}

template void Peer::post(FrameType, const Promise&);
template void Peer::post(FrameType, const Prepare&);
template void Peer::post(FrameType, const Refuse&);
template void Peer::post(FrameType, const Welcome&);

void Peer::sendEvent(const Event& event) {
  if (role_ != Role::alone && !isSuspended_) post(FrameType::event, event);
}

std::vector<Cursor> Peer::cursors() const {
  std::vector<Cursor> cursors;
  for (const Replica& replica : *replicas_) {
    const Space& space = replica.space();
    // A server's space is named before anything is known of it: so the leader asks for it.
    const bool isWanted = space.epoch() != 0 || replica.isIn(Plane::server);
    if (!replica.isShared() || !isWanted) continue;
    cursors.push_back(
        {.address = space.address().text, .epoch = space.epoch(), .index = space.index()});
  }
  return cursors;
}

void Peer::sayHello() {
  if (isSuspended_) return;
  if (!isWaiting()) waitingMillis_ = realm_->nowMillis;
  awaitsWelcome_ = role_ == Role::following;
  helloMillis_ = realm_->nowMillis;
  helloEpoch_ = promised_;
  announced_ = replicas_->size();
  post(FrameType::hello,
       Hello{.sender = realm_->sessions.text(realm_->self), .cursors = cursors()});
}

// Unless it has just been said to this leader: one answer closes any number of gaps.
void Peer::helloAgain() {
  if (helloEpoch_ != promised_ || realm_->nowMillis - helloMillis_ >= kResendMillis) {
    return sayHello();
  }
  // Answered before this came up: it is said once more when its time has come.
  if (role_ != Role::following || awaitsWelcome_) return;
  if (!isWaiting()) waitingMillis_ = realm_->nowMillis;
  awaitsWelcome_ = !mutation::isRemoved(mutation::Rule::gapAsksLater);
}

// It says where the logs end: the records come first.
void Peer::sayLead() {
  flushRecords();
  post(FrameType::lead, Lead{.sender = realm_->sessions.text(realm_->self),
                             .leaderEpoch = accepted_,
                             .live = liveSessions(),
                             .cursors = cursors()});
}

void Peer::serverStateCame() {
  if (role_ == Role::leading && !peers_.empty()) sayLead();
}

void Peer::markUnposted() {
  for (Replica& replica : *replicas_) {
    if (!replica.isShared()) continue;
    for (auto& [session, ops] : replica.overlay().sessions()) {
      // Any tab may tell of any op it knows, for its author may be gone; of a session's ops all
      // or none, for a part would look like a gap.
      const bool isOverdue = std::any_of(ops.begin(), ops.end(), [this](const auto& op) {
        return realm_->nowMillis - op.second.arrivedMillis >= kForeignResendMillis;
      });
      if (session != realm_->self && peers_.contains(session) && !isOverdue) continue;
      for (auto& [sequence, pending] : ops) pending.posted = false;
    }
  }
  mayHaveFrames_ = true;
}

// Spaces of a server that the leader has not heard of from this tab.
bool Peer::hasUnannounced() const {
  for (std::size_t i = announced_; i < replicas_->size(); ++i) {
    if ((*replicas_)[i].isIn(Plane::server)) return true;
  }
  return false;
}

// The leader decides what the tabs have among themselves; of a server's ops it tells as all do.
bool Peer::postsOpsOf(const Replica& replica) const {
  return role_ == Role::leading && !isSuspended_ ? replica.isIn(Plane::server)
                                                 : replica.isShared();
}

bool Peer::hasUnpostedOps() const {
  for (const Replica& replica : *replicas_) {
    if (!postsOpsOf(replica)) continue;
    for (const auto& [session, ops] : replica.overlay().sessions()) {
      // Ops are posted in order of their numbers: the last tells for all.
      if (!ops.rbegin()->second.posted || !ops.begin()->second.posted) return true;
    }
  }
  return false;
}

void Peer::flushPush() {
  if (peers_.empty() && role_ == Role::leading) return;
  if (!hasUnpostedOps()) return;
  Push push{.sender = realm_->sessions.text(realm_->self), .tables = {}, .sections = {}};
  TableBuilder tables(*realm_);
  for (Replica& replica : *replicas_) {
    if (!postsOpsOf(replica)) continue;
    PushSection section{.address = replica.space().address().text,
                        .epoch = replica.space().epoch(),
                        .cursor = replica.space().index(),
                        .ops = {}};
    for (auto& [session, ops] : replica.overlay().sessions()) {
      for (auto& [sequence, pending] : ops) {
        if (pending.posted) continue;
        pending.posted = true;
        section.ops.push_back(tables.push(replica, pending.op));
      }
    }
    if (!section.ops.empty()) push.sections.push_back(std::move(section));
  }
  push.tables = tables.take();
  post(FrameType::push, push);
}

void Peer::flushRecords() {
  if (role_ != Role::leading || peers_.empty()) return;
  Records records{.sender = realm_->sessions.text(realm_->self),
                  .leaderEpoch = accepted_,
                  .tables = {},
                  .sections = {}};
  TableBuilder tables(*realm_);
  for (Replica& replica : *replicas_) {
    if (!replica.isShared()) continue;
    const std::uint64_t index = replica.space().index();
    const auto [told, isNew] = toldUpTo_.emplace(replica.id(), 0);
    if (told->second >= index) continue;
    const std::uint64_t from = std::max(told->second + 1, replica.recentFrom());
    if (from <= index) records.sections.push_back(sectionOf(replica, from, tables));
    told->second = index;
  }
  if (records.sections.empty()) return;
  records.tables = tables.take();
  post(FrameType::records, records);
}

std::vector<Bytes> Peer::flush() {
  if (role_ == Role::following) {
    for (Replica& replica : *replicas_) {
      if (replica.isIn(Plane::device)) declare(replica);
    }
    if (hasUnannounced()) sayHello();
  }
  if (role_ == Role::following || role_ == Role::leading) flushPush();
  flushRecords();
  for (Replica& replica : *replicas_) replica.trimRecords();
  std::vector<Bytes> frames = std::move(outgoing_);
  outgoing_.clear();
  mayHaveFrames_ = false;
  return frames;
}

}  // namespace danji
