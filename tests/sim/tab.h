// Tab: one page of the simulated cluster: its engine, and what the glue around an engine does:
// a mirror of what readers see, late texts, and the list of own writes without an answer.
//
// It knows no rule of the protocol. Whatever it believes about values came from its own calls
// and from the drain, and it complains as soon as the engine believes something else.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/engine.h"
#include "core/value/json_object.h"
#include "tests/sim/history.h"
#include "tests/sim/open_key.h"
#include "tests/sim/report.h"
#include "tests/sim/scene.h"

namespace danji::sim {

class Tab {
 public:
  // `number` is the tab's own among all devices.
  Tab(std::size_t number, std::uint64_t seed, const Scene& scene, History& history, Report& report)
      : number_(number),
        history_(&history),
        report_(&report),
        session_(sessionOf(number, seed)),
        engine_(session_, seed),
        keepsJournal_(scene.journals),
        mayClash_(scene.clashes),
        scene_(&scene) {
    if (keepsJournal_) engine_.keepJournal();
    if (scene.hasDisk) engine_.storage().begin();
    unit_ = engine_.unit("unit-" + std::to_string(number)).value();
  }

  std::size_t number() const { return number_; }
  const std::string& session() const { return session_; }
  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  std::vector<OpenKey>& keys() { return keys_; }
  const std::vector<OpenKey>& keys() const { return keys_; }

  Life life = Life::opening;
  bool keepsJournal() const { return keepsJournal_; }
  bool isRunning() const { return life == Life::running; }

  // What went wrong first; empty as long as nothing did.
  const std::string& complaint() const { return complaint_; }

  // ---- What a page does

  void setClock(double nowMillis) { engine_.setClock(nowMillis); }

  void open(const KeyPlan& plan, bool isForeignDefinition) {
    for (const OpenKey& key : keys_) {
      if (key.plan.key == plan.key) return;
    }
    Definition definition{.scope = plan.scope,
                          .plane = Address::parse(plan.address).value().plane,
                          .strategy = plan.strategy,
                          .parameters = isForeignDefinition ? "{\"other\":true}" : ""};
    Contract contract;
    if (scene_->isLasting(plan)) contract.lifetime = Lifetime::persistent;
    const DefinitionId id = engine_.define(plan.key, definition, contract).value();
    OpenKey key{.plan = plan};
    key.isForeignDefinition = isForeignDefinition;
    key.slot = engine_.open(id, plan.address).value();
    key.space = engine_.spaceOf(key.slot);
    key.entry = entryOf(key.space, plan.key);
    bySlot_[key.slot] = keys_.size();
    keys_.push_back(std::move(key));
    drain();
  }

  void write(std::size_t place, Value value) {
    OpenKey& key = keys_[place];
    Outcome outcome;
    if (!value.isSet()) {
      outcome = engine_.unset(key.slot, unit_);
    } else if (value.kind() == Value::Kind::number) {
      outcome = engine_.setNumber(key.slot, unit_, value.number());
    } else {
      outcome = engine_.touch(key.slot, unit_);
      key.isDeferred = !outcome.needsText;
      if (outcome.needsText) outcome = engine_.set(key.slot, unit_, value);
    }
    if (outcome.code == ErrorCode::ok) {
      if (value.kind() != Value::Kind::text) key.isDeferred = false;
      ask(key.space, outcome.sequence, {{key.plan.key, textOf(value)}});
      note(key, std::move(value));
      expect(key.space, outcome.sequence, outcome.index, isDisputed(key));
    } else if (outcome.code != ErrorCode::definitionClash || !isDisputed(key)) {
      complain("a write of '" + key.plan.key + "' was refused: " + errorName(outcome.code));
    }
    drain();
  }

