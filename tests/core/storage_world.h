// A tab without others over a disk, and a server it may talk to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/server/host.h"
#include "tests/core/test_disk.h"

namespace danji::testing_disk {

inline constexpr double kNow = 1'700'000'000'000.0;

struct Page {
  explicit Page(TestDisk& disk, char name = 'a', double nowMillis = kNow)
      : disk(&disk), core(std::string(16, name), static_cast<std::uint64_t>(name)) {
    core.setClock(nowMillis);
    core.storage().begin();
    unit = core.unit("cart").value();
  }

  Slot open(const std::string& key, StrategyKind strategy = StrategyKind::lastWriteWins,
            Lifetime lifetime = Lifetime::persistent,
            const std::string& address = "device/apartment:main") {
    const Address place = Address::parse(address).value();
    const Definition definition{
        .scope = place.scope, .plane = place.plane, .strategy = strategy, .parameters = ""};
    const DefinitionId id =
        core.define(key, definition, {.version = "", .schema = "", .permissions = "",
                                      .lifetime = lifetime}).value();
    return core.open(id, address).value();
  }
  void serve() { disk->serve(core); }
  Value value(Slot slot) const {
    const Replica& replica = core.replicaAt(core.spaceOf(slot));
    return replica.visible(slotEntry(slot));
  }
  EntryId slotEntry(Slot slot) const { return entries.at(slot); }
  Slot use(const std::string& key, StrategyKind strategy = StrategyKind::lastWriteWins,
           Lifetime lifetime = Lifetime::persistent,
           const std::string& address = "device/apartment:main") {
    const Slot slot = open(key, strategy, lifetime, address);
    auto& replica = const_cast<Replica&>(core.replicaAt(core.spaceOf(slot)));
    entries[slot] = replica.space().entryOf(key);
    return slot;
  }

  TestDisk* disk;
  Engine core;
  NameId unit = 0;
  std::map<Slot, EntryId> entries;
};

inline constexpr const char* kServers = "server/apartment:main";

struct Server {
  Server() : host(std::string(16, 's'), 7) { host.setClock(kNow); }
  // Carries frames until neither has anything to say.
  void talk(Engine& engine, ConnectionId id) {
    host.connected(id);
    engine.uplink().connected();
    for (bool said = true; said;) {
      const std::vector<Bytes> frames = engine.uplink().flush();
      for (const Bytes& frame : frames) host.receive(id, frame);
      rows += host.takeRows().size();
      host.rowsWritten();
      const std::vector<Outgoing> answers = host.takeFrames();
      for (const Outgoing& answer : answers) {
        if (answer.connection == id) engine.uplink().receive(answer.bytes);
      }
      said = !frames.empty() || !answers.empty();
    }
  }
  Host host;
  std::size_t rows = 0;
};

}  // namespace danji::testing_disk
