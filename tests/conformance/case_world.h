// CaseWorld: runs the steps of one conformance case against engines in this process.
//
// The language is that of tests/conformance/README.md; tests/conformance/case_world.js runs the
// same files through the glue's bridge. Neither knows what a case is about. A step that does not
// do what it says ends the case: failure() tells which one and why.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/engine/engine.h"

namespace danji::conformance {

using Json = nlohmann::json;

struct MirroredEntry {
  Value value;
  double version = 0;
  double millis = 0;
  std::uint32_t pending = 0;
  std::string unit;
  int author = 0;
};

struct Tab {
  Tab(std::string sessionBytes, std::uint64_t seed)
      : session(std::move(sessionBytes)), engine(session, seed) {}

  std::string session;
  Engine engine;
  std::map<std::string, DefinitionId> definitions;
  std::map<std::string, Slot> slots;
  std::map<std::string, std::string> addresses;  // Of slots.
  std::map<Slot, MirroredEntry> mirror;
  std::vector<Json> drained;
  std::map<Slot, Bytes> choices;  // What was told last, as a batch spells it.
  // Everything that was flushed: how many frames, and a hash over them.
  std::uint64_t frameCount = 0;
  std::uint64_t frameHash = 0xcbf29ce484222325ull;
};

class CaseWorld {
 public:
  // The failure of the first step that failed; empty when all went as written.
  std::string run(const Json& steps);
  // What is compared with `final` of the case, and between the builds.
  Json finalState();

 private:
  void perform(const Json& step);
  bool performOnState(const std::string& verb, const Json& step, Tab& tab);
  bool performOnTabs(const std::string& verb, const Json& step);

  Tab& tabOf(const Json& step);
  Tab& named(const std::string& name);
  void create(const Json& step);
  void define(const Json& step, Tab& tab);
  void grant(const Json& step, Tab& tab);
  void open(const Json& step, Tab& tab);
  void write(const std::string& verb, const Json& step, Tab& tab);
  void commit(const Json& step, Tab& tab);
  void holdBytes(const Json& step, Tab& tab);
  void commitBytes(const Json& step, Tab& tab);
  void expectVisible(const Json& step, Tab& tab);
  void expectConfirmed(const Json& step, Tab& tab);
  void expectDrained(const Json& step, Tab& tab);
  void snapshot(const Json& step, Tab& tab);
  void restore(const Json& step, Tab& tab);
  void damage(const Json& step, Tab& tab);
  void expectPeer(const Json& step, Tab& tab);
  void expectSpace(const Json& step, Tab& tab);
  void emit(const Json& step, Tab& tab);

  void signal(const std::string& name, Tab& tab);
  void expectWishes(const Json& step, Tab& tab);
  void sessionsFound(const Json& names, Tab& tab);
  void hold(const Json& step);
  void deliver(const Json& step);
  void carry(const Json& step);
  bool carryFrom(const std::string& name, const std::vector<std::string>& targets);
  void exchange(const std::vector<std::string>& names);
  void lead(const Json& step);
  void expectSame(const Json& step);

  std::vector<Bytes> flush(Tab& tab);
  void settle(Tab& tab);
  void readDrained(Tab& tab, ByteReader& in);
  Bytes bytesOf(const Json& source) const;
  void expectOps(const Json& step, const Tab& tab, ByteView written);
  std::map<std::string, std::string> sharedDigests(Tab& tab);
  std::string nameOf(const std::string& sessionHex) const;
  std::vector<std::string> allNames() const { return names_; }

  void require(bool holds, const std::string& what);
  void equal(const Json& actual, const Json& expected, const std::string& what);
  // True when the step went wrong as it says; the step is done then.
  bool refusedAsTold(const Json& step, ErrorCode code);

  std::vector<std::string> names_;
  std::map<std::string, std::unique_ptr<Tab>> tabs_;
  std::map<std::string, Bytes> kept_;
  std::map<std::string, std::vector<Bytes>> held_;
  std::string failure_;
};

}  // namespace danji::conformance