  // A write under a strategy that may refuse it: that is an answer, not a fault.
  void writeByStrategy(std::size_t place, std::uint64_t n) {
    OpenKey& key = keys_[place];
    ByteWriter batch;
    batch.varint(1);
    batch.varint(key.slot);
    batch.varint(unit_);
    Value seen = Value::number(static_cast<double>(n));
    const bool adds = key.plan.strategy == StrategyKind::sum;
    if (adds) {
      batch.u8(3);
      encode(batch, Value::number(1));
    } else if (key.plan.use == Use::profile) {
      seen = withOwnField(key, n);
      batch.u8(1);
      encode(batch, seen);
    } else if (!key.choices.empty() && n % 2 == 0) {
      batch.u8(4);
      encode(batch, seen);
      batch.varint(key.choices.size());
      for (const std::string& choice : key.choices) batch.raw(choice);
    } else if (n % 7 == 0) {
      seen = Value();
      batch.u8(2);
    } else {
      batch.u8(1);
      encode(batch, seen);
    }
    ByteWriter out;
    const Status status = engine_.commit(batch.view(), out);
    if (status.ok()) {
      if (!adds) key.mirror = seen;
      if (adds) key.added += 1;
      if (key.plan.use == Use::profile) key.ownField = std::to_string(n);
      ByteReader in(out.view());
      in.varint();
      const auto space = static_cast<SpaceId>(in.varint());
      const std::uint64_t sequence = in.varint();
      ask(space, sequence, {{key.plan.key, ""}});
      if (in.varint() != 0) {
        report_->decided(key.plan.strategy, ErrorCode::ok);
      } else {
        awaited_.emplace(std::pair(space, sequence),
                         Awaited{.mayBeRefused = key.plan.use == Use::other || adds,
                                 .place = place, .delta = adds ? 1.0 : 0.0});
      }
    } else if (!isRefusal(status.error().code)) {
      complain("a write of '" + key.plan.key + "' was refused: " +
               errorName(status.error().code));
    }
    drain();
  }

  // Whether a key's space has had one log only, as far as this tab was told.
  bool sawOneLog(const OpenKey& key) const {
    const auto found = epochs_.find(key.space);
    return found == epochs_.end() || found->second <= 1;
  }

  void writeTogether(const std::vector<std::pair<std::size_t, Value>>& writes) {
    ByteWriter batch;
    batch.varint(writes.size());
    for (const auto& [place, value] : writes) {
      batch.varint(keys_[place].slot);
      batch.varint(unit_);
      batch.u8(value.isSet() ? 1 : 2);
      if (value.isSet()) encode(batch, value);
    }
    ByteWriter out;
    const Status status = engine_.commit(batch.view(), out);
    if (status.ok()) {
      for (const auto& [place, value] : writes) {
        keys_[place].isDeferred = false;
        note(keys_[place], value);
      }
      report_->note(Happening::batchWritten);
      ByteReader in(out.view());
      for (std::uint64_t count = in.varint(); count > 0 && !in.failed(); --count) {
        const auto space = static_cast<SpaceId>(in.varint());
        const std::uint64_t sequence = in.varint();
        std::map<std::string, std::string> written;
        for (const auto& [place, value] : writes) {
          if (keys_[place].space == space) written[keys_[place].plan.key] = textOf(value);
        }
        ask(space, sequence, std::move(written));
        expect(space, sequence, in.varint(), false);
      }
    } else {
      complain(std::string("a batch was refused: ") + errorName(status.error().code));
    }
    drain();
  }

  // Hands over the texts that were promised: done before every call but the hot ones.
  void fillDeferred() {
    for (OpenKey& key : keys_) {
      if (!key.isDeferred) continue;
      key.isDeferred = false;
      engine_.fill(key.slot, key.mirror);
    }
  }

  // Undecided ops that the disk has, as this page was told.
  const std::vector<AskedOp>& stored() const { return stored_; }
  void forgetStored() { stored_.clear(); }

  // Anything else than an own write, as one task.
  void task(const std::function<void(Engine&)>& work) {
    fillDeferred();
    work(engine_);
    drain();
  }

  bool hasDeferred() const {
    for (const OpenKey& key : keys_) {
      if (key.isDeferred) return true;
    }
    return false;
  }

