// Peer, what it does when time passes: what it waits for, asks again, and tells again.

#include <algorithm>
#include <limits>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/peer.h"

namespace danji {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

bool Peer::hasUndecided() const {
  return std::any_of(replicas_->begin(), replicas_->end(), [](const Replica& replica) {
    return replica.isIn(Plane::device) && replica.hasUndecided();
  });
}

// Whether ops wait for others before them, which may never come.
bool Peer::hasGaps() const {
  return std::any_of(replicas_->begin(), replicas_->end(), [this](const Replica& replica) {
    const bool isWaiting = replica.isIn(Plane::device) && replica.isAwaitingDisk();
    if (!replica.isShared() || isWaiting) return false;
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
                         &stealMillis_, &correctedMillis_, &spokeMillis_, &contestMillis_,
                         &serverPushedMillis_, &inquiry_.sinceMillis,
                         &inquiry_.untilMillis}) {
    *moment -= byMillis;
  }
  for (auto& [peer, heardMillis] : peers_) heardMillis -= byMillis;
  for (Query& query : queries_) query.sinceMillis -= byMillis;
  for (Replica& replica : *replicas_) replica.overlay().clockWentBack(byMillis);
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
  if (owesBeacon_ && now - spokeMillis_ >= kBeaconMillis) {
    sayLead();
    owesBeacon_ = false;
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
    return std::min(owesBeacon_ ? spokeMillis_ + kBeaconMillis : kNever,
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

}  // namespace danji
