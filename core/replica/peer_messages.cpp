// Peer, what arrives on the channel: checked like a stranger's, and refused with a count.

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/peer.h"
#include "core/replica/translate.h"

namespace danji {

void Peer::refuse(ErrorCode code) { ++refused_[code]; }

void Peer::receive(ByteView bytes) {
  if (role_ == Role::alone || isSuspended_) return;
  const ErrorCode code = parts_.open(bytes, [this](const Frame& frame) { dispatch(frame); });
  if (code != ErrorCode::ok) refuse(code);
}

template <class Message>
void Peer::decodeAnd(ByteView body, Message (*decode)(ByteReader&)) {
  ByteReader in(body);
  const Message message = decode(in);
  if (in.failed()) return refuse(ErrorCode::malformed);
  if (message.sender == realm_->sessions.text(realm_->self)) return;
  on(message);
}

void Peer::dispatch(const Frame& frame) {
  switch (frame.type) {
    case FrameType::hello:
      return decodeAnd(frame.body, decodeHello);
    case FrameType::prepare:
      return decodeAnd(frame.body, decodePrepare);
    case FrameType::promise:
      return decodeAnd(frame.body, decodePromise);
    case FrameType::refuse:
      return decodeAnd(frame.body, decodeRefuse);
    case FrameType::lead:
      return decodeAnd(frame.body, decodeLead);
    case FrameType::welcome:
      return decodeAnd(frame.body, decodeWelcome);
    case FrameType::push:
      return decodeAnd(frame.body, decodePush);
    case FrameType::records:
      return decodeAnd(frame.body, decodeRecords);
    case FrameType::event:
      return decodeAnd(frame.body, decodeEvent);
    case FrameType::bye:
      return decodeAnd(frame.body, decodeBye);
    case FrameType::stored:
      return decodeAnd(frame.body, decodeStored);
    case FrameType::part:
    case FrameType::snapshot:
      return refuse(ErrorCode::malformed);
  }
}

Replica* Peer::replicaAt(const std::string& address) {
  const Result<Address> parsed = Address::parse(address);
  if (!parsed.ok() || parsed.value().plane == Plane::tab) return nullptr;
  return &create_(parsed.value());
}

void Peer::on(const Hello& hello) {
  notePeer(hello.sender);
  if (role_ != Role::leading) return;
  for (const Cursor& cursor : hello.cursors) {
    // Of a server's spaces the leader keeps those that any tab uses.
    if (cursor.address.starts_with("server/")) replicaAt(cursor.address);
  }
  leaveForks(hello.cursors);
  welcome(hello.sender, hello.cursors);
  owesStored_ = true;  // What it heard of that before it was welcome, it passed over.
}

// Nobody can be ahead of the leader in the leader's own log; a tab that is has another history
// under the same name, so this one takes a new name.
void Peer::leaveForks(const std::vector<Cursor>& theirs) {
  bool someForked = false;
  for (Replica& replica : *replicas_) {
    const Space& space = replica.space();
    const bool isForked = std::any_of(theirs.begin(), theirs.end(), [&](const Cursor& cursor) {
      return cursor.address == space.address().text && cursor.epoch == space.epoch() &&
             cursor.index > space.index();
    });
    if (!replica.isIn(Plane::device) || !isForked) continue;
    flushRecords();
    replica.beginEpoch(realm_->random.next());
    someForked = true;
  }
  if (someForked) sayLead();
}

std::vector<SpaceUpdate> Peer::updatesFor(const std::vector<Cursor>& theirs) {
  std::vector<SpaceUpdate> updates;
  for (Replica& replica : *replicas_) {
    if (!replica.isShared() || replica.space().epoch() == 0) continue;
    const auto cursor = std::find_if(theirs.begin(), theirs.end(), [&](const Cursor& candidate) {
      return candidate.address == replica.space().address().text;
    });
    const Cursor mine = cursorOf(replica.space());
    // Of a server's log the other tab may have heard more.
    const bool lacksNothing =
        replica.isIn(Plane::server) && cursor != theirs.end() && !isBehind(*cursor, mine);
    updates.push_back(updateFor(*realm_, replica,
                                lacksNothing              ? &mine
                                : cursor == theirs.end() ? nullptr
                                                         : &*cursor));
  }
  return updates;
}

void Peer::welcome(const std::string& target, const std::vector<Cursor>& theirs) {
  post(FrameType::welcome, Welcome{.sender = realm_->sessions.text(realm_->self),
                                   .leaderEpoch = accepted_,
                                   .target = target,
                                   .live = liveSessions(),
                                   .updates = updatesFor(theirs)});
}

// A frame of a leader that has been replaced, or that works below a promise of this tab.
bool Peer::isStale(const std::string& sender, std::uint64_t epoch) {
  notePeer(sender);
  if (epoch >= promised_ || mutation::isRemoved(mutation::Rule::promiseKept)) return false;
  refuse(ErrorCode::gap);
  correct(sender);
  return true;
}

// Tells the sender of a stale frame; once in a while, for it may have sent many.
void Peer::correct(const std::string& sender) {
  if (role_ == Role::asking || realm_->nowMillis - correctedMillis_ < kResendMillis) return;
  correctedMillis_ = realm_->nowMillis;
  if (role_ == Role::leading) return sayLead();
  post(FrameType::refuse, Refuse{.sender = realm_->sessions.text(realm_->self),
                                 .asker = sender,
                                 .promised = promised_});
}

// Whether this tab now follows the sender.
bool Peer::acceptsLeader(const std::string& sender, std::uint64_t epoch) {
  if (isStale(sender, epoch)) return false;
  if (role_ == Role::leading || role_ == Role::asking) {
    stepAside(epoch);
    if (role_ == Role::asking) return false;
  }
  follow(sender, epoch);
  return true;
}

void Peer::follow(const std::string& leader, std::uint64_t epoch) {
  const NameId id = realm_->sessions.intern(leader);
  if (!knowsLeader_ || leader_ != id) realm_->changes.tabs = true;
  if (leader_ != id || promised_ != epoch) announced_ = 0;
  promised_ = epoch;
  promisedTo_ = leader;
  leader_ = id;
  knowsLeader_ = true;
  heardLeaderMillis_ = realm_->nowMillis;
}

// Whether this tab's logs end where the leader's end. A server's log may have come further here,
// through the leader before.
bool Peer::isInStep(const std::vector<Cursor>& theirs) const {
  const auto isServers = [](const Cursor& one) { return one.address.starts_with("server/"); };
  const auto countOurs = [&](const std::vector<Cursor>& cursors) {
    return static_cast<std::ptrdiff_t>(cursors.size()) -
           std::count_if(cursors.begin(), cursors.end(), isServers);
  };
  const std::vector<Cursor> own = cursors();
  if (countOurs(own) != countOurs(theirs)) return false;
  return std::all_of(theirs.begin(), theirs.end(), [&](const Cursor& cursor) {
    if (isServers(cursor) && cursor.epoch == 0) return true;
    return std::any_of(own.begin(), own.end(), [&](const Cursor& mine) {
      if (mine.address != cursor.address) return false;
      return isServers(mine) ? !isBehind(mine, cursor)
                             : mine.epoch == cursor.epoch && mine.index == cursor.index;
    });
  });
}

void Peer::on(const Lead& lead) {
  if (!acceptsLeader(lead.sender, lead.leaderEpoch)) return;
  noteLive(lead.live);
  // A leader that doesn't count this tab may have stopped to post its records.
  const std::string& self = realm_->sessions.text(realm_->self);
  const bool isCounted = std::find(lead.live.begin(), lead.live.end(), self) != lead.live.end();
  if (!isCounted || !isInStep(lead.cursors)) return helloAgain();
  awaitsWelcome_ = false;
  if (accepted_ == lead.leaderEpoch && role_ == Role::following) return;
  accepted_ = lead.leaderEpoch;
  settle();
}

// The state is the leader's: from here on ops are sent and records folded.
void Peer::settle() {
  awaitsWelcome_ = false;
  realm_->changes.tabs = true;
  become(Role::following);
  pushedMillis_ = serverPushedMillis_ = realm_->nowMillis;
  serverPauseMillis_ = kServerPushMillis;
  if (!mutation::isRemoved(mutation::Rule::resentToNewLeader)) markUnposted();
}

void Peer::on(const Welcome& message) {
  if (message.target != realm_->sessions.text(realm_->self)) return notePeer(message.target);
  const bool isFollowed = role_ == Role::following && knowsLeader_ &&
                          accepted_ == message.leaderEpoch &&
                          realm_->sessions.text(leader_) == message.sender;
  if (!acceptsLeader(message.sender, message.leaderEpoch)) return;
  noteLive(message.live);
  adoptUpdates(message, !isFollowed);
  accepted_ = message.leaderEpoch;
  settle();
}

void Peer::adoptUpdates(const Welcome& message, bool isFirst) {
  std::set<std::string> listed;
  for (const SpaceUpdate& update : message.updates) {
    Replica* replica = replicaAt(update.cursor.address);
    if (replica == nullptr) continue;
    listed.insert(update.cursor.address);
    const Space& space = replica->space();
    // A welcome that comes late, or twice, may know less than the records since; and of a
    // server's log this tab may have heard more than its new leader.
    const bool isServers = replica->isIn(Plane::server);
    const Cursor mine{update.cursor.address, space.epoch(), space.index()};
    const bool isOld = isServers ? !isBehind(mine, update.cursor)
                                 : !isFirst && update.state &&
                                       space.epoch() == update.state->epoch &&
                                       space.index() >= update.state->index;
    const bool mayGoBack = mutation::isRemoved(mutation::Rule::oldStateIgnored);
    if (update.state && (!isOld || mayGoBack)) replica->adopt(*update.state);
    if (update.tail) foldSection(*realm_, *replica, update.tables, *update.tail);
  }
  if (!isFirst) return;
  for (Replica& replica : *replicas_) {
    const std::string& address = replica.space().address().text;
    if (!replica.isIn(Plane::device) || replica.space().epoch() == 0) continue;
    if (listed.contains(address)) continue;
    // The leader has no such space: what is here belongs to a log that ended.
    replica.adopt({.address = address, .epoch = 0, .index = 0, .lastStamp = {}, .floors = {},
                   .entries = {}});
  }
}

void Peer::on(const Records& message) {
  if (!acceptsLeader(message.sender, message.leaderEpoch)) return;
  if (accepted_ != message.leaderEpoch || role_ != Role::following) return helloAgain();
  learnTables(*realm_, message.tables);
  bool isContiguous = true;
  for (const RecordsSection& section : message.sections) {
    Replica* replica = replicaAt(section.address);
    if (replica == nullptr) continue;
    const Cursor mine{section.address, replica->space().epoch(), replica->space().index()};
    const Cursor end{section.address, section.epoch, section.from + section.records.size() - 1};
    if (replica->isIn(Plane::server) && !isBehind(mine, end)) continue;
    isContiguous = foldSection(*realm_, *replica, message.tables, section) && isContiguous;
  }
  if (isContiguous) return;
  refuse(ErrorCode::gap);
  helloAgain();
}

void Peer::on(const Push& push) {
  notePeer(push.sender);
  learnTables(*realm_, push.tables);
  const bool hadUndecided = hasUndecided();
  for (const PushSection& section : push.sections) {
    Replica* replica = replicaAt(section.address);
    if (replica == nullptr) {
      refuse(ErrorCode::protocol);
      continue;
    }
    bool repeats = false;
    for (const WireOp& wire : section.ops) {
      Op op = readOp(*realm_, *replica, push.tables, wire);
      if (op.id.session == realm_->self) continue;
      repeats = repeats || op.id.sequence <= replica->space().floorOf(op.id.session);
      replica->addPending(std::move(op));
    }
    if (role_ != Role::leading) continue;
    if (replica->isIn(Plane::device)) decidePending(*replica);
    const Space& space = replica->space();
    const bool isOtherLog = replica->isIn(Plane::device)
                                ? section.epoch != 0 && section.epoch != space.epoch()
                                : section.epoch < space.epoch();
    if (isOtherLog || (repeats && section.cursor + 1 < replica->recentFrom())) {
      sayLead();  // The author has to be brought up to date as a whole.
    } else if (repeats) {
      std::uint64_t& told = toldUpTo_[replica->id()];
      told = std::min(told, section.cursor);
    }
  }
  if (!hadUndecided && hasUndecided()) waitFromNow();
}

void Peer::on(const Event& event) { realm_->changes.events.push_back(event); }

void Peer::on(const Bye& bye) {
  parts_.forget(bye.sender);
  const NameId session = realm_->sessions.intern(bye.sender);
  if (peers_.erase(session) == 0) return;
  tellOpsOf(session);
  realm_->changes.tabs = true;
  updateRecordKeeping();
  if (role_ != Role::leading) return;
  // Its goodbye may be older than its return: if it is there, the beacon tells it to say hello.
  oweBeacon();
}

}  // namespace danji
