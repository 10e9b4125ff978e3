// Host, where several servers keep the same logs: what it leads, what it hands on, and whose a
// session is.

#include <algorithm>
#include <tuple>

#include "core/base/limits.h"
#include "core/replica/translate.h"
#include "core/server/forwarded.h"
#include "core/server/host.h"

namespace danji {
namespace {

// Of values that travel together, unless one is larger.
constexpr std::size_t kForwardBytes = 256 * 1024;
constexpr SpaceId kNoSpace = ~SpaceId{0};
// Whoever pushes more meanwhile sends it again.
constexpr std::size_t kUnclaimedMax = 16;

std::size_t sizeOf(const Op& op) {
  ByteWriter out;
  for (const Change& change : op.changes) {
    encode(out, change.value);
    for (const FieldChange& field : change.fields) encodeFieldValue(out, field.path, field.value);
  }
  return out.size();
}

}  // namespace

// ---- Led, and lost

void Host::lead(const std::string& address) {
  const auto found = byAddress_.find(address);
  if (found == byAddress_.end() || !led_.insert(found->second).second) return;
  hasNews_ = true;
  Replica& replica = *replicas_[found->second];
  if (proposals_.areWanted()) {
    for (const auto& [session, ops] : replica.overlay().sessions()) {
      const ConnectionId bringer = bringers_[{replica.id(), session}];
      for (const auto& [sequence, pending] : ops) propose(replica, pending.op, bringer);
    }
  }
  std::erase_if(bringers_, [&](const auto& one) { return one.first.first == replica.id(); });
  decidePending(replica);
}

void Host::renew(const std::string& address) {
  const auto found = byAddress_.find(address);
  if (found != byAddress_.end()) renew(*replicas_[found->second], 0);
}

void Host::renew(Replica& replica, std::uint64_t above) {
  replica.beginEpoch(std::max(newEpoch(), std::max(replica.space().epoch(), above) + 1));
  realm_.changes = {};
}

std::vector<ConnectionId> Host::drop(const std::string& address) {
  std::vector<ConnectionId> users;
  const auto found = byAddress_.find(address);
  // Who has asked for it waits also while nothing of it is here yet.
  const SpaceId place = found == byAddress_.end() ? kNoSpace : found->second;
  for (auto& [id, connection] : connections_) {
    if (connection.uses(address, place)) users.push_back(id);
    connection.toldUpTo.erase(place);
  }
  if (found == byAddress_.end()) return users;
  std::erase_if(rows_, [&](const LogRow& row) { return row.address == address; });
  erase(found->second);
  byAddress_.erase(found);
  return users;
}

// What a connection brought and nobody decided goes with it: its author sends it again, by another.
void Host::disconnected(ConnectionId id) {
  connections_.erase(id);
  for (const auto& [key, bringer] : bringers_) {
    if (bringer != id) continue;
    Overlay& overlay = replicas_[key.first]->overlay();
    while (const Overlay::Session* ops = overlay.of(key.second)) {
      overlay.remove(ops->begin()->second.op.id);
    }
    forgetUnread(*replicas_[key.first]);
  }
  std::erase_if(bringers_, [id](const auto& one) { return one.second == id; });
}

void Host::forgetUnread(const Replica& replica) {
  std::erase_if(unread_, [&](const auto& one) {
    return one.first.first == replica.id() && replica.overlay().find(one.first.second) == nullptr;
  });
}

// ---- Handed on

std::vector<Forward> Host::takeForwards() {
  hasForwards_ = false;
  for (const auto& [key, bringer] : bringers_) {
    Replica& replica = *replicas_[key.first];
    Overlay::Session* ops = replica.overlay().of(key.second);
    if (ops == nullptr) continue;
    std::vector<Overlay::Pending*> unsent;
    for (auto& [sequence, pending] : *ops) {
      if (std::exchange(pending.sentVia, 1) == 0) unsent.push_back(&pending);
    }
    forward(bringer, replica, unsent);
  }
  std::erase_if(bringers_, [this](const auto& one) {
    return replicas_[one.first.first]->overlay().of(one.first.second) == nullptr;
  });
  return std::exchange(forwards_, {});
}

// Ops of one session, in as few messages as they fit in.
void Host::forward(ConnectionId bringer, const Replica& replica,
                   const std::vector<Overlay::Pending*>& ops) {
  const auto codeOf = [&](const Op& op) {
    const auto unread = unread_.find({replica.id(), op.id});
    return unread == unread_.end() ? ErrorCode::ok : unread->second;
  };
  for (std::size_t next = 0; next < ops.size();) {
    const Op& first = ops[next]->op;
    const bool isClaimed = !authenticates_ && first.grants != nobody_;
    Forwarded message{.grants = isClaimed ? "" : realm_.grants.text(first.grants),
                      .user = std::string(ownerOf(first.id.session)),
                      .code = codeOf(first),
                      .push = {.sender = realm_.sessions.text(realm_.self)}};
    PushSection section{.address = replica.space().address().text,
                        .epoch = replica.space().epoch(),
                        .cursor = replica.space().index(),
                        .ops = {}};
    TableBuilder tables(realm_);
    const NameId grants = first.grants;
    for (std::size_t size = 0; next < ops.size() && size < kForwardBytes; ++next) {
      Op op = ops[next]->op;
      if (op.grants != grants || codeOf(op) != message.code) break;
      if (!isClaimed) op.grants = 0;
      size += sizeOf(op);
      section.ops.push_back(tables.push(replica, op));
    }
    message.push.tables = tables.take();
    message.push.sections.push_back(std::move(section));
    ByteWriter out;
    encode(out, message);
    forwards_.push_back({.connection = bringer,
                         .address = replica.space().address().text,
                         .bytes = out.take()});
  }
}

void Host::forwardAgain(const std::string& address) {
  const auto found = byAddress_.find(address);
  if (found == byAddress_.end() || leads(*replicas_[found->second])) return;
  for (auto& [session, ops] : replicas_[found->second]->overlay().sessions()) {
    for (auto& [sequence, pending] : ops) pending.sentVia = 0;
    hasForwards_ = true;
  }
}

Status Host::receiveForwarded(ConnectionId connection, const Bytes& bytes) {
  ByteReader in(bytes);
  const Forwarded message = decodeForwarded(in);
  if (!in.finished()) return Error{ErrorCode::malformed, "ops that can't be read"};
  const PushSection& section = message.push.sections.front();
  const auto found = byAddress_.find(section.address);
  if (found == byAddress_.end() || !leads(*replicas_[found->second])) return Done{};
  hasNews_ = true;
  Replica& replica = *replicas_[found->second];
  learnTables(realm_, message.push.tables);
  const NameId grants = realm_.grants.intern(message.grants);
  opsReceived_ += section.ops.size();
  for (const WireOp& wire : section.ops) {
    const ErrorCode room = judgeRoom(replica, message.push.tables, wire);
    const ErrorCode code = message.code == ErrorCode::ok ? room : message.code;
    Op op = opOf(replica, message.push.tables, wire, code);
    if (authenticates_ || grants == nobody_) op.grants = grants;
    if (!hasRoomFor(replica, op)) continue;
    if (!message.user.empty()) owners_.insert_or_assign(op.id.session, message.user);
    const OpId name = op.id;
    if (!replica.addPending(Op(op))) continue;
    if (code != ErrorCode::ok) unread_[{replica.id(), name}] = code;
    if (proposals_.areWanted()) propose(replica, op, connection);
  }
  realm_.changes = {};
  decidePending(replica);
  return Done{};
}

// ---- Whose a session is

// A session belongs to the user who used it first.
bool Host::mayUse(const Connection& connection, NameId session) {
  if (connection.user.empty()) return true;
  const auto [owner, isNew] = owners_.emplace(session, connection.user);
  if (!isNew) return owner->second == connection.user;
  effort_ += kSessionEffort;
  ByteWriter row;
  row.raw(realm_.sessions.text(session));
  row.text(connection.user);
  rows_.push_back(
      {.address = std::string(kOwners), .index = owners_.size(), .bytes = row.take()});
  return true;
}

// Between several servers only their store knows who was first.
bool Host::mustWait(Connection& connection, const Push& push) {
  if (!isShared_ || connection.user.empty()) return false;
  bool isUnknown = false;
  for (const PushSection& section : push.sections) {
    if (sharedWith(connection, section.address) == nullptr) continue;
    for (const WireOp& op : section.ops) {
      const std::string& text = push.tables.sessions[op.session];
      const NameId session = realm_.sessions.intern(text);
      if (owners_.contains(session)) continue;
      isUnknown = true;
      if (!claimed_.insert(session).second) continue;
      effort_ += kSessionEffort;
      claims_.push_back({.session = text, .user = connection.user});
    }
  }
  if (!isUnknown && connection.unclaimed.empty()) return false;
  if (connection.unclaimed.size() < kUnclaimedMax) connection.unclaimed.push_back(push);
  return true;
}

void Host::own(std::string_view session, std::string_view user) {
  const NameId name = realm_.sessions.intern(session);
  claimed_.erase(name);
  owners_.insert_or_assign(name, std::string(user));
  hasNews_ = true;
  for (auto& [id, connection] : connections_) {
    std::deque<Push> waiting = std::exchange(connection.unclaimed, {});
    for (const Push& push : waiting) on(id, push);
  }
}

void Host::disownAll() { owners_.clear(); }

}  // namespace danji
