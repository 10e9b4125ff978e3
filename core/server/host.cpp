#include "core/server/host.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/translate.h"

namespace danji {

Host::Host(std::string_view session, std::uint64_t seed)
    : realm_(session, seed),
      // Each space has its own definitions: what one apartment calls a key is not another's.
      authority_(realm_.definitions,
                 [](const Space&, std::string_view, std::uint64_t) { return false; }) {
  nobody_ = realm_.grants.intern("!");  // No list of grants is spelled like that.
}

Status Host::define(std::string_view key, const Definition& definition,
                    const Contract& contract) {
  const Result<DefinitionId> id = realm_.definitions.registerKey(key, definition, contract);
  if (!id.ok()) return id.error();
  knowsKeys_ = true;
  return Done{};
}

SpaceId Host::freePlace() {
  const auto free = std::find(replicas_.begin(), replicas_.end(), nullptr);
  const auto place = static_cast<SpaceId>(free - replicas_.begin());
  if (free == replicas_.end()) replicas_.emplace_back();
  return place;
}

Replica* Host::replicaAt(const std::string& text) {
  if (const auto found = byAddress_.find(text); found != byAddress_.end()) {
    return replicas_[found->second].get();
  }
  const Result<Address> address = Address::parse(text);
  if (!address.ok() || address.value().plane != Plane::server) return nullptr;
  const SpaceId id = freePlace();
  replicas_[id] = std::make_unique<Replica>(id, address.value(), realm_);
  Replica& replica = *replicas_[id];
  replica.keepRecords(true);
  byAddress_.emplace(text, id);
  replica.beginEpoch(newEpoch());
  return &replica;
}

std::uint64_t Host::newEpoch() {
  const auto millis = static_cast<std::uint64_t>(std::max(0.0, realm_.nowMillis));
  return millis << 16 | (realm_.random.next() & 0xffff);
}

// ---- What arrives

void Host::receive(ConnectionId id, ByteView bytes) {
  const auto connection = connections_.find(id);
  if (connection == connections_.end()) return;
  hasNews_ = true;
  effort_ += bytes.size() / kEffortBytes;
  const ErrorCode code = connection->second.parts.open(
      bytes, [this, id](const Frame& frame) { dispatch(id, frame); });
  if (code != ErrorCode::ok) ++refused_[code];
}

void Host::dispatch(ConnectionId id, const Frame& frame) {
  ByteReader in(frame.body);
  switch (frame.type) {
    case FrameType::hello: {
      const Hello message = decodeHello(in);
      if (!in.failed()) return on(id, message);
      break;
    }
    case FrameType::push: {
      Push message = decodePush(in);
      // Claims that count for nothing are not kept.
      for (WireUnit& unit : message.tables.units) {
        if (authenticates_) unit.grants.clear();
      }
      if (!in.failed()) return on(id, message);
      break;
    }
    default:
      ++refused_[ErrorCode::protocol];
      return;
  }
  ++refused_[ErrorCode::malformed];
}

// A few are enough: whoever says hello again knows no less.
constexpr std::size_t kHeldHellosMax = 4;

void Host::askFor(ConnectionId id, Connection& connection, const Hello& hello) {
  for (const Cursor& cursor : hello.cursors) {
    const Result<Address> address = Address::parse(cursor.address);
    if (!address.ok() || address.value().plane != Plane::server) continue;
    if (connection.access.contains(cursor.address)) continue;
    if (!connection.asked.insert(cursor.address).second) continue;
    wanted_.push_back({.connection = id, .address = cursor.address});
  }
}

void Host::allow(ConnectionId id, const std::string& address, Access access) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  hasNews_ = true;
  Connection& connection = found->second;
  connection.access[address] = access;
  connection.asked.erase(address);
  if (access == Access::none) {
    const auto known = byAddress_.find(address);
    if (known != byAddress_.end()) connection.toldUpTo.erase(known->second);
  }
  std::deque<Hello> held = std::exchange(connection.held, {});
  for (Hello& hello : held) {
    if (connection.awaits(hello)) {
      connection.held.push_back(std::move(hello));
    } else {
      welcome(id, connection, hello);
    }
  }
}

void Host::on(ConnectionId id, const Hello& hello) {
  Connection& connection = connections_[id];
  if (asksFirst_) askFor(id, connection, hello);
  if (!connection.awaits(hello)) return welcome(id, connection, hello);
  if (connection.held.size() >= kHeldHellosMax) connection.held.pop_front();
  connection.held.push_back(hello);
}

