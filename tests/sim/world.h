// World: devices, the network between them and a server, and the time, in one thread, from a
// seed. The same seed plays the same world, natively and in WebAssembly.
#pragma once

#include <deque>
#include <string>

#include "tests/sim/device.h"
#include "tests/sim/schedule.h"

namespace danji::sim {

class World {
 public:
  World(std::uint64_t seed, Report& report, Manner manner = {})
      : stage_(seed, report, manner), network_(stage_), backend_(stage_, network_) {
    schedule_.seed = seed;
  }

  // Plays `steps` random steps, lets everything heal and checks. Empty when all is well.
  std::string run(int steps) {
    addDevice();
    for (int step = 0; step < steps && !stage_.isOver(); ++step) {
      const std::uint64_t place = beginStep();
      act();
      endStep(place, stage_.dice.upTo(stage_.scene.stepMax));
    }
    return finish();
  }

  // The same with the steps of a list.
  std::string play(const Schedule& listed) {
    schedule_.without = listed.without;
    for (const std::string& fault : listed.without) takeOut(fault, stage_.scene);
    addDevice();
    for (const Step& step : listed.steps) {
      if (stage_.isOver()) break;
      stage_.dice.goTo(step.draw);
      beginStep();
      act();
      stage_.dice.next();  // Its wait.
      endStep(step.draw, step.wait);
    }
    stage_.dice.goTo(listed.healing);
    return finish();
  }

  // What was played.
  const Schedule& schedule() const { return schedule_; }

  // What all replicas agree on in the end: the same on every machine.
  std::string digest() const { return digest_; }
  // What is at the server in the end: for each space, its state.
  std::string serverDigest() const { return serverDigest_; }

 private:
  std::uint64_t beginStep() {
    stage_.heard.clear();
    return stage_.dice.place();
  }

  void endStep(std::uint64_t place, double wait) {
    schedule_.steps.push_back({place, wait, std::exchange(stage_.heard, {})});
    advance(wait);
  }

  std::string finish() {
    schedule_.healing = stage_.dice.place();
    if (!stage_.isOver()) heal();
    if (!stage_.isOver()) check();
    if (stage_.tells) inspect();
    stage_.report->endWorld();
    return stage_.failure;
  }

  void addDevice() {
    devices_.emplace_back(devices_.size(), stage_, network_, backend_, ledger_).openTab();
  }

  void advance(double millis) {
    stage_.agenda.advance(millis, [this] { return stage_.isOver(); });
  }

  void act() {
    if (stage_.scene.waits && stage_.dice.chance(0.02)) {
      stage_.report->note(Happening::longWait);
      return advance(stage_.dice.upTo(20'000));
    }
    if (stage_.scene.hasServer) {
      if (stage_.scene.serverCrashes && stage_.dice.chance(0.02)) return backend_.crash();
      if (devices_.size() < stage_.scene.devicesMax && stage_.dice.chance(0.05)) {
        return addDevice();
      }
    }
    devices_[static_cast<std::size_t>(stage_.dice.below(devices_.size()))].act();
  }

  void heal() {
    stage_.tell("world", "heals");
    stage_.isHealing = true;
    for (Device& device : devices_) device.heal();
    advance(40'000);
    if (stage_.scene.loss > 0) {
      for (Device& device : devices_) device.writeInAll();
    }
    if (!stage_.isOver()) advance(40'000);
    for (Device& device : devices_) device.checkAll();
  }

  void check() {
    backend_.tellLogs();
    ByteWriter all;
    for (const Device& device : devices_) {
      stage_.fail(FinalChecks(device.tabs(), !stage_.someoneDied).run());
      stage_.fail(device.checkDisk());
      for (const auto& tab : device.tabs()) {
        const std::vector<AskedOp>& stored = tab->stored();
        stage_.history.stored.insert(stage_.history.stored.end(), stored.begin(), stored.end());
        if (tab->isRunning()) tellOf(*tab, all);
      }
    }
    stage_.fail(findFault(stage_.history));
    ByteWriter atServer;
    for (const auto& [space, digests] : stage_.history.digests) atServer.text(*digests.begin());
    all.raw(atServer.view());
    digest_ = digestOf(all.view()).hex();
    serverDigest_ = digestOf(atServer.view()).hex();
  }

  void tellOf(const Tab& tab, ByteWriter& all) {
    stage_.history.survivors.insert(tab.session());
    for (SpaceId id = 0; id < tab.engine().spaceCount(); ++id) {
      const Space& space = tab.engine().replicaAt(id).space();
      if (space.epoch() == 0) continue;
      all.text(tab.engine().digest(id));
      if (space.address().plane != Plane::server || space.index() == 0) continue;
      stage_.history.digests[space.address().text].insert(tab.engine().digest(id));
    }
  }

  void inspect() const {
    for (const Device& device : devices_) {
      for (const auto& tab : device.tabs()) {
        if (tab->isRunning()) std::printf("%s\n", tab->engine().inspect().c_str());
      }
    }
  }

  Schedule schedule_;
  Stage stage_;
  Network network_;
  Backend backend_;
  Ledger ledger_;
  std::deque<Device> devices_;
  std::string digest_;
  std::string serverDigest_;
};

}  // namespace danji::sim
