// Device: one browser: several tabs, one channel, one lock manager, and its own idea of the time.
//
// Whatever happens to tabs in a browser happens here: they open at any moment, crash with frames
// that were not posted, sleep with and without notice, go to the back/forward cache and return,
// are duplicated, and lose their network. The device carries frames, locks, timers and
// connections between the engines, late and in random order, and contains no rule of what they
// say to each other.
#pragma once

#include <cmath>
#include <functional>
#include <set>

#include "tests/sim/backend.h"
#include "tests/sim/channel.h"
#include "tests/sim/checks.h"
#include "tests/sim/disk.h"
#include "tests/sim/lock_manager.h"
#include "tests/sim/network.h"
#include "tests/sim/stage.h"

namespace danji::sim {

class Device {
 public:
  Device(std::size_t number, Stage& stage, Network& network, Backend& backend, Ledger& ledger)
      : number_(number),
        stage_(&stage),
        network_(&network),
        backend_(&backend),
        ledger_(&ledger),
        channel_(stage) {
    // Drawn in any case, so that the same seed plays the same with and without.
    const double skew = stage.dice.upTo(2) - 1;
    if (stage.scene.skewMax > 0) {
      clockOffset_ = std::floor(skew * stage.scene.skewMax);
      stage.report->note(Happening::clockSkew);
    }
  }

  const Tabs& tabs() const { return tabs_; }
  bool hasTabs() const { return presentCount() > 0; }

  // One random step.
  void act();

  void openTab() { openTabAs(stage_->dice.next()); }

  // Everybody wakes, and the network is there.
  void heal();

  // A last frame that was lost is missed only when another follows.
  void writeInAll();

  void checkAll();
  std::string checkDisk() const;

 private:
  // What happens to a page from outside. While it is frozen, such things wait.
  enum class Source { channel, locks, page };
  struct Waiting {
    Source source;
    std::function<void()> work;
  };
  // What the cluster knows of a tab that the page does not.
  struct Side {
    std::deque<Waiting> waiting;
    LockManager::Token token = 0;
    bool isOpen = false;              // The channel.
    std::uint64_t openings = 0;       // Frames for an earlier opening are lost.
    std::uint64_t timer = 0;
    double timerDue = 0;
    bool isFlushing = false;
    bool isVisible = true;
    double lockCommandDue = 0;
    double lockNoticeDue = 0;
    ConnectionId connection = 0;      // 0: none.
    bool isConnecting = false;
    bool isReading = false;           // The disk,
    bool isWriting = false;
    std::uint64_t diskLife = 0;       // since it was last awake.
  };

  double now() const { return stage_->agenda.now(); }
  void at(double due, std::function<void()> work) { stage_->agenda.at(due, std::move(work)); }
  double clock() const { return std::floor(now()) + clockOffset_; }
  std::string named(std::size_t number) const {
    return "device " + std::to_string(number_) + " tab " + std::to_string(number);
  }

  // ---- Tasks of a page

  template <class Work>
  void deliver(std::size_t number, Source source, const Work& work) {
    const Life life = tabs_[number]->life;
    if (life == Life::frozen || life == Life::suspended) {
      sides_[number].waiting.push_back({source, work});
    } else if (life == Life::running || life == Life::opening) {
      work();
    }
  }

  void task(std::size_t number, const std::function<void(Engine&)>& work);
  void afterTask(std::size_t number);
  void noteLeader(std::size_t number);
  void check(const Tab& tab);
  void setTimer(std::size_t number);

  // ---- The channel

  void flush(std::size_t number);
  void post(std::size_t sender, Bytes frame);
  void openChannel(std::size_t number);

  // ---- The lock

  void carryOutWishes(std::size_t number);
  LockManager::Token newToken(std::size_t number);
  void releaseLock(std::size_t number);
  void command(std::size_t number, std::function<void()> work);
  void notice(std::size_t number, std::function<void()> work);
  double lockDelay() const;
  void announce(const std::vector<LockManager::Notice>& notices);

  // ---- Life and death of tabs

  void openTabAs(std::uint64_t seed);
  void openKeys(std::size_t number, const std::vector<KeyPlan>& plans, double chance);
  void openAnother(std::size_t number);
  void openKey(std::size_t number, const KeyPlan& plan);
  void enter(std::size_t number);
  void crash(std::size_t number);
  void close(std::size_t number);
  void endOf(std::size_t number);
  void freeze(std::size_t number);
  void suspend(std::size_t number);
  void cache(std::size_t number);
  void wake(std::size_t number);
  void catchUp(std::size_t number);

  // ---- Steps

  std::vector<std::size_t> those(Life life) const;
  std::size_t presentCount() const;
  void jump();
  void harmNetwork();
  void harm(std::size_t number);
  void wakeSomeone();
  void write(std::size_t number);
  void writePair(std::size_t number);
  Value anyValue();

  // ---- The server

  void connectAsWanted(std::size_t number);
  void connect(std::size_t number);
  void disconnect(std::size_t number);

  // ---- The disk

  double diskDelay();
  bool diskFails();
  void serveStorage(std::size_t number);
  void answerStorage(std::size_t number, std::uint64_t life, std::function<void(Engine&)> answer);
  void forgetStorage(std::size_t number);
  void losePower();
  std::string checkStored(const Replica& replica) const;
  std::string checkSaved() const;
  void checkFirst(const OpenKey& key, bool isDecided);
  Value onDisk(const KeyPlan& plan) const;
  bool mayStay(const Row& row) const;

  // ---- Telling

  void tell(std::size_t number, const char* what) const;
  void tell(std::size_t number, const char* what, const Bytes& frame) const;

  std::size_t number_;
  Stage* stage_;
  Network* network_;
  Backend* backend_;
  Ledger* ledger_;
  Channel channel_;
  LockManager locks_;
  Disk disk_;
  std::uint64_t power_ = 0;  // How often it came back.
  std::set<std::string> free_;  // Keys that somebody took away: there may be another first value.
  Tabs tabs_;
  std::deque<Side> sides_;
  std::vector<bool> foreign_;
  std::vector<std::size_t> owners_;  // Of lock tokens.
  std::size_t leader_ = ~std::size_t{0};
  double clockOffset_ = 0;
  bool isOffline_ = false;
};

}  // namespace danji::sim