void Host::welcome(ConnectionId id, Connection& connection, const Hello& hello) {
  // What an earlier hello asked for stays asked for: this one may be the older of the two.
  Welcome welcome{.sender = realm_.sessions.text(realm_.self),
                  .leaderEpoch = 0,
                  .target = hello.sender,
                  .live = {},
                  .updates = {}};
  for (const Cursor& cursor : hello.cursors) {
    const auto allowed = connection.access.find(cursor.address);
    const bool isAllowed = allowed != connection.access.end() && allowed->second != Access::none;
    if (asksFirst_ && !isAllowed) continue;
    Replica* replica = replicaAt(cursor.address);
    if (replica == nullptr) {
      ++refused_[ErrorCode::invalidId];
      continue;
    }
    heed(*replica, cursor);
    welcome.updates.push_back(updateFor(realm_, *replica, &cursor));
    connection.toldUpTo[replica->id()] = replica->space().index();
  }
  post(id, FrameType::welcome, welcome);
}

// Somebody has heard more of the log than is here: an older one was brought back from a backup.
// What is decided next would be taken for what he has, so it goes on under another epoch, and
// everybody brings again what is his. Once, lest somebody make all of them do so for ever; and an
// epoch of the future is nobody's, but for clocks that went back.
void Host::heed(Replica& replica, const Cursor& cursor) {
  const Space& space = replica.space();
  const Cursor mine{cursor.address, space.epoch(), space.index()};
  if (!leads(replica) || !isBehind(mine, cursor)) return;
  constexpr std::uint64_t day = std::uint64_t{86'400'000} << 16;
  if (cursor.epoch > newEpoch() + day) return;
  if (renewed_.insert(replica.id()).second) renew(replica, cursor.epoch);
}

Op Host::opOf(Replica& replica, const WireTables& tables, const WireOp& wire, ErrorCode code) {
  if (code == ErrorCode::ok) return readOp(realm_, replica, tables, wire);
  WireOp bare = wire;
  bare.changes.clear();
  return readOp(realm_, replica, tables, bare);
}

void Host::on(ConnectionId id, const Push& push) {
  Connection& connection = connections_[id];
  if (!mustWait(connection, push)) take(id, connection, push);
}

// Whoever pushes has asked for the space before, or speaks of a life of this server that ended: its
// hello is under way.
Replica* Host::sharedWith(const Connection& connection, const std::string& address) const {
  const auto found = byAddress_.find(address);
  const bool isShared = found != byAddress_.end() && connection.toldUpTo.contains(found->second);
  return isShared ? replicas_[found->second].get() : nullptr;
}

// What waits for ops that nobody has may wait for ever: of that only so much is kept.
bool Host::hasRoomFor(const Replica& replica, const Op& op) const {
  if (replica.overlay().size() < kWaitingOpsMax) return true;
  std::uint64_t reached = replica.space().floorOf(op.id.session);
  if (const Overlay::Session* ops = replica.overlay().of(op.id.session)) {
    for (const auto& [sequence, pending] : *ops) {
      if (!pending.op.follows(reached)) break;
      reached = sequence;
    }
  }
  return op.id.sequence <= reached || op.follows(reached);
}

void Host::take(ConnectionId id, Connection& connection, const Push& push) {
  bool isLearned = false;
  for (const PushSection& section : push.sections) {
    Replica* shared = sharedWith(connection, section.address);
    if (shared == nullptr) {
      ++refused_[ErrorCode::protocol];
      continue;
    }
    // What it names stays here for good.
    if (!std::exchange(isLearned, true)) learnTables(realm_, push.tables);
    Replica& replica = *shared;
    const bool mayWrite = !asksFirst_ || connection.access[section.address] == Access::write;
    bool repeats = false;
    opsReceived_ += section.ops.size();
    effort_ += section.ops.size();
    for (const WireOp& wire : section.ops) {
      const ErrorCode room = judgeRoom(replica, push.tables, wire);
      Op op = opOf(replica, push.tables, wire, room);
      if (authenticates_) op.grants = connection.grants;
      if (!mayWrite) op.grants = nobody_;
      if (!mayUse(connection, op.id.session) || (op.voids && !mayWrite)) {
        ++refused_[ErrorCode::forbidden];
        continue;
      }
      repeats = repeats || op.id.sequence <= replica.space().floorOf(op.id.session);
      if (!hasRoomFor(replica, op)) {
        ++refused_[ErrorCode::gap];
        continue;
      }
      const OpId name = op.id;
      if (!leads(replica)) bringers_[{replica.id(), name.session}] = id;
      if (!replica.addPending(Op(op))) continue;
      if (room != ErrorCode::ok) unread_[{replica.id(), name}] = room;
      if (proposals_.areWanted() && leads(replica)) propose(replica, op, id);
    }
    realm_.changes = {};
    hasForwards_ = hasForwards_ || !leads(replica);
    if (leads(replica)) decidePending(replica);
    // The sender does not know of a decision: what it was told since may not have arrived.
    std::uint64_t& told = connection.toldUpTo[replica.id()];
    if (repeats && section.epoch == replica.space().epoch()) told = std::min(told, section.cursor);
  }
}

