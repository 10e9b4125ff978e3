// Peer, what follows from what the disk says (core/storage/storage.h).

#include <algorithm>

#include "core/replica/peer.h"
#include "core/replica/translate.h"

namespace danji {

void Peer::storageCame(Replica& replica) {
  if (!replica.isShared()) return decidePending(replica);
  if (!decides()) return;
  if (role_ == Role::leading) sayLead();
  if (!replica.isIn(Plane::device)) return;
  decidePending(replica);
  declare(replica);
  if (hasGaps()) wishes_ |= kWishQuerySessions;
}

Replica* Peer::serverSpace(const std::string& address) {
  const Result<Address> parsed = Address::parse(address);
  return parsed.ok() && parsed.value().plane == Plane::server ? &create_(parsed.value()) : nullptr;
}

void Peer::outboxCame() {
  for (Replica& replica : *replicas_) {
    if (!replica.isIn(Plane::server)) continue;
    for (auto& [session, ops] : replica.overlay().sessions()) {
      if (session == realm_->self || peers_.contains(session)) continue;
      for (auto& [sequence, pending] : ops) pending.posted = false;
    }
  }
  mayHaveFrames_ = true;
  if (hasGaps()) wishes_ |= kWishQuerySessions;
}

void Peer::tellStored(const Replica& replica, std::uint64_t index) {
  if (role_ != Role::leading) return;
  Cursor& cursor = stored_[replica.id()] = cursorOf(replica.space());
  cursor.index = index;
  if (peers_.empty()) return;
  owesStored_ = mayHaveFrames_ = true;
}

void Peer::on(const Stored& message) {
  const bool isLeaders = role_ == Role::following && knowsLeader_ &&
                         accepted_ == message.leaderEpoch &&
                         realm_->sessions.text(leader_) == message.sender;
  if (!isLeaders) return;
  for (const Cursor& cursor : message.cursors) {
    Replica* replica = replicaAt(cursor.address);
    if (replica != nullptr) replica->noteStored(cursor.epoch, cursor.index);
  }
}

void Peer::leadAbove(std::uint64_t epoch) {
  if (role_ == Role::leading) stepAside(epoch);
}

}  // namespace danji
