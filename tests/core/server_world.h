// A server and a tab without others, for tests that let them talk one frame at a time.
#pragma once

#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/server/host.h"

namespace danji {

inline constexpr const char* kAddress = "server/apartment:main";
inline constexpr double kNow = 1'700'000'000'000.0;

// A server whose rows are written when the test says so.
struct Server {
  Server() : host(std::string(16, 's'), 7) { host.setClock(kNow); }

  void take() {
    for (LogRow& row : host.takeRows()) rows.push_back(std::move(row.bytes));
  }
  std::vector<Outgoing> write() {
    take();
    host.rowsWritten();
    return host.takeFrames();
  }

  Host host;
  std::vector<Bytes> rows;
};

// A tab without others.
struct Page {
  explicit Page(char name = 'a') : core(std::string(16, name), 1) {
    core.setClock(kNow);
    unit = core.unit("cart").value();
  }

  Slot open(const char* key, StrategyKind strategy = StrategyKind::lastWriteWins) {
    const Definition definition{
        .scope = Scope::apartment, .plane = Plane::server, .strategy = strategy, .parameters = ""};
    return core.open(core.define(key, definition).value(), kAddress).value();
  }
  const Replica& replica() const { return core.replicaAt(0); }
  Value value(const char* key) const {
    const Entry* entry = replica().space().find(key);
    return entry == nullptr ? Value() : entry->value;
  }

  void set(Slot slot, double number) { core.setNumber(slot, unit, number); }
  // Everything that both have to say, until nothing is left.
  void talk(Server& server, ConnectionId id = 1) {
    for (bool said = true; said;) {
      const std::vector<Bytes> frames = core.uplink().flush();
      for (const Bytes& frame : frames) server.host.receive(id, frame);
      const std::vector<Outgoing> answers = server.write();
      for (const Outgoing& answer : answers) {
        if (answer.connection == id) core.uplink().receive(answer.bytes);
      }
      said = !frames.empty() || !answers.empty();
    }
  }
  void connect(Server& server, ConnectionId id = 1, const char* grants = "",
               const char* user = "") {
    server.host.connected(id, grants, user);
    core.uplink().connected();
    talk(server, id);
  }

  Engine core;
  NameId unit = 0;
};

}  // namespace danji
