// Cluster: several tabs, one channel, one lock manager and the time, in one thread, from a seed.
//
// Whatever happens to tabs in a browser happens here: they open at any moment, crash with frames
// that were not posted, sleep with and without notice, go to the back/forward cache and return.
// The cluster carries frames, locks and timers between the engines, late and in random order,
// and contains no rule of what the tabs say to each other.
#pragma once

#include <cmath>
#include <cstdio>
#include <functional>

#include "tests/core/channel.h"
#include "tests/core/checks.h"
#include "tests/core/lock_manager.h"

namespace danji::sim {

class Cluster {
 public:
  Cluster(std::uint64_t seed, bool tells)
      : dice_(seed), scene_(Scene::draw(dice_)), channel_(scene_, dice_),
        tells_(tells) {}

  // Plays `steps` random steps, lets everything heal and checks. Empty when all is well.
  std::string run(int steps) {
    openTab();
    for (int step = 0; step < steps && failure_.empty(); ++step) {
      act();
      advance(dice_.upTo(scene_.stepMax));
    }
    if (failure_.empty()) heal();
    if (failure_.empty()) failure_ = FinalChecks(tabs_, !hasLostTabs_).run();
    for (const auto& tab : tabs_) {
      if (tells_ && tab->isRunning()) std::printf("%s\n", tab->engine().inspect().c_str());
    }
    return failure_;
  }

  std::uint64_t calls() const { return calls_; }

 private:
  struct Event {
    double due = 0;
    std::uint64_t order = 0;
    std::function<void()> work;
    bool operator>(const Event& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };
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
  };

  // ---- Time

  void at(double due, std::function<void()> work) {
    events_.push_back({.due = due, .order = ++orders_, .work = std::move(work)});
    std::push_heap(events_.begin(), events_.end(), std::greater<>());
  }

  void advance(double millis) {
    const double end = now_ + millis;
    while (!events_.empty() && events_.front().due <= end && failure_.empty()) {
      std::pop_heap(events_.begin(), events_.end(), std::greater<>());
      const Event event = std::move(events_.back());
      events_.pop_back();
      now_ = std::max(now_, event.due);
      event.work();
    }
    now_ = end;
  }

  double clock() const { return std::floor(now_) + clockOffset_; }

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

  void task(std::size_t number, const std::function<void(Peer&)>& work) {
    Tab& tab = *tabs_[number];
    tab.setClock(clock());
    tab.task(work);
    afterTask(number);
  }

