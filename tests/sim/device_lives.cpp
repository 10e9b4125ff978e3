// Device, the lives of its pages: they open, sleep, wake and end.

#include "tests/sim/device.h"

namespace danji::sim {

void Device::openTabAs(std::uint64_t seed) {
  const std::size_t number = tabs_.size();
  const std::size_t name = stage_->tabs++;
  Scene& scene = stage_->scene;
  tabs_.push_back(std::make_unique<Tab>(name, seed, scene, stage_->history, *stage_->report));
  sides_.emplace_back();
  tell(number, "opens");
  stage_->report->note(Happening::tabOpened);
  Tab& tab = *tabs_[number];
  stage_->history.devices[tab.session()] = number_;
  if (scene.upgrades && stage_->contractDice.chance(0.4)) tab.release = 2;
  const bool isForeign = scene.clashes && stage_->dice.chance(0.4);
  if (isForeign) stage_->report->note(Happening::disputedKey);
  foreign_.push_back(isForeign);
  tab.setClock(clock());
  tab.task([](Engine& core) { core.peer().join(); });
  openKeys(number, ownKeys(name, false), 1);
  openKeys(number, sharedKeys(), 0.5);
  if (scene.upgrades) openKeys(number, formKeys(false), 0.8);
  if (scene.strategies) {
    openKeys(number, talliesOf(name, false), 1);
    openKeys(number, strategyKeys(), 0.6);
  }
  if (scene.hasServer) {
    openKeys(number, ownKeys(name, true), 1);
    openKeys(number, serverKeys(), 0.6);
    if (scene.strategies) openKeys(number, talliesOf(name, true), 1);
    if (scene.upgrades) openKeys(number, formKeys(true), 0.8);
    if (scene.revokes) openKeys(number, guardedKeys(), 0.6);
  }
  enter(number);
  afterTask(number);
}

// Both keys of a pair, or none.
void Device::openKeys(std::size_t number, const std::vector<KeyPlan>& plans, double chance) {
  const bool opensPair = stage_->dice.chance(chance);
  for (const KeyPlan& plan : plans) {
    const bool opens = plan.use == Use::pair ? opensPair : stage_->dice.chance(chance);
    const bool isPlayed = stage_->scene.strategies ||
                          plan.strategy == StrategyKind::lastWriteWins;
    if (opens && isPlayed) openKey(number, plan);
  }
}

void Device::openAnother(std::size_t number) {
  const bool atServer = stage_->scene.hasServer && stage_->dice.chance(0.5);
  const std::vector<KeyPlan>& plans = atServer ? serverKeys() : sharedKeys();
  const KeyPlan& plan = stage_->dice.oneOf(plans);
  const bool isPlayed = stage_->scene.strategies ||
                        plan.strategy == StrategyKind::lastWriteWins;
  if (plan.use != Use::pair && isPlayed) openKey(number, plan);
  afterTask(number);
}

void Device::openKey(std::size_t number, const KeyPlan& plan) {
  Tab& tab = *tabs_[number];
  tab.setClock(clock());
  tab.fillDeferred();
  tab.open(plan, foreign_[number] && plan.key == kDisputedKey);
}

// First the session lock, then the channel: whoever hears of others can be asked by them.
void Device::enter(std::size_t number) {
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

void Device::crash(std::size_t number) {
  tell(number, "crashes");
  stage_->report->note(Happening::tabCrashed);
  tabs_[number]->life = Life::gone;
  stage_->someoneDied = true;
  endOf(number);
}

void Device::close(std::size_t number) {
  tell(number, "closes");
  stage_->report->note(Happening::tabClosed);
  flush(number);
  task(number, [](Engine& core) { core.peer().leave(); });
  flush(number);
  tabs_[number]->life = Life::gone;
  stage_->someoneDied = true;
  endOf(number);
}

void Device::endOf(std::size_t number) {
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

void Device::freeze(std::size_t number) {
  tell(number, "freezes");
  stage_->report->note(Happening::tabFrozen);
  tabs_[number]->life = Life::frozen;
}

void Device::suspend(std::size_t number) {
  tell(number, "is suspended");
  stage_->report->note(Happening::tabSuspended);
  task(number, [](Engine& core) { core.peer().suspend(); });
  flush(number);
  tabs_[number]->life = Life::suspended;
}

void Device::cache(std::size_t number) {
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

void Device::wake(std::size_t number) {
  tell(number, "wakes");
  stage_->report->note(Happening::tabWoke);
  Tab& tab = *tabs_[number];
  const Life life = tab.life;
  if (life == Life::cached) {
    tab.life = Life::opening;
    enter(number);
    forgetStorage(number);
    task(number, [](Engine& core) { core.peer().resume(); });
    return;
  }
  tab.life = Life::running;
  const bool resumesFirst = stage_->dice.chance(0.5);
  const auto resume = [](Engine& core) { core.peer().resume(); };
  if (life == Life::suspended && resumesFirst) task(number, resume);
  catchUp(number);
  if (life == Life::suspended && !resumesFirst) task(number, resume);
  setTimer(number);
}

// What waited is done now: frames in their order, notices of locks in theirs.
void Device::catchUp(std::size_t number) {
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

}  // namespace danji::sim
