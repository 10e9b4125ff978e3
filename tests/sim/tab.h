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
    if (scene.revokes && !engine_.grant(unit_, kEditors).ok()) complain("no grant");
  }

  std::size_t number() const { return number_; }
  const std::string& session() const { return session_; }
  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  std::vector<OpenKey>& keys() { return keys_; }
  const std::vector<OpenKey>& keys() const { return keys_; }

  Life life = Life::opening;
  int release = 1;  // 2: this page brings forms into their new shape.
  bool keepsJournal() const { return keepsJournal_; }
  bool isRunning() const { return life == Life::running; }

  // What went wrong first; empty as long as nothing did.
  const std::string& complaint() const { return complaint_; }

  // ---- What a page does

  void setClock(double nowMillis) { engine_.setClock(nowMillis); }

  void open(const KeyPlan& plan, bool isForeignDefinition);

  void write(std::size_t place, Value value);

  // A write under a strategy that may refuse it: that is an answer, not a fault. Whether it was
  // decided at once.
  bool writeByStrategy(std::size_t place, std::uint64_t n);

  // Whether a key's space has had one log only, as far as this tab was told.
  bool sawOneLog(const OpenKey& key) const {
    const auto found = epochs_.find(key.space);
    return found == epochs_.end() || found->second <= 1;
  }

  void writeTogether(const std::vector<std::pair<std::size_t, Value>>& writes);

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
  void forgetStored() {
    stored_.clear();
    for (OpenKey& key : keys_) key.saved.forget();
  }

  // Anything else than an own write, as one task.
  void task(const std::function<void(Engine&)>& work) {
    fillDeferred();
    work(engine_);
    drain();
  }

  // Of a release before the one that the key's values are of.
  bool isOutgrown(const OpenKey& key) const { return key.plan.use == Use::form && release == 1; }

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
  Value withOwnField(const OpenKey& key, std::uint64_t n) const;

  const std::string& addressOf(SpaceId space) const {
    return engine_.replicaAt(space).space().address().text;
  }

  std::map<std::string, std::string> askedAgain(SpaceId space, std::uint64_t before,
                                                std::uint64_t now) const;
  // What was asked for is held against the server's log in the end.
  void ask(SpaceId space, std::uint64_t sequence, std::map<std::string, std::string> writes) {
    if (!isAtServer(space)) return;
    asked_[{space, sequence}] = writes;
    history_->asked.push_back({addressOf(space), session_, sequence, std::move(writes),
                               history_->barred.size() - 1});
  }

  void note(OpenKey& key, Value value) {
    key.mirror = value;
    key.lastWritten = std::move(value);
    key.isWritten = true;
    ++key.writes;
  }

  // Only of this key do the pages of a scene think differently.
  bool isDisputed(const OpenKey& key) const { return mayClash_ && key.plan.key == kDisputedKey; }

  // As the glue does it: the value of an older release, in the form of this one, if it still is
  // the one that was seen. Whether a form was brought.
  bool bring(std::size_t place);

  void expect(std::size_t place, const Outcome& outcome) {
    if (outcome.index != 0) return;
    const OpenKey& key = keys_[place];
    awaited_.emplace(std::pair(key.space, outcome.sequence),
                     Awaited{.isInDispute = isDisputed(key),
                             .isGuarded = key.plan.use == Use::guarded,
                             .isForm = key.plan.use == Use::form,
                             .place = place,
                             .write = key.writes});
  }

  template <class Work>
  void forSaved(SpaceId space, const Work& work) {
    for (OpenKey& key : keys_) {
      if (key.space == space) work(key.saved);
    }
  }

  void complain(std::string what) {
    if (complaint_.empty()) complaint_ = "tab " + std::to_string(number_) + ": " + std::move(what);
  }

  void drain();

  void drainOnce();

  void readItem(ByteReader& in, std::uint8_t kind);

  void readEntry(ByteReader& in);

  void readChoices(ByteReader& in);

  void readDecision(ByteReader& in);

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
    bool isGuarded = false;
    bool isForm = false;
    std::size_t place = 0;
    std::uint64_t write = 0;
    double delta = 0;
  };
  std::map<std::pair<SpaceId, std::uint64_t>, Awaited> awaited_;
  std::map<SpaceId, int> epochs_;
  std::map<std::pair<SpaceId, std::uint64_t>, std::map<std::string, std::string>> asked_;
  std::uint64_t drains_ = 0;
  std::string complaint_;
};

}  // namespace danji::sim