  void afterTask(std::size_t number) {
    ++calls_;
    Tab& tab = *tabs_[number];
    check(tab);
    carryOutWishes(number);
    Side& side = sides_[number];
    if (tab.isRunning() && tab.engine().peer().mayHaveFrames() && !side.isFlushing) {
      if (dice_.chance(scene_.immediateFlush)) {
        flush(number);
      } else {
        side.isFlushing = true;
        at(now_ + dice_.upTo(5), [this, number] {
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

  void check(const Tab& tab) {
    if (!failure_.empty()) return;
    failure_ = tab.complaint();
    if (failure_.empty()) failure_ = ledger_.note(tab);
    if (failure_.empty()) failure_ = checkPair(tab);
  }

  void setTimer(std::size_t number) {
    Side& side = sides_[number];
    const double deadline = tabs_[number]->engine().peer().deadline();
    if (!std::isfinite(deadline)) {
      ++side.timer;
      side.timerDue = deadline;
      return;
    }
    const double due = now_ + std::max(0.0, deadline - clock());
    if (due == side.timerDue) return;
    side.timerDue = due;
    const std::uint64_t timer = ++side.timer;
    const double late = side.isVisible ? dice_.upTo(4) : dice_.upTo(1000);
    at(due + late, [this, number, timer] {
      deliver(number, Source::page, [this, number, timer] {
        if (sides_[number].timer != timer) return;
        sides_[number].timerDue = 0;
        task(number, [](Peer& peer) { peer.tick(); });
      });
    });
  }

  // ---- The channel

  void flush(std::size_t number) {
    Tab& tab = *tabs_[number];
    tab.setClock(clock());
    if (!sides_[number].isOpen) return;
    for (Bytes& frame : tab.engine().peer().flush()) post(number, std::move(frame));
    check(tab);
  }

  void post(std::size_t sender, Bytes frame) {
    tell(sender, "posts", frame);
    const auto shared = std::make_shared<const Bytes>(std::move(frame));
    for (std::size_t receiver = 0; receiver < tabs_.size(); ++receiver) {
      if (receiver == sender || !sides_[receiver].isOpen) continue;
      const std::uint64_t opening = sides_[receiver].openings;
      for (const double due : channel_.arrivals(sender, receiver, now_)) {
        at(due, [this, receiver, opening, shared] {
          deliver(receiver, Source::channel, [this, receiver, opening, shared] {
            if (!sides_[receiver].isOpen || sides_[receiver].openings != opening) return;
            tell(receiver, "receives", *shared);
            task(receiver, [&](Peer& peer) { peer.receive(*shared); });
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
      command(number, [this, token] { announce(locks_.steal(token)); });
    } else if ((wishes & kWishRequestLock) != 0 && side.token == 0) {
      const LockManager::Token token = side.token = newToken(number);
      command(number, [this, token] { announce(locks_.request(token)); });
    }
    if ((wishes & kWishQuerySessions) != 0) {
      command(number, [this, number] {
        const std::vector<std::string> found = locks_.sessions();
        notice(number, [this, number, found] {
          task(number, [&](Peer& peer) { peer.sessionsFound(found); });
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
    due = std::max(due + 1e-4, now_ + dice_.upTo(lockDelay()));
    at(due, std::move(work));
  }

  void notice(std::size_t number, std::function<void()> work) {
    double& due = sides_[number].lockNoticeDue;
    due = std::max(due + 1e-4, now_ + dice_.upTo(lockDelay()));
    at(due, [this, number, work = std::move(work)] { deliver(number, Source::locks, work); });
  }

  double lockDelay() const { return isHealing_ ? std::min(20.0, scene_.lockDelayMax)
                                               : scene_.lockDelayMax; }

  void announce(const std::vector<LockManager::Notice>& notices) {
    for (const LockManager::Notice& told : notices) {
      const std::size_t number = owners_[told.token - 1];
      notice(number, [this, number, told] {
        if (sides_[number].token != told.token) return;  // Given back meanwhile.
        tell(number, told.isGranted ? "has the lock" : "lost the lock");
        if (!told.isGranted) sides_[number].token = 0;
        task(number, [&](Peer& peer) { told.isGranted ? peer.lockGranted() : peer.lockLost(); });
      });
    }
  }

  // ---- Life and death of tabs

  void openTab() {
    const std::size_t number = tabs_.size();
    tabs_.push_back(std::make_unique<Tab>(number, dice_.next(), scene_));
    sides_.emplace_back();
    tell(number, "opens");
    Tab& tab = *tabs_[number];
    const bool isForeign = scene_.clashes && dice_.chance(0.4);
    foreign_.push_back(isForeign);
    tab.setClock(clock());
    tab.task([](Peer& peer) { peer.join(); });
    for (const KeyPlan& plan : ownKeys(number)) openKey(number, plan);
    const bool opensPair = dice_.chance(0.5);
    for (const KeyPlan& plan : sharedKeys()) {
      if (plan.use == Use::pair ? opensPair : dice_.chance(0.5)) openKey(number, plan);
    }
    if (scene_.strategies) {
      openKey(number, tallyOf(number));
      for (const KeyPlan& plan : strategyKeys()) {
        if (dice_.chance(0.6)) openKey(number, plan);
      }
    }
    enter(number);
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
    tabs_[number]->life = Life::gone;
    hasLostTabs_ = true;
    endOf(number);
  }

  void close(std::size_t number) {
    tell(number, "closes");
    flush(number);
    task(number, [](Peer& peer) { peer.leave(); });
    flush(number);
    tabs_[number]->life = Life::gone;
    hasLostTabs_ = true;
    endOf(number);
  }

  void endOf(std::size_t number) {
    sides_[number].isOpen = false;
    sides_[number].isFlushing = false;
    sides_[number].timerDue = 0;
    sides_[number].waiting.clear();
    ledger_.forget(number);
    const LockManager::Token token = std::exchange(sides_[number].token, 0);
    command(number, [this, number, token] {
      locks_.freeSession(tabs_[number]->session());
      if (token != 0) announce(locks_.release(token));
    });
  }

  void freeze(std::size_t number) {
    tell(number, "freezes");
    tabs_[number]->life = Life::frozen;
  }

  void suspend(std::size_t number) {
    tell(number, "is suspended");
    task(number, [](Peer& peer) { peer.suspend(); });
    flush(number);
    tabs_[number]->life = Life::suspended;
  }

  void cache(std::size_t number) {
    tell(number, "goes to the cache");
    const bool leavesFirst = dice_.chance(0.5);
    task(number, [&](Peer& peer) { leavesFirst ? peer.leave() : peer.suspend(); });
    flush(number);
    task(number, [&](Peer& peer) { leavesFirst ? peer.suspend() : peer.leave(); });
    flush(number);
    tabs_[number]->life = Life::cached;
    endOf(number);
  }

  void wake(std::size_t number) {
    tell(number, "wakes");
    Tab& tab = *tabs_[number];
    const Life life = tab.life;
    if (life == Life::cached) {
      tab.life = Life::opening;
      enter(number);
      task(number, [](Peer& peer) { peer.resume(); });
      return;
    }
    tab.life = Life::running;
    const bool resumesFirst = dice_.chance(0.5);
    if (life == Life::suspended && resumesFirst) task(number, [](Peer& p) { p.resume(); });
    catchUp(number);
    if (life == Life::suspended && !resumesFirst) task(number, [](Peer& p) { p.resume(); });
    setTimer(number);
  }

  // What waited is done now: frames in their order, notices of locks in theirs.
  void catchUp(std::size_t number) {
    std::deque<Waiting> waiting = std::exchange(sides_[number].waiting, {});
    const double lag[] = {dice_.upTo(2), dice_.chance(0.5) ? 0 : dice_.upTo(4), dice_.upTo(2)};
    double due[] = {now_ + lag[0], now_ + lag[1], now_ + lag[2]};
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
    for (const auto& tab : tabs_) {
      if (tab->life == life) found.push_back(tab->number());
    }
    return found;
  }

  std::size_t presentCount() const {
    std::size_t count = 0;
    for (const auto& tab : tabs_) count += tab->life == Life::gone ? 0 : 1;
    return count;
  }

  void act() {
    const std::vector<std::size_t> running = those(Life::running);
    const std::uint64_t roll = dice_.below(100);
    if (roll < 60) {
      if (!running.empty()) write(dice_.oneOf(running));
    } else if (roll < 66) {
      for (std::uint64_t count = 1 + dice_.below(2); count > 0; --count) {
        if (presentCount() < scene_.tabsMax) openTab();
      }
    } else if (roll < 70) {
      if (!running.empty()) {
        const std::size_t number = dice_.oneOf(running);
        const KeyPlan& plan = dice_.oneOf(sharedKeys());
        if (plan.use != Use::pair) openKey(number, plan);
        afterTask(number);
      }
    } else if (roll < 72) {
      if (scene_.waits) advance(dice_.upTo(20'000));
    } else if (roll < 73) {
      if (scene_.clockJumps) clockOffset_ += std::floor(dice_.upTo(20'000)) - 10'000;
    } else if (roll < 86) {
      if (!running.empty()) harm(dice_.oneOf(running));
    } else {
      wakeSomeone();
    }
  }

  void harm(std::size_t number) {
    switch (dice_.below(6)) {
      case 0:
        if (scene_.crashes) crash(number);
        return;
      case 1:
        if (scene_.crashes) close(number);
        return;
      case 2:
        if (scene_.freezes) freeze(number);
        return;
      case 3:
        if (scene_.suspends) suspend(number);
        return;
      case 4:
        if (scene_.caches) cache(number);
        return;
      default:
        if (!scene_.hides) return;
        sides_[number].isVisible = !sides_[number].isVisible;
        task(number, [&](Peer& peer) { peer.setVisible(sides_[number].isVisible); });
    }
  }

  void wakeSomeone() {
    std::vector<std::size_t> asleep = those(Life::frozen);
    for (const Life life : {Life::suspended, Life::cached}) {
      for (const std::size_t number : those(life)) asleep.push_back(number);
    }
    if (!asleep.empty()) wake(dice_.oneOf(asleep));
  }

  void write(std::size_t number) {
    Tab& tab = *tabs_[number];
    tab.setClock(clock());
    const std::uint64_t count = dice_.chance(0.7) ? 1 : scene_.writesMax;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto place = static_cast<std::size_t>(dice_.below(tab.keys().size()));
      if (tab.keys()[place].plan.use == Use::pair || dice_.chance(0.05)) {
        writePair(tab);
      } else if (tab.keys()[place].plan.strategy != StrategyKind::lastWriteWins) {
        tab.writeByStrategy(place, ++values_);
      } else {
        tab.write(place, anyValue());
      }
    }
    afterTask(number);
  }

  // Both keys of the pair, and now and then something in another space with them.
  void writePair(Tab& tab) {
    std::vector<std::pair<std::size_t, Value>> writes;
    const Value value = anyValue();
    for (const KeyPlan& plan : sharedKeys()) {
      if (plan.use == Use::pair) openKey(tab.number(), plan);
    }
    for (std::size_t place = 0; place < tab.keys().size(); ++place) {
      const Use use = tab.keys()[place].plan.use;
      if (use == Use::pair) writes.emplace_back(place, value);
      if (use == Use::own && dice_.chance(0.2)) writes.emplace_back(place, anyValue());
    }
    tab.writeTogether(writes);
  }

  // No two written values are equal, but that there may be none.
  Value anyValue() {
    const double n = static_cast<double>(++values_);
    switch (dice_.below(8)) {
      case 0:
        return Value();
      case 1:
      case 2:
        return Value::json("\"Ada " + std::to_string(values_) + "\"");
      case 3:
        return Value::json("{\"apples\":" + std::to_string(values_) + "}");
      default:
        return Value::number(dice_.chance(0.2) ? n + 0.5 : n);
    }
  }

  // ---- The end

  void heal() {
    tell(0, "healing");
    isHealing_ = true;
    channel_.heal();
    for (const Life life : {Life::frozen, Life::suspended, Life::cached}) {
      for (const std::size_t number : those(life)) {
        if (failure_.empty()) wake(number);
      }
    }
    if (presentCount() == 0) openTab();
    advance(30'000);
    // A last frame that was lost is missed only when another follows.
    if (scene_.loss > 0) {
      for (const std::size_t number : those(Life::running)) {
        if (failure_.empty()) write(number);
      }
    }
    if (failure_.empty()) advance(30'000);
    for (const auto& tab : tabs_) {
      tab->fillDeferred();
      tab->checkMirror();
      if (failure_.empty() && tab->isRunning()) check(*tab);
    }
  }

  // ---- Telling

  void tell(std::size_t number, const char* what) const {
    if (tells_) std::printf("%10.3f tab %zu %s\n", now_, number, what);
  }

  void tell(std::size_t number, const char* what, const Bytes& frame) const {
    static constexpr const char* kNames[] = {"?",    "hello",   "prepare", "promise",
                                             "refuse", "lead",  "welcome", "push",
                                             "records", "event", "bye",    "part"};
    if (!tells_) return;
    std::printf("%10.3f tab %zu %s %s\n", now_, number, what, kNames[frame[6] % 12]);
  }

  Dice dice_;
  Scene scene_;
  Channel channel_;
  LockManager locks_;
  Ledger ledger_;
  Tabs tabs_;
  std::deque<Side> sides_;
  std::vector<bool> foreign_;
  std::vector<std::size_t> owners_;  // Of lock tokens.
  std::vector<Event> events_;  // A heap: the next to happen is in front.
  std::uint64_t orders_ = 0;
  std::uint64_t values_ = 0;
  std::uint64_t calls_ = 0;
  double now_ = 1'700'000'000'000.0;
  double clockOffset_ = 0;
  bool isHealing_ = false;
  bool hasLostTabs_ = false;
  bool tells_;
  std::string failure_;
};

}  // namespace danji::sim
