// Page: a tab of a small world: its engine, and what the glue around an engine does for it. It
// writes what its script says, and complains when its engine contradicts itself.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "tests/scope/machine.h"
#include "tests/scope/plan.h"

namespace danji::scope {

class Page : public Machine {
 public:
  Page(const Plan& plan, std::size_t number, Messages& messages);

  void meet(const Event& event, Millis now, std::vector<Sent>& sent) override;
  Facts facts() const override;
  Digest digest() const override;

 private:
  struct Key {
    Slot slot = 0;
    EntryId entry = 0;
    Value mirror;
    std::vector<std::string> choices;  // Sessions and numbers as a batch spells them.
    std::uint64_t versionRead = 0;
  };

  const Replica& replica() const { return engine_->replicaAt(0); }
  void open();
  void hear(const Event& event);
  void write(const OpPlan& op);
  void encodeWrite(ByteWriter& batch, const Write& write);
  Value withField(const Key& key, const Write& write) const;
  static Value withItem(const Key& key, const Write& write);
  void crash(std::vector<Sent>& sent);
  void drain();
  void readItem(ByteReader& in, std::uint8_t kind);
  void readDecision(ByteReader& in);
  void readChoices(ByteReader& in);
  void tellOutcome(std::uint64_t sequence, ErrorCode code);
  void checkFolds();
  void check();
  void tellLocks(std::vector<Sent>& sent);
  void flush(std::vector<Sent>& sent);
  void send(std::size_t to, MessageId message, std::vector<Sent>& sent) const {
    sent.push_back({.to = static_cast<std::uint8_t>(to), .message = message});
  }
  std::string confirmedText(const Key& key) const;

  const Plan* plan_;
  std::size_t number_;
  Messages* messages_;
  std::string session_;
  std::unique_ptr<Engine> engine_;  // Null: the page is gone.
  NameId unit_ = 0;
  std::vector<Key> keys_;
  std::map<Slot, std::size_t> bySlot_;
  std::string told_;                              // Of each op that was made.
  std::map<std::uint64_t, std::size_t> awaited_;  // Numbers of undecided ops.
  std::uint64_t token_ = 0;  // What the lock manager knows it by; 0: nothing.
  std::uint64_t tokens_ = 0;
  bool isConnected_ = false;
  std::size_t journaled_ = 0;  // So many bytes of the journal were read.
  std::map<std::string, std::uint64_t> floors_;  // As the journal has them.
};

std::string sessionOf(std::size_t process, std::size_t life = 0);

}  // namespace danji::scope
