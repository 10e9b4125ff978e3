#include "tests/scope/page.h"

#include <algorithm>
#include <cmath>

#include "core/replica/translate.h"
#include "core/value/json_object.h"
#include "tests/scope/evidence.h"
#include "tests/scope/inside.h"
#include "tests/scope/texts.h"

namespace danji::scope {
namespace {

constexpr double kBegin = 1'700'000'000'000.0;

enum : std::uint8_t { kSet = 1, kUnset = 2, kAdd = 3, kResolve = 4, kIfVersion = 16, kHidden = 32 };

}  // namespace

std::string sessionOf(std::size_t process, std::size_t life) {
  ByteWriter bytes;
  bytes.u64(0x5e55105e55105e55ull + life);
  bytes.u64(process + 1);
  return std::string(asText(bytes.view()));
}

Page::Page(const Plan& plan, std::size_t number, Messages& messages)
    : plan_(&plan),
      number_(number),
      messages_(&messages),
      session_(sessionOf(number)),
      engine_(std::make_unique<Engine>(session_, number + 1)) {
  engine_->setClock(kBegin);
  engine_->keepJournal();
  unit_ = engine_->unit("unit-" + std::to_string(number)).value();
  open();
}

void Page::open() {
  for (const KeyPlan& plan : plan_->keys) {
    const Definition definition{.scope = Scope::global,
                                .plane = plan_->hasServer ? Plane::server : Plane::device,
                                .strategy = plan.strategy,
                                .parameters = plan.parameters};
    Key key;
    const DefinitionId id = engine_->define(plan.name, definition).value();
    key.slot = engine_->open(id, plan_->address()).value();
    key.entry = engine_->replicaAt(0).opened().back().entry;
    bySlot_[key.slot] = keys_.size();
    keys_.push_back(std::move(key));
  }
  drain();
}

// ---- Events

void Page::meet(const Event& event, Millis now, std::vector<Sent>& sent) {
  if (engine_ == nullptr) return;
  engine_->setClock(kBegin + now);
  switch (event.kind) {
    case Event::Kind::start:
      send(plan_->locks(), messages_->idOf(Note::holdsSession), sent);
      engine_->peer().join();
      break;
    case Event::Kind::op:
      write(plan_->scripts[number_][told_.size()]);
      break;
    case Event::Kind::hear:
      hear(event);
      break;
    case Event::Kind::crash:
      return crash(sent);
    case Event::Kind::tick:
      engine_->peer().tick();
      engine_->uplink().tick();
      break;
    case Event::Kind::connect:
      isConnected_ = true;
      send(plan_->server(), messages_->idOf(Note::opens), sent);
      engine_->uplink().connected();
      break;
    case Event::Kind::read:
      for (Key& key : keys_) key.versionRead = replica().space().entry(key.entry).version;
      break;
    case Event::Kind::sync:
      break;
  }
  drain();
  if (!isRehearsal()) check();
  tellLocks(sent);
  flush(sent);
  // A connection is only for the page that decides.
  if (!isConnected_ || engine_->uplink().wantsConnection()) return;
  isConnected_ = false;
  engine_->uplink().disconnected();
  send(plan_->server(), messages_->idOf(Note::closed), sent);
}

void Page::hear(const Event& event) {
  const ByteView content = messages_->contentOf(event.what);
  ByteReader in(content);
  switch (messages_->noteOf(event.what)) {
    case Note::frame:
      if (event.from == plan_->server() && plan_->hasServer) {
        if (isConnected_) engine_->uplink().receive(content);
      } else {
        engine_->peer().receive(content);
      }
      return;
    case Note::granted:
      if (in.u64() == token_) engine_->peer().lockGranted();
      return;
    case Note::lost:
      if (in.u64() != token_) return;
      token_ = 0;
      engine_->peer().lockLost();
      return;
    case Note::sessions: {
      std::vector<std::string> found;
      while (in.remaining() > 0) found.emplace_back(asText(in.raw(kSessionBytes)));
      engine_->peer().sessionsFound(found);
      return;
    }
    case Note::closed:
      isConnected_ = false;
      engine_->uplink().disconnected();
      return;
    default:
      complain("a page heard what is not for pages");
  }
}

// What it had posted is on its way; all else is gone with it.
void Page::crash(std::vector<Sent>& sent) {
  ByteWriter token;
  token.raw(session_);
  token.u64(token_);
  send(plan_->locks(), messages_->idOf(Note::isGone, token.view()), sent);
  if (isConnected_) send(plan_->server(), messages_->idOf(Note::closed), sent);
  engine_.reset();
}

// ---- Writes

void Page::write(const OpPlan& op) {
  ByteWriter batch;
  batch.varint(op.writes.size());
  for (const Write& one : op.writes) encodeWrite(batch, one);
  const std::size_t place = told_.size();
  told_ += kUntold;
  ByteWriter out;
  const Status status = engine_->commit(batch.view(), out);
  if (!status.ok()) {
    told_[place] = static_cast<char>(status.error().code);
    return;
  }
  for (std::size_t i = 0; i < op.writes.size(); ++i) {
    Key& key = keys_[op.writes[i].key];
    // As the glue does: what was written is what readers see, unless the core says otherwise.
    if (op.writes[i].verb == Verb::add || op.writes[i].isHidden) continue;
    key.mirror = op.writes[i].verb == Verb::put      ? withField(key, op.writes[i])
                 : op.writes[i].verb == Verb::append ? withItem(key, op.writes[i])
                                                     : op.writes[i].value;
  }
  ByteReader in(out.view());
  if (in.varint() != 1) complain("one batch in one space became several ops");
  in.varint();
  const std::uint64_t sequence = in.varint();
  awaited_[sequence] = place;
  if (in.varint() != 0) tellOutcome(sequence, ErrorCode::ok);
}

void Page::encodeWrite(ByteWriter& batch, const Write& write) {
  const Key& key = keys_[write.key];
  batch.varint(key.slot);
  batch.varint(unit_);
  const bool chooses = write.verb == Verb::choose && key.choices.size() > 1;
  const std::uint8_t kind = write.verb == Verb::unset ? kUnset
                            : write.verb == Verb::add ? kAdd
                            : chooses                 ? kResolve
                                                      : kSet;
  batch.u8(static_cast<std::uint8_t>(kind + (write.ifRead ? kIfVersion : 0) +
                                     (write.isHidden ? kHidden : 0)));
  if (write.ifRead) batch.varint(key.versionRead);
  if (kind == kUnset) return;
  encode(batch, write.verb == Verb::put      ? withField(key, write)
                : write.verb == Verb::append ? withItem(key, write)
                                             : write.value);
  if (!chooses) return;
  batch.varint(key.choices.size());
  for (const std::string& choice : key.choices) batch.raw(choice);
}

// What is shown, with one field set: of the object, or of an object in it.
Value Page::withField(const Key& key, const Write& write) const {
  const auto changed = [](const std::string& json, const std::string& name,
                          const std::string& value) {
    std::map<std::string, std::string> members;
    if (!json.empty()) {
      for (const JsonMember& member : membersOf(json)) {
        members[member.key] = std::string(member.value);
      }
    }
    members[name] = value;
    std::string text = "{";
    for (const auto& [member, one] : members) {
      text += (text.size() > 1 ? "," : "") + jsonStringOf(member) + ":" + one;
    }
    return text + "}";
  };
  const std::string shown = key.mirror.kind() == Value::Kind::text ? key.mirror.text() : "";
  const std::size_t dot = write.field.find('.');
  const std::string text = textOf(write.value);
  if (dot == std::string::npos) return Value::json(changed(shown, write.field, text));
  const std::string outer = write.field.substr(0, dot);
  std::string inner;
  if (!shown.empty()) {
    for (const JsonMember& member : membersOf(shown)) {
      if (member.key == outer) inner = std::string(member.value);
    }
  }
  return Value::json(changed(shown, outer, changed(inner, write.field.substr(dot + 1), text)));
}

Value Page::withItem(const Key& key, const Write& write) {
  std::string list = key.mirror.kind() == Value::Kind::text ? key.mirror.text() : "[]";
  list.pop_back();
  return Value::json(list + (list.size() > 1 ? "," : "") + textOf(write.value) + "]");
}

// ---- What the core tells

void Page::drain() {
  ByteWriter out;
  engine_->drain(out);
  ByteReader in(out.view());
  for (std::uint8_t kind = in.u8(); kind != 0 && !in.failed(); kind = in.u8()) readItem(in, kind);
  if (!in.finished()) complain("a drain that can't be read");
}

void Page::readItem(ByteReader& in, std::uint8_t kind) {
  switch (kind) {
    case 1: {
      const Slot slot = in.u32();
      const std::uint8_t flags = in.u8();
      in.f64();
      in.f64();
      in.u32();
      in.u32();
      in.u8();
      if ((flags & 1) == 0) return;
      Value value = decodeValue(in);
      const auto found = bySlot_.find(slot);
      if (found != bySlot_.end()) keys_[found->second].mirror = std::move(value);
      return;
    }
    case 2:
      return readDecision(in);
    case 5:
    case 15:
      return;
    case 6:
      in.u32();
      in.text(16);
      return;
    case 7:
      return readChoices(in);
    case 8:
      in.u32();
      in.u8();
      in.u32();
      in.u32();
      decodeValue(in);
      return;
    case 9: {
      in.u32();
      const auto before = static_cast<std::uint64_t>(in.f64());
      auto op = awaited_.extract(before);
      if (op.empty()) return;
      op.key() = static_cast<std::uint64_t>(in.f64());
      awaited_.insert(std::move(op));
      return;
    }
    case 11:
      for (int field = 0; field < 4; ++field) in.u32();
      for (std::uint32_t rest = in.u32(); rest > 0 && !in.failed(); --rest) {
        in.u32();
        in.u8();
        decodeValue(in);
      }
      return;
    default:
      in.fail();
  }
}

void Page::readDecision(ByteReader& in) {
  in.u32();
  const auto sequence = static_cast<std::uint64_t>(in.f64());
  const auto code = static_cast<ErrorCode>(in.u8());
  in.f64();
  in.u8();
  tellOutcome(sequence, code);
}

// What the drain says of an op that was decided in the call was said by the call.
void Page::tellOutcome(std::uint64_t sequence, ErrorCode code) {
  const auto awaited = awaited_.find(sequence);
  if (awaited == awaited_.end()) return;
  told_[awaited->second] = static_cast<char>(code);
  awaited_.erase(awaited);
}

void Page::readChoices(ByteReader& in) {
  const Slot slot = in.u32();
  std::vector<std::string> choices;
  for (std::uint8_t count = in.u8(); count > 0 && !in.failed(); --count) {
    ByteWriter dot;
    dot.raw(in.raw(kSessionBytes));
    dot.varint(static_cast<std::uint64_t>(in.f64()));
    in.f64();
    in.f64();
    in.u32();
    decodeValue(in);
    choices.emplace_back(asText(dot.view()));
  }
  const auto found = bySlot_.find(slot);
  if (found != bySlot_.end()) keys_[found->second].choices = std::move(choices);
}

// ---- What must be true after every event

void Page::check() {
  checkFolds();
  std::vector<std::string> confirmed;
  for (const Key& key : keys_) {
    const Value seen = replica().visible(key.entry);
    if (!(seen == key.mirror)) {
      complain("readers were told " + textOf(key.mirror) + ", the core shows " + textOf(seen));
    }
    confirmed.push_back(confirmedText(key));
  }
  complain(findHalfOp(*plan_, confirmed));
}

// Reads what was folded since the last event: every op is its session's next, or a void of those.
void Page::checkFolds() {
  ByteWriter out;
  engine_->journal(out);
  ByteReader in(out.view());
  in.text(kAddressBytesMax);
  ByteReader journal(in.raw(in.u32()));
  journal.raw(std::exchange(journaled_, journal.remaining()));
  while (journal.remaining() > 0) {
    const std::uint8_t kind = journal.u8();
    ByteReader item(journal.raw(journal.u32()));
    if (kind == 1) {
      floors_.clear();
      for (const FloorState& floor : decodeState(item).floors) {
        floors_[floor.session] = floor.sequence;
      }
      continue;
    }
    const WireTables tables = decodeTables(item);
    const RecordsSection section = decodeRecordsSection(item, tables);
    const WireOp& op = section.records.front().op;
    std::uint64_t& floor = floors_[tables.sessions[op.session]];
    const bool follows = op.voids ? op.sequence > floor : op.sequence == floor + 1;
    if (!follows) complain("an op was decided twice, or before its turn");
    floor = op.sequence;
  }
}

// The value, and behind it those that wait for a choice.
std::string Page::confirmedText(const Key& key) const {
  const Entry& entry = replica().space().entry(key.entry);
  std::string text = textOf(entry.value);
  if (!entry.isDefined() || entry.strategy() != StrategyKind::userResolve) return text;
  for (std::size_t i = 1; i < entry.parts.size(); ++i) text += " or " + textOf(entry.parts[i].value);
  return text;
}

Facts Page::facts() const {
  Facts facts;
  facts.isAlive = engine_ != nullptr;
  if (!facts.isAlive) return facts;
  facts.told = told_;
  const Peer& peer = engine_->peer();
  const Space& space = replica().space();
  facts.leads = peer.role() == Role::leading;
  const bool follows = peer.role() == Role::following && peer.knowsLeader();
  facts.hasPending = replica().hasUndecided();
  facts.isSettled = (facts.leads || follows) && !facts.hasPending;
  facts.wantsConnection = !isConnected_ && engine_->uplink().wantsConnection();
  const double deadline = std::min(peer.deadline(), engine_->uplink().deadline());
  if (std::isfinite(deadline)) {
    facts.deadline = static_cast<Millis>(std::max(0.0, std::ceil(deadline - kBegin)));
  }
  facts.epoch = space.epoch();
  facts.index = space.index();
  facts.state = digestOf(space.state());
  facts.leader = Inside::leaderOf(*engine_);
  for (const Key& key : keys_) {
    facts.confirmed.push_back(confirmedText(key));
    facts.shown.push_back(textOf(key.mirror));
  }
  return facts;
}

Digest Page::digest() const {
  ByteWriter out;
  out.varint(number_);
  if (engine_ != nullptr) {
    out.text(told_);
    Inside::tell(out, *engine_);
    for (const Key& key : keys_) {
      out.varint(key.versionRead);
      out.varint(key.choices.size());
      for (const std::string& choice : key.choices) out.text(choice);
    }
    for (const auto& [sequence, place] : awaited_) {
      out.varint(sequence);
      out.varint(place);
    }
    out.varint(token_);
    out.u8(isConnected_ ? 1 : 0);
  }
  return digestOf(out.view());
}

// ---- What leaves

void Page::tellLocks(std::vector<Sent>& sent) {
  const std::uint32_t wishes = engine_->peer().takeWishes();
  const auto tell = [&](Note note, std::uint64_t token) {
    ByteWriter content;
    content.u64(token);
    send(plan_->locks(), messages_->idOf(note, content.view()), sent);
  };
  if ((wishes & (kWishReleaseLock | kWishStealLock)) != 0 && token_ != 0) {
    tell(Note::releasesLock, std::exchange(token_, 0));
  }
  const bool steals = (wishes & kWishStealLock) != 0;
  if (steals || ((wishes & kWishRequestLock) != 0 && token_ == 0)) {
    token_ = ++tokens_ * plan_->pages() + number_;
    tell(steals ? Note::stealsLock : Note::requestsLock, token_);
  }
  if ((wishes & kWishQuerySessions) != 0) {
    send(plan_->locks(), messages_->idOf(Note::queriesSessions), sent);
  }
}

void Page::flush(std::vector<Sent>& sent) {
  for (const Bytes& frame : engine_->peer().flush()) {
    if (isRehearsal()) continue;
    const MessageId message = messages_->idOf(Note::frame, frame);
    for (std::size_t page = 0; page < plan_->pages(); ++page) {
      if (page != number_) send(page, message, sent);
    }
  }
  for (const Bytes& frame : engine_->uplink().flush()) {
    send(plan_->server(), messages_->idOf(Note::frame, frame), sent);
  }
}

}  // namespace danji::scope
