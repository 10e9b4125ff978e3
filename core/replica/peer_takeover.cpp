// Peer, the changes of leadership: asking, promising, adopting the furthest state.
//
// The shape is the first phase of Paxos (Lamport, "The Part-Time Parliament", 1998). A tab that
// holds the lock asks under a leader epoch above every one it knows. Whoever answers promises to
// ignore lower epochs and hands over what is further than the asker. If every live tab answered,
// nobody can be ahead and the logs go on; if one was silent, it may be ahead, and the logs get a
// new epoch, so that its indexes can't be mistaken for ours.

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/peer.h"

namespace danji {

void Peer::lockGranted() {
  if (isSuspended_ || role_ == Role::alone) {
    wishes_ |= kWishReleaseLock;
    return;
  }
  holdsLock_ = true;
  ask(0);
}

void Peer::ask(std::uint64_t atLeast) {
  const double now = std::max(0.0, realm_->nowMillis);
  promised_ = std::max({promised_ + 1, accepted_ + 1, atLeast, static_cast<std::uint64_t>(now)});
  promisedTo_ = realm_->sessions.text(realm_->self);
  knowsLeader_ = false;
  inquiry_ = {.number = inquiry_.number + 1, .sinceMillis = realm_->nowMillis};
  become(Role::asking);
  post(FrameType::prepare, Prepare{.sender = promisedTo_,
                                   .leaderEpoch = promised_,
                                   .accepted = accepted_,
                                   .cursors = cursors()});
  wishes_ |= kWishQuerySessions;
}

void Peer::on(const Prepare& prepare) {
  notePeer(prepare.sender);
  const bool again = prepare.leaderEpoch == promised_ && prepare.sender == promisedTo_;
  if (again && accepted_ == prepare.leaderEpoch) return;  // It leads by now; this came late.
  if (prepare.leaderEpoch <= promised_ && !again) {
    post(FrameType::refuse, Refuse{.sender = realm_->sessions.text(realm_->self),
                                   .asker = prepare.sender,
                                   .promised = promised_});
    return;
  }

  promised_ = prepare.leaderEpoch;
  promisedTo_ = prepare.sender;
  heardLeaderMillis_ = helloMillis_ = realm_->nowMillis;
  Promise promise{.sender = realm_->sessions.text(realm_->self),
                  .leaderEpoch = promised_,
                  .asker = prepare.sender,
                  .accepted = accepted_,
                  .states = {}};
  for (const Replica& replica : *replicas_) {
    const Space& space = replica.space();
    // What a server decides, a new leader asks the server for.
    if (!replica.isIn(Plane::device) || space.index() == 0 || accepted_ < prepare.accepted) {
      continue;
    }
    const auto theirs =
        std::find_if(prepare.cursors.begin(), prepare.cursors.end(), [&](const Cursor& cursor) {
          return cursor.address == space.address().text;
        });
    const bool isFurther = theirs == prepare.cursors.end() || accepted_ > prepare.accepted ||
                           space.index() > theirs->index;
    if (isFurther) promise.states.push_back(space.state());
  }
  post(FrameType::promise, promise);
  knowsLeader_ = false;
  if (role_ == Role::leading || role_ == Role::asking) stepAside(promised_);
}

// Somebody works under a higher epoch. This tab holds the lock, for lockLost() ends both roles
// that come here: it asks again above that.
void Peer::stepAside(std::uint64_t theirEpoch) {
  if (role_ == Role::asking && inquiry_.isPaused) {
    inquiry_.atLeast = std::max(inquiry_.atLeast, theirEpoch + 1);
    return;
  }
  const double pause = contestPauseMillis();
  if (pause == 0) return ask(theirEpoch + 1);
  knowsLeader_ = false;
  inquiry_ = {.number = inquiry_.number + 1,
              .sinceMillis = realm_->nowMillis,
              .isPaused = true,
              .atLeast = theirEpoch + 1,
              .untilMillis = realm_->nowMillis + pause};
  become(Role::asking);
}

// A lock that was stolen is lost a moment before its holder hears of it. Until then two tabs
// raise their epochs above each other, so they take their time.
double Peer::contestPauseMillis() {
  if (realm_->nowMillis - contestMillis_ > kResendMillis) contests_ = 0;
  contestMillis_ = realm_->nowMillis;
  if (++contests_ <= kContestsMax) return 0;
  const std::uint32_t doubled = std::min<std::uint32_t>(contests_ - kContestsMax - 1, 8);
  const double pause = std::min(kContestPauseMillis * static_cast<double>(1u << doubled),
                                kContestPauseMillisMax);
  return pause + static_cast<double>(realm_->random.next() % 64);
}

void Peer::on(const Promise& promise) {
  const std::string& self = realm_->sessions.text(realm_->self);
  notePeer(promise.sender);
  if (role_ != Role::asking || promise.asker != self || promise.leaderEpoch != promised_) return;
  for (const SpaceState& state : promise.states) {
    Inquiry::Best& best = inquiry_.best[state.address];
    const bool isFurther = promise.accepted > best.accepted ||
                           (promise.accepted == best.accepted && state.index > best.state.index);
    if (isFurther) best = {.accepted = promise.accepted, .state = state};
  }
  inquiry_.accepted = std::max(inquiry_.accepted, promise.accepted);
  inquiry_.answered.insert(promise.sender);
  concludeIfAnswered();
}

void Peer::on(const Refuse& refusal) {
  if (refusal.asker != realm_->sessions.text(realm_->self)) return;
  if (refusal.promised < promised_) return;
  if (role_ == Role::asking || role_ == Role::leading) stepAside(refusal.promised);
}

void Peer::concludeIfAnswered() {
  if (role_ != Role::asking || inquiry_.isPaused || !inquiry_.knowsSessions) return;
  const std::string& self = realm_->sessions.text(realm_->self);
  const bool isComplete =
      std::all_of(inquiry_.sessions.begin(), inquiry_.sessions.end(), [&](const auto& session) {
        return session == self || inquiry_.answered.contains(session);
      });
  if (isComplete) conclude(true);
}

void Peer::conclude(bool isComplete) {
  adoptBest();
  startLeading(isComplete);
}

void Peer::adoptBest() {
  if (mutation::isRemoved(mutation::Rule::furthestAdopted)) return;
  for (const auto& [address, best] : inquiry_.best) {
    Replica* replica = replicaAt(address);
    if (replica == nullptr || !replica->isIn(Plane::device)) continue;
    const bool isFurther = best.accepted > accepted_ ||
                           best.state.index > replica->space().index();
    if (isFurther && best.accepted >= accepted_) replica->adopt(best.state);
  }
}

void Peer::startLeading(bool isComplete) {
  accepted_ = promised_;
  stored_.clear();
  leader_ = realm_->self;
  knowsLeader_ = true;
  awaitsWelcome_ = false;
  if (inquiry_.knowsSessions) prunePeers(inquiry_.sessions);
  become(Role::leading);
  for (Replica& replica : *replicas_) {
    if (!replica.isShared()) continue;
    // Others may have written there since.
    if (replica.disk() != Replica::Disk::none) replica.setDisk(Replica::Disk::unread);
    // A welcome from before a sleep may have led back into the log as it was then.
    const bool goesOn = (isComplete && !replica.space().hasBeenFurther()) ||
                        mutation::isRemoved(mutation::Rule::newEpochUnlessComplete) ||
                        replica.isIn(Plane::server) || replica.space().epoch() == 0;
    if (!goesOn) replica.beginEpoch(realm_->random.next());
    toldUpTo_[replica.id()] = replica.space().index();
  }
  sayLead();
  for (Replica& replica : *replicas_) {
    if (!replica.isIn(Plane::device)) continue;
    if (inquiry_.knowsSessions) voidGaps(replica, inquiry_.sessions);
    decidePending(replica);
    declare(replica);
  }
  // Who missed it would follow the tab that was replaced until somebody writes.
  oweBeacon();
}

}  // namespace danji
