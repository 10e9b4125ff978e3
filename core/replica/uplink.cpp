#include "core/replica/uplink.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/translate.h"

namespace danji {

bool Uplink::wantsConnection() const {
  // What the disk knows need not be sent again.
  const bool isReading =
      std::any_of(replicas_->begin(), replicas_->end(), [](const Replica& replica) {
        return replica.isIn(Plane::server) && replica.isLasting() &&
               replica.disk() == Replica::Disk::unread;
      });
  if (!isConnected_ && isReading) return false;
  return peer_->decides() &&
         std::any_of(replicas_->begin(), replicas_->end(),
                     [](const Replica& replica) { return replica.isIn(Plane::server); });
}

void Uplink::connected() {
  isConnected_ = true;
  sayHello();
}

void Uplink::disconnected() {
  isConnected_ = isWelcome_ = false;
  outgoing_.clear();
}

// Asks for what is missing; what is undecided is sent again after the answer.
void Uplink::sayHello() {
  isWelcome_ = false;
  if (attempt_ == 0 || !mutation::isRemoved(mutation::Rule::resentAfterReconnect)) ++attempt_;
  missedRecords_ = false;
  asked_ = replicas_->size();
  heardMillis_ = realm_->nowMillis;
  Hello hello{.sender = realm_->sessions.text(realm_->self), .cursors = {}};
  for (const Replica& replica : *replicas_) {
    if (replica.isIn(Plane::server)) hello.cursors.push_back(cursorOf(replica.space()));
  }
  post(FrameType::hello, hello);
}

// ---- What arrives

void Uplink::receive(ByteView bytes) {
  if (!isConnected_) return;
  const ErrorCode code = parts_.open(bytes, [this](const Frame& frame) { dispatch(frame); });
  if (code != ErrorCode::ok) {
    ++refused_[code];
  } else {
    heardMillis_ = realm_->nowMillis;  // By a part of a message too.
  }
}

void Uplink::dispatch(const Frame& frame) {
  ByteReader in(frame.body);
  switch (frame.type) {
    case FrameType::welcome: {
      const Welcome message = decodeWelcome(in);
      if (!in.failed()) return on(message);
      break;
    }
    case FrameType::records: {
      const Records message = decodeRecords(in);
      if (!in.failed()) return on(message);
      break;
    }
    default:
      ++refused_[ErrorCode::protocol];
      return;
  }
  ++refused_[ErrorCode::malformed];
}

Replica* Uplink::replicaAt(const std::string& address) {
  const auto found = std::find_if(replicas_->begin(), replicas_->end(), [&](const Replica& one) {
    return one.space().address().text == address;
  });
  return found != replicas_->end() && found->isIn(Plane::server) ? &*found : nullptr;
}

void Uplink::on(const Welcome& welcome) {
  if (welcome.target != realm_->sessions.text(realm_->self)) return;
  bool someAdopted = false;
  for (const SpaceUpdate& update : welcome.updates) {
    Replica* replica = replicaAt(update.cursor.address);
    if (replica == nullptr) continue;
    const Space& space = replica->space();
    const bool isSameLog = space.epoch() == update.cursor.epoch;
    // A welcome that comes late, or twice, may know less than the records since.
    const bool isOld = isSameLog && update.state && space.index() >= update.state->index &&
                       !mutation::isRemoved(mutation::Rule::oldStateIgnored);
    if (update.state && !isOld) {
      replica->adopt(*update.state);
      someAdopted = true;
    }
    if (update.tail) foldSection(*realm_, *replica, update.tables, *update.tail);
  }
  isWelcome_ = true;
  peer_->serverRecordsCame();
  if (missedRecords_) sayHello();
  if (someAdopted && !mutation::isRemoved(mutation::Rule::stateRelayed)) {
    peer_->serverStateCame();
  }
}

void Uplink::on(const Records& message) {
  learnTables(*realm_, message.tables);
  bool isContiguous = true;
  for (const RecordsSection& section : message.sections) {
    Replica* replica = replicaAt(section.address);
    if (replica == nullptr) continue;
    isContiguous = foldSection(*realm_, *replica, message.tables, section) && isContiguous;
  }
  peer_->serverRecordsCame();
  if (isContiguous || mutation::isRemoved(mutation::Rule::gapAsksAgain)) return;
  // Records that overtook the welcome may be missing in it.
  if (isWelcome_) {
    sayHello();
  } else {
    missedRecords_ = true;
  }
}

// ---- Time

// Something was asked or sent that the server has not answered.
bool Uplink::awaitsAnswer() const {
  if (!isConnected_) return false;
  return !isWelcome_ || std::any_of(replicas_->begin(), replicas_->end(), [](const Replica& one) {
    return one.isIn(Plane::server) && one.hasUndecided();
  });
}

// An op may be lost or passed over while the server goes on to speak of others. A session's ops
// are decided in order, so its first tells for all of them; a server may also be slow, so it gets
// more time with each turn.
double Uplink::patienceEnds() const {
  double ends = heardMillis_ + kUplinkResendMillis;
  if (!isWelcome_) return ends;
  for (const Replica& replica : *replicas_) {
    if (!replica.isIn(Plane::server)) continue;
    for (const auto& [session, ops] : replica.overlay().sessions()) {
      const Overlay::Pending& first = ops.begin()->second;
      if (first.sentVia != attempt_) continue;
      const std::uint32_t doublings = std::min(first.sends, kUplinkDoublingsMax);
      ends = std::min(ends, std::ldexp(kUplinkResendMillis, static_cast<int>(doublings)) +
                                first.sentMillis);
    }
  }
  return ends;
}

void Uplink::tick() {
  if (awaitsAnswer() && realm_->nowMillis >= patienceEnds()) sayHello();
}

double Uplink::deadline() const {
  return awaitsAnswer() ? patienceEnds() : std::numeric_limits<double>::infinity();
}

// ---- What leaves

template <class Message>
void Uplink::post(FrameType type, const Message& message) {
  ByteWriter body;
  encode(body, message);
  const std::string& self = realm_->sessions.text(realm_->self);
  for (Bytes& frame : sealMessage(type, body.view(), self, ++messageNumber_)) {
    outgoing_.push_back(std::move(frame));
  }
}

bool Uplink::hasUnsent(const Replica& replica) const {
  if (!replica.isIn(Plane::server)) return false;
  const auto& sessions = replica.overlay().sessions();
  const bool hasVoids = replica.overlay().hasVoids();
  return std::any_of(sessions.begin(), sessions.end(), [&](const auto& session) {
    // Ops are sent in order of their numbers, so the last tells for all; a void comes between.
    const auto isUnsent = [this](const auto& op) { return op.second.sentVia != attempt_; };
    return hasVoids ? std::any_of(session.second.begin(), session.second.end(), isUnsent)
                    : isUnsent(*session.second.rbegin());
  });
}

void Uplink::pushUnsent() {
  Push push{.sender = realm_->sessions.text(realm_->self), .tables = {}, .sections = {}};
  TableBuilder tables(*realm_);
  for (Replica& replica : *replicas_) {
    if (!hasUnsent(replica)) continue;
    PushSection section{.address = replica.space().address().text,
                        .epoch = replica.space().epoch(),
                        .cursor = replica.space().index(),
                        .ops = {}};
    for (auto& [session, ops] : replica.overlay().sessions()) {
      std::size_t inFlight = 0;
      for (auto& [sequence, pending] : ops) {
        if (++inFlight > kOpsInFlightMax) break;
        if (std::exchange(pending.sentVia, attempt_) == attempt_) continue;
        ++pending.sends;
        pending.sentMillis = realm_->nowMillis;
        realm_->changes.outbox = true;
        section.ops.push_back(tables.push(replica, pending.op));
      }
    }
    if (section.ops.empty()) continue;
    push.sections.push_back(std::move(section));
    if (mutation::isRemoved(mutation::Rule::pendingUntilDecided)) replica.overlay() = Overlay();
  }
  if (push.sections.empty()) return;
  push.tables = tables.take();
  post(FrameType::push, push);
}

std::vector<Bytes> Uplink::flush() {
  if (!isConnected_) return {};
  const bool hasNewSpaces =
      std::any_of(replicas_->begin() + static_cast<std::ptrdiff_t>(asked_), replicas_->end(),
                  [](const Replica& replica) { return replica.isIn(Plane::server); });
  if (hasNewSpaces) sayHello();
  if (isWelcome_) pushUnsent();
  return std::exchange(outgoing_, {});
}

}  // namespace danji
