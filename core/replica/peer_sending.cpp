// Peer, what leaves: hellos, beacons, undecided ops and records, once per task.

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/peer.h"
#include "core/replica/translate.h"

namespace danji {

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
template void Peer::post(FrameType, const Bye&);

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
    cursors.push_back(cursorOf(space));
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
  owesStored_ = true;  // A tab may have missed it.
}

void Peer::serverStateCame() {
  if (role_ == Role::leading && !peers_.empty()) sayLead();
}

void Peer::serverRecordsCame() { mayHaveFrames_ = mayHaveFrames_ || !peers_.empty(); }

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
    const bool hasVoids = replica.overlay().hasVoids();
    for (const auto& [session, ops] : replica.overlay().sessions()) {
      // Ops are posted in order of their numbers: the last tells for all. A void comes between.
      if (!ops.rbegin()->second.posted || !ops.begin()->second.posted) return true;
      const auto isUnposted = [](const auto& op) { return !op.second.posted; };
      if (hasVoids && std::any_of(ops.begin(), ops.end(), isUnposted)) return true;
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
        if (replica.isIn(Plane::device)) ++pending.sends;
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
  // If they are the last for a while, nobody misses them before the beacon.
  oweBeacon();
}

void Peer::oweBeacon() {
  spokeMillis_ = realm_->nowMillis;
  owesBeacon_ = true;
}

// After the records that it speaks of.
void Peer::flushStored() {
  if (!std::exchange(owesStored_, false) || stored_.empty() || role_ != Role::leading) return;
  Stored message{.sender = realm_->sessions.text(realm_->self), .leaderEpoch = accepted_,
                 .cursors = {}};
  for (const auto& [space, cursor] : stored_) message.cursors.push_back(cursor);
  post(FrameType::stored, message);
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
  flushStored();
  for (Replica& replica : *replicas_) replica.trimRecords();
  std::vector<Bytes> frames = std::move(outgoing_);
  outgoing_.clear();
  mayHaveFrames_ = false;
  return frames;
}

}  // namespace danji
