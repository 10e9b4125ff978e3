// LiveTab: an engine with a few open keys, as the glue holds one, for bytes to be thrown at.
//
// Whatever it is given, some things stay true of it, and they are claimed after every step: the
// drain can be read, frames that it posts are ones that others accept, a state that it holds is
// a state that others decode, no log goes back, and no frame ever touches what is private.
//
// Two things are not claimed of a tab that strangers talk to, for who speaks the protocol is
// believed (docs/threat-model.md): it may be told of a number at the very end of its range, and
// what it counts on from there others refuse; and a leader may hand it an earlier state.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/engine/engine.h"
#include "core/wire/frame.h"
#include "tests/fuzz/wire.h"

namespace danji::fuzz {

struct LiveKey {
  std::string key;
  std::string address;
  Scope scope = Scope::apartment;
  Plane plane = Plane::device;
  Contract contract = {};
};

inline const std::vector<LiveKey>& liveKeys() {
  static const std::vector<LiveKey> keys = {
      {"cart", "device/apartment:main", Scope::apartment, Plane::device},
      {"theme", "device/global", Scope::global, Plane::device},
      {"filter", "device/building:main/shop", Scope::building, Plane::device,
       {.version = "1", .schema = R"({"maximum":1000,"maxLength":9,"additionalProperties":false})",
        .permissions = ""}},
      {"draft", "tab/private:main/shop/cart", Scope::privateToUnit, Plane::tab}};
  return keys;
}

inline constexpr std::size_t kPrivateSlot = 3;

class LiveTab {
 public:
  explicit LiveTab(char name) : session_(16, name), engine_(session_, 7u * name) {
    engine_.setClock(kStartMillis);
    unit_ = engine_.unit("cart").value();
    for (const LiveKey& key : liveKeys()) open(key);
    settle();
  }

  static constexpr double kStartMillis = 1000;

  // Whether frames may come from somebody who is no honest tab.
  bool hearsStrangers = false;

  Engine& engine() { return engine_; }
  const std::string& session() const { return session_; }
  NameId unit() const { return unit_; }
  const std::vector<Slot>& slots() const { return slots_; }

  void open(const LiveKey& key) {
    const Definition definition{.scope = key.scope, .plane = key.plane};
    const DefinitionId id = engine_.define(key.key, definition, key.contract).value();
    slots_.push_back(engine_.open(id, key.address).value());
    keys_.push_back(key);
  }

  Value visible(std::size_t place) const {
    return *visible(keys_[place].address, keys_[place].key);
  }

  // Nothing when there is no such space or key.
  std::optional<Value> visible(const std::string& address, const std::string& key) const {
    for (SpaceId id = 0; id < engine_.spaceCount(); ++id) {
      const Replica& replica = engine_.replicaAt(id);
      if (replica.space().address().text != address) continue;
      for (EntryId entry = 0; entry < replica.space().entryCount(); ++entry) {
        if (replica.space().entry(entry).key == key) return replica.visible(entry);
      }
    }
    return std::nullopt;
  }

  // ---- Being one of several tabs

  void join() {
    engine_.peer().join();
    settle();
  }
  // Leads, and knows of `other`, if there is one.
  void lead(const std::optional<std::string>& other) {
    std::vector<std::string> live{session_};
    engine_.peer().join();
    if (other) receive(FrameType::hello, encoded(Hello{.sender = *other, .cursors = {}}));
    engine_.peer().lockGranted();
    engine_.peer().takeWishes();
    engine_.peer().sessionsFound(live);
    if (other) receive(FrameType::hello, encoded(Hello{.sender = *other, .cursors = {}}));
    claim(engine_.peer().role() == Role::leading, "who holds the lock and is alone leads");
    claim(engine_.peer().peers().size() == (other ? 1 : 0), "a leader knows who said hello");
    settle();
  }
  void follow(const std::string& leader) {
    engine_.peer().join();
    receive(FrameType::welcome, encoded(Welcome{.sender = leader,
                                                .leaderEpoch = 2000,
                                                .target = session_,
                                                .live = {leader, session_},
                                                .updates = {}}));
    claim(engine_.peer().role() == Role::following, "who is welcomed follows");
    settle();
  }

  void receive(FrameType type, ByteView body) { receive(sealFrame(type, body)); }
  void receive(const Bytes& frame) {
    noteStranger(frame);
    const std::uint64_t refusals = refusedAsNonsense();
    const std::string before = picture();
    const std::string secret = privatePicture();
    engine_.peer().receive(frame);
    const bool isNonsense = refusedAsNonsense() > refusals;
    claim(!isNonsense || picture() == before, "a frame that is nonsense changes nothing");
    claim(privatePicture() == secret, "no frame changes what is private to this tab");
    settle();
  }