  bool isAtServer(SpaceId space) const { return engine_.replicaAt(space).isIn(Plane::server); }
  std::size_t undecided() const { return awaited_.size(); }
  bool hasKey(const std::string& name) const {
    for (const OpenKey& key : keys_) {
      if (key.plan.key == name) return true;
    }
    return false;
  }

  Value visible(const OpenKey& key) const {
    return engine_.replicaAt(key.space).visible(key.entry);
  }

  void checkMirror() {
    for (const OpenKey& key : keys_) {
      const Value seen = visible(key);
      const bool isSame = key.isDeferred ? seen.isDeferred() : seen == key.mirror;
      if (isSame) continue;
      complain("the mirror of '" + key.plan.key + "' has " + textOf(key.mirror) +
               ", but the core shows " + textOf(seen));
    }
  }

 private:
  static std::string sessionOf(std::size_t number, std::uint64_t seed) {
    ByteWriter bytes;
    bytes.u64(seed ^ 0x5e55105e55105e55ull);
    bytes.u64(number + 1);
    return std::string(asText(bytes.view()));
  }

  EntryId entryOf(SpaceId space, const std::string& name) const {
    const Space& place = engine_.replicaAt(space).space();
    EntryId id = 0;
    while (id < place.entryCount() && place.entry(id).key != name) ++id;
    return id;
  }

  static bool isRefusal(ErrorCode code) {
    return code == ErrorCode::conflict || code == ErrorCode::stale ||
           code == ErrorCode::outOfRange || code == ErrorCode::tooLarge;
  }

  std::string ownFieldName() const { return "f" + std::to_string(number_); }

  // What this page sees, with its own field changed.
  Value withOwnField(const OpenKey& key, std::uint64_t n) const {
    std::map<std::string, std::string> fields;
    if (key.mirror.kind() == Value::Kind::text) {
      for (const JsonMember& member : membersOf(key.mirror.text())) {
        fields[member.key] = std::string(member.value);
      }
    }
    fields[ownFieldName()] = std::to_string(n);
    std::string json = "{";
    for (const auto& [name, value] : fields) {
      if (json.size() > 1) json += ',';
      json += jsonStringOf(name) + ":" + value;
    }
    return Value::json(json + "}");
  }

  const std::string& addressOf(SpaceId space) const {
    return engine_.replicaAt(space).space().address().text;
  }

  // What was asked for is held against the server's log in the end.
  void ask(SpaceId space, std::uint64_t sequence, std::map<std::string, std::string> writes) {
    if (!isAtServer(space)) return;
    asked_[{space, sequence}] = writes;
    history_->asked.push_back({addressOf(space), session_, sequence, std::move(writes)});
  }

  void note(OpenKey& key, Value value) {
    key.mirror = value;
    key.lastWritten = std::move(value);
    key.isWritten = true;
  }

  // Only of this key do the pages of a scene think differently.
  bool isDisputed(const OpenKey& key) const { return mayClash_ && key.plan.key == kDisputedKey; }

  void expect(SpaceId space, std::uint64_t sequence, std::uint64_t index, bool isInDispute) {
    if (index == 0) {
      awaited_.emplace(std::pair(space, sequence), Awaited{.isInDispute = isInDispute});
    }
  }

  void complain(std::string what) {
    if (complaint_.empty()) complaint_ = "tab " + std::to_string(number_) + ": " + std::move(what);
  }

  void drain() {
    ByteWriter out;
    engine_.drain(out);
    ByteReader in(out.view());
    for (std::uint8_t kind = in.u8(); kind != 0 && !in.failed(); kind = in.u8()) readItem(in, kind);
    if (!in.finished()) complain("a drain that can't be read");
    if (engine_.hasChanges()) complain("a drain that left something");
    // What is wrong stays wrong until the next write, so looking now and then is enough.
    if (++drains_ % 4 == 0) checkMirror();
  }

