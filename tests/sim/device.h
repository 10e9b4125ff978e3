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

#include "tests/sim/backend.h"
#include "tests/sim/channel.h"
#include "tests/sim/checks.h"
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
  void act() {
    const std::vector<std::size_t> running = those(Life::running);
    Dice& dice = stage_->dice;
    const std::uint64_t roll = dice.below(100);
    if (roll < 60) {
      if (!running.empty()) write(dice.oneOf(running));
    } else if (roll < 66) {
      for (std::uint64_t count = 1 + dice.below(2); count > 0; --count) {
        if (presentCount() < stage_->scene.tabsMax) openTab();
      }
    } else if (roll < 70) {
      if (!running.empty()) openAnother(dice.oneOf(running));
    } else if (roll < 71) {
      if (stage_->scene.clockJumps) jump();
    } else if (roll < 74) {
      if (stage_->scene.hasServer) harmNetwork();
    } else if (roll < 86) {
      if (!running.empty()) harm(dice.oneOf(running));
    } else {
      wakeSomeone();
    }
  }

  void openTab() { openTabAs(stage_->dice.next()); }

  // Everybody wakes, and the network is there.
  void heal() {
    channel_.heal();
    isOffline_ = false;
    for (const Life life : {Life::frozen, Life::suspended, Life::cached}) {
      for (const std::size_t number : those(life)) {
        if (!stage_->isOver()) wake(number);
      }
    }
    if (presentCount() == 0) openTab();
  }

  // A last frame that was lost is missed only when another follows.
  void writeInAll() {
    for (const std::size_t number : those(Life::running)) {
      if (!stage_->isOver()) write(number);
    }
  }

  void checkAll() {
    for (const auto& tab : tabs_) {
      tab->fillDeferred();
      tab->checkMirror();
      if (tab->isRunning()) check(*tab);
    }
  }

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

  void task(std::size_t number, const std::function<void(Engine&)>& work) {
    Tab& tab = *tabs_[number];
    tab.setClock(clock());
    tab.task(work);
    afterTask(number);
  }

  void afterTask(std::size_t number) {
    Tab& tab = *tabs_[number];
    check(tab);
    noteLeader(number);
    carryOutWishes(number);
    connectAsWanted(number);
    Side& side = sides_[number];
    const bool mayHaveFrames = tab.engine().peer().mayHaveFrames() || side.connection != 0;
    if (tab.isRunning() && mayHaveFrames && !side.isFlushing) {
      if (stage_->dice.chance(stage_->scene.immediateFlush)) {
        flush(number);
      } else {
        side.isFlushing = true;
        at(now() + stage_->dice.upTo(5), [this, number] {
          deliver(number, Source::page, [this, number] {
            sides_[number].isFlushing = false;
            flush(number);
            afterTask(number);
          });
        });
      }
    }
    setTimer(number);
  }

  void noteLeader(std::size_t number) {
    const bool leads = tabs_[number]->engine().peer().role() == Role::leading;
    if (leads && leader_ != number) stage_->report->note(Happening::leaderChanged);
    if (leads) leader_ = number;
  }

  void check(const Tab& tab) {
    if (stage_->isOver()) return;
    stage_->fail(tab.complaint());
    stage_->fail(ledger_->note(tab, number_));
    stage_->fail(checkPair(tab));
  }

  void setTimer(std::size_t number) {
    Side& side = sides_[number];
    const Engine& engine = tabs_[number]->engine();
    const double deadline = std::min(engine.peer().deadline(), engine.uplink().deadline());
    if (!std::isfinite(deadline)) {
      ++side.timer;
      side.timerDue = deadline;
      return;
    }
    const double due = now() + std::max(0.0, deadline - clock());
    if (due == side.timerDue) return;
    side.timerDue = due;
    const std::uint64_t timer = ++side.timer;
    const double late = side.isVisible ? stage_->dice.upTo(4) : stage_->dice.upTo(1000);
    at(due + late, [this, number, timer] {
      deliver(number, Source::page, [this, number, timer] {
        if (sides_[number].timer != timer) return;
        sides_[number].timerDue = 0;
        task(number, [](Engine& core) {
          core.peer().tick();
          core.uplink().tick();
        });
      });
    });
  }

  // ---- The channel

  void flush(std::size_t number) {
    Tab& tab = *tabs_[number];
    tab.setClock(clock());
    if (!sides_[number].isOpen) return;
    for (Bytes& frame : tab.engine().peer().flush()) post(number, std::move(frame));
    for (Bytes& frame : tab.engine().uplink().flush()) {
      tell(number, "sends", frame);
      network_->toServer(sides_[number].connection, std::move(frame));
    }
    check(tab);
  }

  void post(std::size_t sender, Bytes frame) {
    tell(sender, "posts", frame);
    const auto shared = std::make_shared<const Bytes>(std::move(frame));
    for (std::size_t receiver = 0; receiver < tabs_.size(); ++receiver) {
      if (receiver == sender || !sides_[receiver].isOpen) continue;
      const std::uint64_t opening = sides_[receiver].openings;
      for (const double due : channel_.arrivals(sender, receiver, now())) {
        at(due, [this, receiver, opening, shared] {
          deliver(receiver, Source::channel, [this, receiver, opening, shared] {
            if (!sides_[receiver].isOpen || sides_[receiver].openings != opening) return;
            tell(receiver, "receives", *shared);
            task(receiver, [&](Engine& core) { core.peer().receive(*shared); });
          });
        });
      }
    }
  }

  void openChannel(std::size_t number) {
    sides_[number].isOpen = true;
    ++sides_[number].openings;
  }

  // ---- The lock

  void carryOutWishes(std::size_t number) {
    if (!tabs_[number]->isRunning() && tabs_[number]->life != Life::opening) return;
    const std::uint32_t wishes = tabs_[number]->engine().peer().takeWishes();
    Side& side = sides_[number];
    if ((wishes & kWishReleaseLock) != 0) releaseLock(number);
    if ((wishes & kWishStealLock) != 0) {
      releaseLock(number);
      const LockManager::Token token = side.token = newToken(number);
      tell(number, "steals the lock");
      stage_->report->note(Happening::lockStolen);
      command(number, [this, token] { announce(locks_.steal(token)); });
    } else if ((wishes & kWishRequestLock) != 0 && side.token == 0) {
      const LockManager::Token token = side.token = newToken(number);
      command(number, [this, token] { announce(locks_.request(token)); });
    }
    if ((wishes & kWishQuerySessions) != 0) {
      command(number, [this, number] {
        const std::vector<std::string> found = locks_.sessions();
        notice(number, [this, number, found] {
          task(number, [&](Engine& core) { core.peer().sessionsFound(found); });
        });
      });
    }
  }

  LockManager::Token newToken(std::size_t number) {
    owners_.push_back(number);
    return owners_.size();
  }

  void releaseLock(std::size_t number) {
    const LockManager::Token token = std::exchange(sides_[number].token, 0);
    if (token != 0) command(number, [this, token] { announce(locks_.release(token)); });
  }

  // From a page to the lock manager and back, in order, late.
  void command(std::size_t number, std::function<void()> work) {
    double& due = sides_[number].lockCommandDue;
    due = std::max(due + 1e-4, now() + stage_->dice.upTo(lockDelay()));
    at(due, std::move(work));
  }

  void notice(std::size_t number, std::function<void()> work) {
    double& due = sides_[number].lockNoticeDue;
    due = std::max(due + 1e-4, now() + stage_->dice.upTo(lockDelay()));
    at(due, [this, number, work = std::move(work)] { deliver(number, Source::locks, work); });
  }

  double lockDelay() const { return stage_->isHealing ? std::min(20.0, stage_->scene.lockDelayMax)
                                               : stage_->scene.lockDelayMax; }

  void announce(const std::vector<LockManager::Notice>& notices) {
    for (const LockManager::Notice& told : notices) {
      const std::size_t number = owners_[told.token - 1];
      notice(number, [this, number, told] {
        if (sides_[number].token != told.token) return;  // Given back meanwhile.
        tell(number, told.isGranted ? "has the lock" : "lost the lock");
        if (!told.isGranted) sides_[number].token = 0;
        task(number, [&](Engine& core) {
          told.isGranted ? core.peer().lockGranted() : core.peer().lockLost();
        });
      });
    }
  }

  // ---- Life and death of tabs

  void openTabAs(std::uint64_t seed) {
    const std::size_t number = tabs_.size();
    const std::size_t name = stage_->tabs++;
    Scene& scene = stage_->scene;
    tabs_.push_back(std::make_unique<Tab>(name, seed, scene, stage_->history, *stage_->report));
    sides_.emplace_back();
    tell(number, "opens");
    stage_->report->note(Happening::tabOpened);
    Tab& tab = *tabs_[number];
    const bool isForeign = scene.clashes && stage_->dice.chance(0.4);
    if (isForeign) stage_->report->note(Happening::disputedKey);
    foreign_.push_back(isForeign);
    tab.setClock(clock());
    tab.task([](Engine& core) { core.peer().join(); });
    openKeys(number, ownKeys(name, false), 1);
    openKeys(number, sharedKeys(), 0.5);
    if (scene.strategies) {
      openKeys(number, talliesOf(name, false), 1);
      openKeys(number, strategyKeys(), 0.6);
    }
    if (scene.hasServer) {
      openKeys(number, ownKeys(name, true), 1);
      openKeys(number, serverKeys(), 0.6);
      if (scene.strategies) openKeys(number, talliesOf(name, true), 1);
    }
    enter(number);
    afterTask(number);
  }

  // Both keys of a pair, or none.
  void openKeys(std::size_t number, const std::vector<KeyPlan>& plans, double chance) {
    const bool opensPair = stage_->dice.chance(chance);
    for (const KeyPlan& plan : plans) {
      const bool opens = plan.use == Use::pair ? opensPair : stage_->dice.chance(chance);
      const bool isPlayed = stage_->scene.strategies ||
                            plan.strategy == StrategyKind::lastWriteWins;
      if (opens && isPlayed) openKey(number, plan);
    }
  }

  void openAnother(std::size_t number) {
    const bool atServer = stage_->scene.hasServer && stage_->dice.chance(0.5);
    const std::vector<KeyPlan>& plans = atServer ? serverKeys() : sharedKeys();
    const KeyPlan& plan = stage_->dice.oneOf(plans);
    const bool isPlayed = stage_->scene.strategies ||
                          plan.strategy == StrategyKind::lastWriteWins;
    if (plan.use != Use::pair && isPlayed) openKey(number, plan);
    afterTask(number);
  }

  void openKey(std::size_t number, const KeyPlan& plan) {
    Tab& tab = *tabs_[number];
    tab.setClock(clock());
    tab.fillDeferred();
    tab.open(plan, foreign_[number] && plan.key == kDisputedKey);
  }

  // First the session lock, then the channel: whoever hears of others can be asked by them.
  void enter(std::size_t number) {
    command(number, [this, number] {
      const Life life = tabs_[number]->life;
      if (life == Life::cached || life == Life::gone) return;
      locks_.holdSession(tabs_[number]->session());
      notice(number, [this, number] {
        tabs_[number]->life = Life::running;
        openChannel(number);
        tell(number, "enters");
        afterTask(number);
      });
    });
  }

  void crash(std::size_t number) {
    tell(number, "crashes");
    stage_->report->note(Happening::tabCrashed);
    tabs_[number]->life = Life::gone;
    stage_->someoneDied = true;
    endOf(number);
  }

  void close(std::size_t number) {
    tell(number, "closes");
    stage_->report->note(Happening::tabClosed);
    flush(number);
    task(number, [](Engine& core) { core.peer().leave(); });
    flush(number);
    tabs_[number]->life = Life::gone;
    stage_->someoneDied = true;
    endOf(number);
  }

  void endOf(std::size_t number) {
    sides_[number].isOpen = false;
    sides_[number].isFlushing = false;
    sides_[number].timerDue = 0;
    sides_[number].waiting.clear();
    sides_[number].isConnecting = false;
    disconnect(number);
    ledger_->forget(tabs_[number]->number());
    const LockManager::Token token = std::exchange(sides_[number].token, 0);
    command(number, [this, number, token] {
      locks_.freeSession(tabs_[number]->session());
      if (token != 0) announce(locks_.release(token));
    });
  }

  void freeze(std::size_t number) {
    tell(number, "freezes");
    stage_->report->note(Happening::tabFrozen);
    tabs_[number]->life = Life::frozen;
  }

  void suspend(std::size_t number) {
    tell(number, "is suspended");
    stage_->report->note(Happening::tabSuspended);
    task(number, [](Engine& core) { core.peer().suspend(); });
    flush(number);
    tabs_[number]->life = Life::suspended;
  }

  void cache(std::size_t number) {
    tell(number, "goes to the cache");
    stage_->report->note(Happening::tabCached);
    const bool leavesFirst = stage_->dice.chance(0.5);
    task(number, [&](Engine& core) {
      leavesFirst ? core.peer().leave() : core.peer().suspend();
    });
    flush(number);
    task(number, [&](Engine& core) {
      leavesFirst ? core.peer().suspend() : core.peer().leave();
    });
    flush(number);
    tabs_[number]->life = Life::cached;
    endOf(number);
  }

  void wake(std::size_t number) {
    tell(number, "wakes");
    stage_->report->note(Happening::tabWoke);
    Tab& tab = *tabs_[number];
    const Life life = tab.life;
    if (life == Life::cached) {
      tab.life = Life::opening;
      enter(number);
      task(number, [](Engine& core) { core.peer().resume(); });
      return;
    }
    tab.life = Life::running;
    const bool resumesFirst = stage_->dice.chance(0.5);
    if (life == Life::suspended && resumesFirst) task(number, [](Engine& core) { core.peer().resume(); });
    catchUp(number);
    if (life == Life::suspended && !resumesFirst) task(number, [](Engine& core) { core.peer().resume(); });
    setTimer(number);
  }

  // What waited is done now: frames in their order, notices of locks in theirs.
  void catchUp(std::size_t number) {
    std::deque<Waiting> waiting = std::exchange(sides_[number].waiting, {});
    Dice& dice = stage_->dice;
    const double lag[] = {dice.upTo(2), dice.chance(0.5) ? 0 : dice.upTo(4), dice.upTo(2)};
    double due[] = {now() + lag[0], now() + lag[1], now() + lag[2]};
    for (Waiting& one : waiting) {
      double& moment = due[static_cast<int>(one.source)];
      moment += 1e-4;
      at(moment, [this, number, one] { deliver(number, one.source, one.work); });
    }
    channel_.holdBack(number, tabs_.size(), due[0]);
    sides_[number].lockNoticeDue = std::max(sides_[number].lockNoticeDue, due[1]);
  }

  // ---- Steps

  std::vector<std::size_t> those(Life life) const {
    std::vector<std::size_t> found;
    for (std::size_t number = 0; number < tabs_.size(); ++number) {
      if (tabs_[number]->life == life) found.push_back(number);
    }
    return found;
  }

  std::size_t presentCount() const {
    std::size_t count = 0;
    for (const auto& tab : tabs_) count += tab->life == Life::gone ? 0 : 1;
    return count;
  }

  void jump() {
    stage_->report->note(Happening::clockJump);
    clockOffset_ += std::floor(stage_->dice.upTo(20'000)) - 10'000;
  }

  void harmNetwork() {
    const std::vector<ConnectionId> open = network_->connectionsOf(number_);
    switch (stage_->dice.below(3)) {
      case 0:
        if (!stage_->scene.outages) return;
        isOffline_ = !isOffline_;
        if (isOffline_) stage_->report->note(Happening::deviceOffline);
        for (const ConnectionId id : open) isOffline_ ? network_->cut(id) : void();
        return;
      case 1:
        if (!stage_->scene.cuts || open.empty()) return;
        stage_->report->note(Happening::connectionCut);
        return network_->cut(open.front());
      default:
        if (!stage_->scene.blackHoles || open.empty()) return;
        stage_->report->note(Happening::blackHole);
        network_->swallow(open.front());
        at(now() + 500 + stage_->dice.upTo(20'000),
           [this, id = open.front()] { network_->cut(id); });
    }
  }

  void harm(std::size_t number) {
    switch (stage_->dice.below(7)) {
      case 6:
        // A copy of the page with all that it had stored; its session is its own.
        if (!stage_->scene.duplicates || presentCount() >= stage_->scene.tabsMax) return;
        stage_->report->note(Happening::tabDuplicated);
        return openTab();
      case 0:
        if (stage_->scene.crashes) crash(number);
        return;
      case 1:
        if (stage_->scene.crashes) close(number);
        return;
      case 2:
        if (stage_->scene.freezes) freeze(number);
        return;
      case 3:
        if (stage_->scene.suspends) suspend(number);
        return;
      case 4:
        if (stage_->scene.caches) cache(number);
        return;
      default:
        if (!stage_->scene.hides) return;
        sides_[number].isVisible = !sides_[number].isVisible;
        stage_->report->note(Happening::tabHidden);
        task(number, [&](Engine& core) { core.peer().setVisible(sides_[number].isVisible); });
    }
  }

  void wakeSomeone() {
    std::vector<std::size_t> asleep = those(Life::frozen);
    for (const Life life : {Life::suspended, Life::cached}) {
      for (const std::size_t number : those(life)) asleep.push_back(number);
    }
    if (!asleep.empty()) wake(stage_->dice.oneOf(asleep));
  }

  void write(std::size_t number) {
    Tab& tab = *tabs_[number];
    tab.setClock(clock());
    const std::uint64_t count = stage_->dice.chance(0.7) ? 1 : stage_->scene.writesMax;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto place = static_cast<std::size_t>(stage_->dice.below(tab.keys().size()));
      if (tab.keys()[place].plan.use == Use::pair || stage_->dice.chance(0.05)) {
        writePair(number);
      } else if (tab.keys()[place].plan.strategy != StrategyKind::lastWriteWins) {
        tab.writeByStrategy(place, ++stage_->values);
      } else {
        tab.write(place, anyValue());
      }
    }
    afterTask(number);
  }

  // Both keys of the pair, and now and then something in another space with them.
  void writePair(std::size_t number) {
    Tab& tab = *tabs_[number];
    std::vector<std::pair<std::size_t, Value>> writes;
    const Value value = anyValue();
    const bool atServer = stage_->scene.hasServer && stage_->dice.chance(0.5);
    for (const KeyPlan& plan : atServer ? serverKeys() : sharedKeys()) {
      if (plan.use == Use::pair) openKey(number, plan);
    }
    for (std::size_t place = 0; place < tab.keys().size(); ++place) {
      const Use use = tab.keys()[place].plan.use;
      const bool isServers = tab.isAtServer(tab.keys()[place].space);
      if (use == Use::pair && isServers == atServer) writes.emplace_back(place, value);
      if (use == Use::own && stage_->dice.chance(0.2)) writes.emplace_back(place, anyValue());
    }
    tab.writeTogether(writes);
  }

  // No two written values are equal, but that there may be none.
  Value anyValue() {
    const double n = static_cast<double>(++stage_->values);
    switch (stage_->dice.below(8)) {
      case 0:
        return Value();
      case 1:
      case 2:
        return Value::json("\"Ada " + std::to_string(stage_->values) + "\"");
      case 3:
        return Value::json("{\"apples\":" + std::to_string(stage_->values) + "}");
      default:
        return Value::number(stage_->dice.chance(0.2) ? n + 0.5 : n);
    }
  }

  // ---- The server

  // The tab that decides wants a connection; it gets one after a while, if there is a way.
  void connectAsWanted(std::size_t number) {
    Side& side = sides_[number];
    const bool wants = tabs_[number]->isRunning() &&
                       tabs_[number]->engine().uplink().wantsConnection();
    if (!wants && side.connection != 0) return disconnect(number);
    if (!wants || side.connection != 0 || side.isConnecting) return;
    side.isConnecting = true;
    at(now() + 5 + stage_->dice.upTo(stage_->isHealing ? 100 : 2000), [this, number] {
      deliver(number, Source::page, [this, number] {
        sides_[number].isConnecting = false;
        connect(number);
        afterTask(number);
      });
    });
  }

  void connect(std::size_t number) {
    Side& side = sides_[number];
    const bool wants = tabs_[number]->isRunning() &&
                       tabs_[number]->engine().uplink().wantsConnection();
    if (!wants || side.connection != 0 || isOffline_ || !backend_->isUp()) return;
    tell(number, "connects");
    const auto id = std::make_shared<ConnectionId>(0);
    *id = side.connection = network_->open(
        number_,
        {.receive =
             [this, number, id](const Bytes& frame) {
               deliver(number, Source::channel, [this, number, id, frame] {
                 if (sides_[number].connection != *id) return;
                 tell(number, "hears", frame);
                 task(number, [&](Engine& core) { core.uplink().receive(frame); });
               });
             },
         .closed =
             [this, number, id] {
               deliver(number, Source::channel, [this, number, id] {
                 if (sides_[number].connection != *id) return;
                 sides_[number].connection = 0;
                 task(number, [](Engine& core) { core.uplink().disconnected(); });
               });
             }},
        {.receive = [this, id](const Bytes& frame) { backend_->receive(*id, frame); },
         .closed = [this, id] { backend_->closed(*id); }});
    backend_->accept(*id);
    task(number, [](Engine& core) { core.uplink().connected(); });
  }

  void disconnect(std::size_t number) {
    const ConnectionId id = std::exchange(sides_[number].connection, 0);
    if (id == 0) return;
    network_->cut(id);
    tabs_[number]->task([](Engine& core) { core.uplink().disconnected(); });
  }

  // ---- Telling

  void tell(std::size_t number, const char* what) const {
    if (stage_->tells) stage_->tell(named(number), what);
  }

  void tell(std::size_t number, const char* what, const Bytes& frame) const {
    static constexpr const char* kNames[] = {"?",    "hello",   "prepare", "promise",
                                             "refuse", "lead",  "welcome", "push",
                                             "records", "event", "bye",    "part"};
    if (!stage_->tells) return;
    stage_->tell(named(number), (std::string(what) + " " + kNames[frame[6] % 12]).c_str());
  }

  std::size_t number_;
  Stage* stage_;
  Network* network_;
  Backend* backend_;
  Ledger* ledger_;
  Channel channel_;
  LockManager locks_;
  Tabs tabs_;
  std::deque<Side> sides_;
  std::vector<bool> foreign_;
  std::vector<std::size_t> owners_;  // Of lock tokens.
  std::size_t leader_ = ~std::size_t{0};
  double clockOffset_ = 0;
  bool isOffline_ = false;
};

}  // namespace danji::sim