  // Frames to post; each one can be read.
  std::vector<Bytes> flush() {
    std::vector<Bytes> frames = engine_.peer().flush();
    for (const Bytes& bytes : frames) {
      const Result<Frame> frame = openFrame(bytes);
      claim(frame.ok(), "a frame that is posted can be opened");
      claim(frame.value().type == FrameType::part || !hasRoom() ||
                claimOneMeaning(frame.value().type, frame.value().body),
            "a frame that is posted can be read");
    }
    settle();
    return frames;
  }

  // ---- What is always true

  // After each call: takes what has changed, and looks around.
  void settle() {
    ByteWriter out;
    engine_.drain(out);
    ByteReader in(out.view());
    while (readItem(in)) {
    }
    claim(in.finished(), "the drain can be read");
    claim(!engine_.hasChanges(), "the drain leaves nothing");
    for (SpaceId id = 0; id < engine_.spaceCount(); ++id) checkSpace(id);
  }

  // The text of all that readers and other tabs could tell apart.
  std::string picture() const {
    std::string text = roleName(engine_.peer().role());
    for (SpaceId id = 0; id < engine_.spaceCount(); ++id) {
      const Replica& replica = engine_.replicaAt(id);
      text += "\n" + replica.space().address().text + " " + engine_.digest(id) + " " +
              std::to_string(replica.overlay().size());
    }
    return text;
  }

  // Own writes that waited for a decision and came to nothing.
  std::size_t refusedWrites() const { return refusedWrites_; }

  // This page can go on: what it writes is what it sees, unless the key means something else.
  void checkGoodWrite(std::size_t place, double number) {
    const Slot slot = slots_[place];
    const Replica& replica = engine_.replicaAt(engine_.spaceOf(slot));
    const bool isContended = !replica.overlay().empty();
    const Outcome outcome = engine_.setNumber(slot, unit_, number);
    const bool isHeld = isHeldByOthers(place) && (outcome.code == ErrorCode::validation ||
                                                  outcome.code == ErrorCode::readOnlySchema);
    claim(outcome.code == ErrorCode::ok || outcome.code == ErrorCode::definitionClash || isHeld,
          "a good write is accepted, or the key means something else by now");
    claim(outcome.code == ErrorCode::ok || place != kPrivateSlot || isHeld,
          "nobody outside decides what a private key means");
    if (outcome.code == ErrorCode::ok && outcome.index == 0) {
      awaited_.insert({replica.id(), outcome.sequence});
    }
    const bool mayBeCovered = engine_.peer().role() == Role::leading && isContended;
    if (outcome.code == ErrorCode::ok && !mayBeCovered) {
      claim(visible(place) == Value::number(number), "what was written is what is seen");
    }
    settle();
  }

 private:
  struct Place {
    std::uint64_t epoch = 0;
    std::uint64_t index = 0;
    bool operator==(const Place&) const = default;
  };

  // Whether somebody brought a contract for the key that this page doesn't know.
  bool isHeldByOthers(std::size_t place) const {
    const Replica& replica = engine_.replicaAt(engine_.spaceOf(slots_[place]));
    for (EntryId entry = 0; entry < replica.space().entryCount(); ++entry) {
      if (replica.space().entry(entry).key != keys_[place].key) continue;
      const Entry shown = replica.shown(entry);
      return shown.isDefined() && shown.known->contract != keys_[place].contract;
    }
    return false;
  }

  std::uint64_t refusedAsNonsense() const {
    std::uint64_t sum = 0;
    for (const auto& [code, count] : engine_.peer().refused()) {
      if (code == ErrorCode::malformed || code == ErrorCode::checksum) sum += count;
    }
    return sum;
  }

  void noteStranger(const Bytes& bytes) {
    const Result<Frame> frame = openFrame(bytes);
    if (!frame.ok() || !hearsStrangers) return;
    const ByteView body = frame.value().body;
    greatestEpoch_ = std::max(greatestEpoch_, leaderEpochIn(frame.value().type, body));
    ByteReader in(body);
    // What a promise brings is adopted later, if at all.
    if (frame.value().type == FrameType::promise) isMisled_ = isMisled_ || handsOverState(in);
    if (frame.value().type != FrameType::welcome) return;
    for (const SpaceUpdate& update : decodeWelcome(in).updates) {
      isMisled_ = isMisled_ || (update.state && isOfOurLog(*update.state));
    }
  }

  static bool handsOverState(ByteReader& in) { return !decodePromise(in).states.empty(); }

