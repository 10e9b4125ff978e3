#include "tests/scope/inside.h"

#include <algorithm>

#include "core/base/limits.h"

namespace danji {
namespace {

void tell(ByteWriter& out, OpId id) {
  out.varint(id.session);
  out.varint(id.sequence);
}

void tell(ByteWriter& out, const Change& change) {
  out.u8(static_cast<std::uint8_t>(change.kind));
  out.varint(change.entry);
  out.u64(change.fingerprint);
  encode(out, change.value);
  out.varint(change.incarnation);
  out.varint(change.fields.size());
  for (const FieldChange& field : change.fields) {
    out.text(field.path);
    encode(out, field.value);
  }
  out.varint(change.observed.size());
  for (const OpId id : change.observed) tell(out, id);
  out.u8(static_cast<std::uint8_t>(change.expectation));
  tell(out, change.expected);
}

void tell(ByteWriter& out, const Op& op) {
  tell(out, op.id);
  out.varint(op.unit);
  out.varint(op.grants);
  out.f64(op.createdMillis);
  out.u64(op.observed.ticks);
  out.u8(static_cast<std::uint8_t>((op.isHidden ? 1 : 0) + (op.voids ? 2 : 0)));
  out.varint(op.changes.size());
  for (const Change& change : op.changes) tell(out, change);
}

void tell(ByteWriter& out, const std::deque<Record>& records) {
  out.varint(records.size());
  for (const Record& record : records) {
    tell(out, record.op);
    out.u64(record.stamp.ticks);
    out.u8(static_cast<std::uint8_t>(record.decision));
    out.u8(record.isConcurrent ? 1 : 0);
  }
}

void tell(ByteWriter& out, const Names& names) {
  out.varint(names.size());
  for (NameId id = 0; id < names.size(); ++id) out.text(names.text(id));
}

void flags(ByteWriter& out, std::initializer_list<bool> claims) {
  for (const bool claim : claims) out.u8(claim ? 1 : 0);
}

}  // namespace

void Inside::tell(ByteWriter& out, const Realm& realm) {
  danji::tell(out, realm.sessions);
  danji::tell(out, realm.units);
  Random next = realm.random;
  out.u64(next.next());
  out.f64(realm.nowMillis);
  out.varint(realm.ownPending);
}

void Inside::tell(ByteWriter& out, const Overlay& overlay) {
  std::map<std::uint64_t, std::uint64_t> ranks;  // Of arrivals.
  for (const auto& [session, ops] : overlay.sessions()) {
    for (const auto& [sequence, pending] : ops) ranks[pending.arrival] = 0;
  }
  std::uint64_t rank = 0;
  for (auto& [arrival, place] : ranks) place = ++rank;
  for (const auto& [session, ops] : overlay.sessions()) {
    for (const auto& [sequence, pending] : ops) {
      danji::tell(out, pending.op);
      flags(out, {pending.isOwn, pending.posted});
      out.varint(pending.sentVia);
      out.varint(std::min(pending.sends, kUplinkDoublingsMax));
      out.f64(pending.sentMillis);
      out.varint(ranks[pending.arrival]);
      out.f64(pending.arrivedMillis);
    }
  }
}

void Inside::tell(ByteWriter& out, const Replica& replica) {
  encode(out, replica.space_.state());
  out.u64(replica.space_.left_.epoch);
  out.varint(replica.space_.left_.index);
  for (EntryId id = 0; id < replica.space_.entryCount(); ++id) {
    out.text(replica.space_.entry(id).key);
  }
  tell(out, replica.overlay_);
  out.varint(replica.sequence_);
  for (const auto& [now, former] : replica.formerNumbers_) {
    out.varint(now);
    out.varint(former);
  }
  flags(out, {replica.keepsRecords_});
  danji::tell(out, replica.recent_);
  danji::tell(out, replica.former_);
  out.varint(replica.ownDecided_.size());
  for (const Op& op : replica.ownDecided_) danji::tell(out, op);
  out.varint(replica.declared_);
  for (const Replica::Opened& opened : replica.opened_) flags(out, {opened.isRefused});
}

void Inside::tell(ByteWriter& out, const Peer& peer) {
  out.u8(static_cast<std::uint8_t>(peer.role_));
  flags(out, {peer.holdsLock_, peer.isVisible_, peer.isSuspended_, peer.hasLeft_,
              peer.owesStored_, peer.knowsLeader_, peer.awaitsWelcome_, peer.owesBeacon_});
  for (const std::uint64_t epoch : {peer.promised_, peer.accepted_, peer.helloEpoch_}) {
    out.u64(epoch);
  }
  out.text(peer.promisedTo_);
  out.varint(peer.leader_);
  out.varint(peer.peers_.size());
  for (const auto& [session, heardMillis] : peer.peers_) {
    out.varint(session);
    out.f64(heardMillis);
  }
  for (const auto& [space, index] : peer.toldUpTo_) {
    out.varint(space);
    out.varint(index);
  }
  out.varint(peer.contests_);
  out.varint(peer.announced_);
  for (const double moment : {peer.contestMillis_, peer.helloMillis_, peer.heardLeaderMillis_,
                              peer.waitingMillis_, peer.pushedMillis_, peer.serverPushedMillis_,
                              peer.serverPauseMillis_, peer.stealMillis_, peer.correctedMillis_,
                              peer.spokeMillis_}) {
    out.f64(moment);
  }
  out.varint(peer.queries_.size());
  for (const Peer::Query& query : peer.queries_) {
    out.f64(query.sinceMillis);
    flags(out, {query.inquiry == peer.inquiry_.number});
  }
  // Of an inquiry that is over nothing matters any more.
  if (peer.role_ != Role::asking) return;
  const Peer::Inquiry& inquiry = peer.inquiry_;
  flags(out, {inquiry.isPaused, inquiry.knowsSessions});
  out.f64(inquiry.sinceMillis);
  out.f64(inquiry.untilMillis);
  out.u64(inquiry.atLeast);
  out.u64(inquiry.accepted);
  for (const auto* names : {&inquiry.sessions, &inquiry.answered}) {
    out.varint(names->size());
    for (const std::string& name : *names) out.text(name);
  }
  for (const auto& [address, best] : inquiry.best) {
    out.u64(best.accepted);
    encode(out, best.state);
  }
}

void Inside::tell(ByteWriter& out, const Uplink& uplink) {
  flags(out, {uplink.isConnected_, uplink.isWelcome_, uplink.missedRecords_});
  out.varint(uplink.attempt_);
  out.varint(uplink.asked_);
  out.f64(uplink.heardMillis_);
}

void Inside::tell(ByteWriter& out, const Engine& engine) {
  tell(out, engine.realm_);
  for (const Replica& replica : engine.replicas_) tell(out, replica);
  tell(out, engine.peer_);
  tell(out, engine.uplink_);
}

std::string Inside::leaderOf(const Engine& engine) {
  const Peer& peer = engine.peer_;
  return peer.knowsLeader_ ? engine.realm_.sessions.text(peer.leader_) : std::string();
}

void Inside::tell(ByteWriter& out, const Host& host) {
  tell(out, host.realm_);
  for (const auto& replica : host.replicas_) {
    if (replica != nullptr) tell(out, *replica);
  }
  out.varint(host.connections_.size());
  for (const auto& [id, connection] : host.connections_) {
    out.varint(id);
    out.varint(connection.toldUpTo.size());
    for (const auto& [space, index] : connection.toldUpTo) {
      out.varint(space);
      out.varint(index);
    }
  }
  for (const auto& [space, crc] : host.lastCrc_) out.u32(crc);
  out.varint(host.unwritten_.size());
  for (const std::vector<Outgoing>& frames : host.unwritten_) {
    out.varint(frames.size());
    for (const Outgoing& one : frames) {
      out.varint(one.connection);
      out.varint(one.bytes.size());
      out.raw(one.bytes);
    }
  }
}

}  // namespace danji