// ---- What leaves

template <class Message>
std::vector<Bytes> Host::seal(FrameType type, const Message& message) {
  ByteWriter body;
  encode(body, message);
  return sealMessage(type, body.view(), realm_.sessions.text(realm_.self), ++messageNumber_);
}

template <class Message>
void Host::post(ConnectionId id, FrameType type, const Message& message) {
  for (Bytes& frame : seal(type, message)) {
    said_.push_back({.connection = id, .bytes = std::move(frame)});
  }
}

std::vector<Bytes> Host::recordsOf(const Untold& untold) {
  Records records{.sender = realm_.sessions.text(realm_.self),
                  .leaderEpoch = 0,
                  .tables = {},
                  .sections = {}};
  TableBuilder tables(realm_);
  for (const auto& [space, from] : untold) {
    records.sections.push_back(sectionOf(*replicas_[space], from, tables));
  }
  records.tables = tables.take();
  return seal(FrameType::records, records);
}

// Most connections lack the same, which is put into bytes once.
void Host::tellRecords() {
  std::map<Untold, std::vector<Bytes>> frames;
  for (auto& [id, connection] : connections_) {
    Untold untold;
    for (auto& [space, told] : connection.toldUpTo) {
      const Replica& replica = *replicas_[space];
      const std::uint64_t index = replica.space().index();
      if (told >= index) continue;
      // Too long ago for the records that are kept, or there are none: the gap makes it ask for
      // the state.
      untold.emplace_back(space, std::max(told + 1, replica.recentFrom()));
      told = index;
    }
    if (untold.empty()) continue;
    const auto [place, isNew] = frames.try_emplace(untold);
    if (isNew) place->second = recordsOf(untold);
    for (const Bytes& frame : place->second) said_.push_back({.connection = id, .bytes = frame});
  }
}

std::vector<LogRow> Host::takeRows() {
  hasNews_ = false;
  tellRecords();
  for (const auto& [address, place] : byAddress_) replicas_[place]->trimRecords();
  std::vector<LogRow> rows = std::exchange(rows_, {});
  std::vector<Outgoing> said = std::exchange(said_, {});
  if (!rows.empty() && !mutation::isRemoved(mutation::Rule::durableBeforeTold)) {
    unwritten_.push_back(std::move(said));
  } else {
    // It speaks of nothing newer than what is being written, or is written.
    std::vector<Outgoing>& last = unwritten_.empty() ? free_ : unwritten_.back();
    for (Outgoing& one : said) last.push_back(std::move(one));
  }
  return rows;
}

void Host::rowsWritten() {
  if (unwritten_.empty()) return;
  for (Outgoing& one : unwritten_.front()) free_.push_back(std::move(one));
  unwritten_.pop_front();
}

std::vector<Outgoing> Host::takeFrames() {
  std::erase_if(free_, [this](const Outgoing& one) {
    return !connections_.contains(one.connection);
  });
  return std::exchange(free_, {});
}

std::string Host::inspect() const {
  std::string text = "{\"connections\":" + std::to_string(connections_.size());
  text += ",\"ops\":" + std::to_string(opsReceived_) + ",\"refused\":{";
  bool isFirst = true;
  for (const auto& [code, count] : refused_) {
    text += std::string(isFirst ? "" : ",") + "\"" + errorName(code) +
            "\":" + std::to_string(count);
    isFirst = false;
  }
  text += "},\"spaces\":[";
  isFirst = true;
  for (const auto& [address, place] : byAddress_) {
    const Replica& replica = *replicas_[place];
    const Space& space = replica.space();
    text += std::string(isFirst ? "" : ",") + "{\"address\":\"" + space.address().text +
            "\",\"index\":" + std::to_string(space.index()) +
            ",\"waiting\":" + std::to_string(replica.overlay().size()) + "}";
    isFirst = false;
  }
  return text + "]}";
}

}  // namespace danji