  void readItem(ByteReader& in, std::uint8_t kind) {
    switch (kind) {
      case 1:
        return readEntry(in);
      case 2:
        return readDecision(in);
      case 3:
        keys_[bySlot_[in.u32()]].wasToldOfClash = true;
        return;
      case 4:
        in.u8();
        for (int i = 0; i < 5; ++i) in.text(1 << 20);
        return;
      case 5:
        return;
      case 6:
        ++epochs_[in.u32()];
        report_->note(Happening::epochChanged);
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
      case 11: {
        for (int field = 0; field < 4; ++field) in.u32();
        for (std::uint32_t rest = in.u32(); rest > 0 && !in.failed(); --rest) {
          in.u32();
          in.u8();
          decodeValue(in);
        }
        return;
      }
      case 9: {
        const SpaceId space = in.u32();
        const auto before = static_cast<std::uint64_t>(in.f64());
        const auto now = static_cast<std::uint64_t>(in.f64());
        const auto asked = asked_.find({space, before});
        if (asked != asked_.end()) ask(space, now, std::map(asked->second));
        // Which tells that the number was closed.
        if (isAtServer(space)) {
          history_->told.push_back({addressOf(space), session_, before, ErrorCode::voided});
        }
        auto op = awaited_.extract(std::pair(space, before));
        if (op.empty()) return;
        op.key().second = now;
        awaited_.insert(std::move(op));
        return;
      }
      case 12:
        in.u32();
        in.f64();
        return;
      case 13: {
        const SpaceId space = in.u32();
        stored_.push_back({addressOf(space), session_, static_cast<std::uint64_t>(in.f64()), {}});
        return;
      }
      case 14:
        in.u8();
        return;
      default:
        in.fail();
    }
  }

  void readEntry(ByteReader& in) {
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
    if (found == bySlot_.end()) return;  // The first news of a key while it is being opened.
    keys_[found->second].mirror = std::move(value);
    keys_[found->second].isDeferred = false;
  }

  void readChoices(ByteReader& in) {
    const Slot slot = in.u32();
    std::vector<std::string> choices;
    for (std::uint8_t count = in.u8(); count > 0 && !in.failed(); --count) {
      ByteWriter dot;
      dot.raw(in.raw(16));
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

  void readDecision(ByteReader& in) {
    const SpaceId space = in.u32();
    const auto sequence = static_cast<std::uint64_t>(in.f64());
    const auto code = static_cast<ErrorCode>(in.u8());
    in.f64();
    in.u8();
    if (isAtServer(space)) {
      history_->told.push_back({addressOf(space), session_, sequence, code});
    }
    const auto awaited = awaited_.find(std::pair(space, sequence));
    if (awaited == awaited_.end()) return;
    const Awaited op = awaited->second;
    awaited_.erase(awaited);
    report_->decided(keys_[op.place].plan.strategy, code);
    if (code == ErrorCode::ok || (code == ErrorCode::definitionClash && op.isInDispute)) return;
    // Its number was closed while this tab was away, and what it wrote was written anew since:
    // what must be there at the end is checked at the end.
    if (code == ErrorCode::voided) report_->note(Happening::opVoided);
    if (code == ErrorCode::voided || (op.mayBeRefused && isRefusal(code))) {
      keys_[op.place].added -= op.delta;
      return;
    }
    complain(std::string("an own op came to nothing: ") + errorName(code));
  }

  std::size_t number_;
  History* history_;
  Report* report_;
  std::string session_;
  Engine engine_;
  bool keepsJournal_;
  bool mayClash_;
  const Scene* scene_;
  std::vector<AskedOp> stored_;
  NameId unit_ = 0;
  std::vector<OpenKey> keys_;
  std::map<Slot, std::size_t> bySlot_;
  // Undecided. A refusal may be right: of which key, and what was to be added.
  struct Awaited {
    bool isInDispute = false;
    bool mayBeRefused = false;
    std::size_t place = 0;
    double delta = 0;
  };
  std::map<std::pair<SpaceId, std::uint64_t>, Awaited> awaited_;
  std::map<SpaceId, int> epochs_;
  std::map<std::pair<SpaceId, std::uint64_t>, std::map<std::string, std::string>> asked_;
  std::uint64_t drains_ = 0;
  std::string complaint_;
};

}  // namespace danji::sim
