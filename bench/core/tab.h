// Tab: an engine with open keys, ready to be measured: alone, or in a cluster of two.
//
// It does what the glue does after every call: what the engine has to tell is taken, so that
// nothing piles up from one iteration to the next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/engine/engine.h"

namespace danji::bench {

inline constexpr double kNowMillis = 1'800'000'000'000.0;
inline constexpr std::string_view kAddress = "device/apartment:main";

// Ten fields, as a row of a shop's table has them.
inline constexpr std::string_view kObjectText =
    R"({"id":"sku-20417","name":"Barley tea","category":"pantry","price":4.8,"stock":31,)"
    R"("isNew":false,"rating":4.6,"unit":"bag","origin":"Boseong","updatedAt":1800000000000})";

class Tab {
 public:
  // `letter` makes session and seed, so that two tabs of one cluster differ.
  explicit Tab(char letter)
      : session_(16, letter), engine_(session_, static_cast<std::uint64_t>(letter)) {
    engine_.setClock(kNowMillis);
    unit_ = engine_.unit("cart").value();
  }
  Tab(char letter, std::size_t keyCount) : Tab(letter) { open(keyCount); }

  void open(std::size_t keyCount) {
    for (std::size_t i = 0; i < keyCount; ++i) {
      const DefinitionId id = engine_.define("key-" + std::to_string(i), Definition()).value();
      slots_.push_back(engine_.open(id, kAddress).value());
    }
  }

  Engine& engine() { return engine_; }
  Peer& peer() { return engine_.peer(); }
  NameId unit() const { return unit_; }
  Slot slot(std::size_t place) const { return slots_[place % slots_.size()]; }

  void join() { peer().join(); }

  void lead() {
    join();
    peer().lockGranted();
    peer().sessionsFound({session_});
    DANJI_ASSERT(peer().role() == Role::leading);
  }

  void setNumbers(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      engine_.setNumber(slot(i), unit_, static_cast<double>(++written_));
    }
  }

  // Takes what there is to tell, and gives what there is to send.
  std::vector<Bytes> settle() {
    changes_.clear();
    engine_.drain(changes_);
    peer().takeWishes();
    return peer().flush();
  }

  void receive(const std::vector<Bytes>& frames) {
    for (const Bytes& frame : frames) peer().receive(frame);
  }

 private:
  std::string session_;
  Engine engine_;
  NameId unit_ = 0;
  std::vector<Slot> slots_;
  std::uint64_t written_ = 0;
  ByteWriter changes_;
};

// A batch of one number for each of so many keys, as the glue writes it.
inline Bytes batchOfNumbers(const Tab& tab, std::size_t count) {
  ByteWriter batch;
  batch.varint(count);
  for (std::size_t i = 0; i < count; ++i) {
    batch.varint(tab.slot(i));
    batch.varint(tab.unit());
    batch.u8(1);
    encode(batch, Value::number(static_cast<double>(i)));
  }
  return batch.take();
}

// A leader and a follower that know each other and agree.
struct Pair {
  explicit Pair(std::size_t keyCount) : leader('a'), follower('b') {
    leader.lead();
    follower.join();
    for (Tab* tab : {&leader, &follower}) tab->open(keyCount);
    while (exchange()) {
    }
    DANJI_ASSERT(follower.peer().role() == Role::following);
  }

  // Carries what both have to say; false when there was nothing.
  bool exchange() {
    const std::vector<Bytes> asked = follower.settle();
    leader.receive(asked);
    const std::vector<Bytes> answered = leader.settle();
    follower.receive(answered);
    return !asked.empty() || !answered.empty();
  }

  Tab leader;
  Tab follower;
};

}  // namespace danji::bench