  bool isOfOurLog(const SpaceState& state) const {
    for (SpaceId id = 0; id < engine_.spaceCount(); ++id) {
      const Space& space = engine_.replicaAt(id).space();
      if (space.address().text == state.address) return space.epoch() == state.epoch;
    }
    return false;
  }

  // Whether every number can still be counted on from.
  bool hasRoom() const {
    constexpr std::uint64_t kRoom = 1'000'000;
    if (greatestEpoch_ > kSequenceMax - kRoom) return false;
    for (SpaceId id = 0; id < engine_.spaceCount(); ++id) {
      const Replica& replica = engine_.replicaAt(id);
      if (replica.space().index() > kSequenceMax - kRoom) return false;
      if (replica.lastSequence() > kSequenceMax - kRoom) return false;
      if (replica.space().lastStamp().ticks > kStampTicksMax - kRoom) return false;
    }
    return true;
  }

  std::string privatePicture() const {
    return engine_.digest(engine_.spaceOf(slots_[kPrivateSlot]));
  }

  void checkSpace(SpaceId id) {
    const Space& space = engine_.replicaAt(id).space();
    const Place place{.epoch = space.epoch(), .index = space.index()};
    Place& last = places_[id];
    if (place == last) return;
    claim(isMisled_ || last.epoch != place.epoch || last.index < place.index, "no log goes back");
    last = place;
    if (!hasRoom()) return;
    const Bytes bytes = encoded(space.state());
    ByteReader in(bytes);
    const SpaceState again = decodeState(in);
    claim(in.finished(), "a state that a tab holds is one that others decode");
    claim(encoded(again) == bytes, "a state has one encoding");
  }

  bool readItem(ByteReader& in) {
    switch (in.u8()) {
      case 1:
        return readEntry(in);
      case 2:
        return readDecision(in);
      case 3:
        in.u32();
        return true;
      case 4:
        in.u8();
        for (int i = 0; i < 5; ++i) in.text(kValueBytesMax);
        return true;
      case 5:
      case 15:
        return true;
      case 6:
        in.u32();
        in.text(16);
        return true;
      case 7:
        return readChoices(in);
      case 8:
        in.u32();
        in.u8();
        in.u32();
        in.u32();
        decodeValue(in);
        return true;
      case 9: {
        const SpaceId space = in.u32();
        const auto before = static_cast<std::uint64_t>(in.f64());
        const auto now = static_cast<std::uint64_t>(in.f64());
        if (awaited_.erase({space, before}) > 0) awaited_.insert({space, now});
        return true;
      }
      case 10:
        in.u32();
        in.text(kContractBytesMax);
        return true;
      case 11:
        return readReturned(in);
      default:
        return false;
    }
  }

  bool readReturned(ByteReader& in) {
    in.u32();
    in.f64();
    in.u32();
    const std::size_t count = in.u32();
    claim(count > 0, "what is given back was written");
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
      in.u32();
      claim(in.u8() <= static_cast<std::uint8_t>(kChangeLast), "it says how it was written");
      decodeValue(in);
    }
    return !in.failed();
  }

  bool readChoices(ByteReader& in) {
    in.u32();
    const std::uint8_t count = in.u8();
    if (count == 1 || count > kSiblingsMax) return false;
    for (std::uint8_t i = 0; i < count; ++i) {
      in.raw(16);
      for (int field = 0; field < 3; ++field) in.f64();
      in.u32();
      decodeValue(in);
    }
    return true;
  }

  bool readDecision(ByteReader& in) {
    const SpaceId space = in.u32();
    const auto sequence = static_cast<std::uint64_t>(in.f64());
    const auto code = static_cast<ErrorCode>(in.u8());
    in.f64();
    in.u8();
    if (awaited_.erase({space, sequence}) > 0 && code != ErrorCode::ok) ++refusedWrites_;
    return !in.failed();
  }

  bool readEntry(ByteReader& in) {
    claim(in.u32() < slots_.size(), "only opened keys are told of");
    const bool hasValue = (in.u8() & 1) != 0;
    in.f64();
    in.f64();
    in.u32();
    in.u32();
    claim(in.u8() <= 2, "an author is nobody, this session or another");
    if (hasValue) decodeValue(in);
    return !in.failed();
  }

  std::string session_;
  Engine engine_;
  NameId unit_ = 0;
  std::vector<Slot> slots_;
  std::vector<LiveKey> keys_;
  std::map<SpaceId, Place> places_;
  std::uint64_t greatestEpoch_ = 0;  // Of all leader epochs that strangers spoke of.
  bool isMisled_ = false;            // A stranger handed over another state of the same log.
  std::set<std::pair<SpaceId, std::uint64_t>> awaited_;  // Own writes that nobody decided yet.
  std::size_t refusedWrites_ = 0;
};

}  // namespace danji::fuzz
