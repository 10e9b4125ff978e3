// Device, its steps: what is drawn, the tasks of its pages and what they write.

#include <cmath>

#include "tests/sim/device.h"

namespace danji::sim {

void Device::act() {
  if (stage_->scene.hasDisk && stage_->scene.powerFails && stage_->diskDice.chance(0.01)) {
    losePower();
  }
  if (stage_->scene.revokes && stage_->contractDice.chance(0.02)) {
    backend_->bar(number_, stage_->contractDice.chance(0.5));
  }
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

void Device::heal() {
  channel_.heal();
  isOffline_ = false;
  for (const Life life : {Life::frozen, Life::suspended, Life::cached}) {
    for (const std::size_t number : those(life)) {
      if (!stage_->isOver()) wake(number);
    }
  }
  if (presentCount() == 0) openTab();
}

void Device::writeInAll() {
  for (const std::size_t number : those(Life::running)) {
    if (!stage_->isOver()) write(number);
  }
}

void Device::checkAll() {
  for (const auto& tab : tabs_) {
    tab->fillDeferred();
    tab->checkMirror();
    if (tab->isRunning()) check(*tab);
  }
}

void Device::task(std::size_t number, const std::function<void(Engine&)>& work) {
  Tab& tab = *tabs_[number];
  tab.setClock(clock());
  tab.task(work);
  afterTask(number);
}

void Device::afterTask(std::size_t number) {
  Tab& tab = *tabs_[number];
  check(tab);
  noteLeader(number);
  carryOutWishes(number);
  connectAsWanted(number);
  serveStorage(number);
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

void Device::noteLeader(std::size_t number) {
  const bool leads = tabs_[number]->engine().peer().role() == Role::leading;
  if (leads && leader_ != number) stage_->report->note(Happening::leaderChanged);
  if (leads) leader_ = number;
}

void Device::check(const Tab& tab) {
  if (stage_->isOver()) return;
  stage_->fail(tab.complaint());
  stage_->fail(ledger_->note(tab, number_));
  stage_->fail(checkPair(tab));
}

void Device::setTimer(std::size_t number) {
  Side& side = sides_[number];
  const Engine& engine = tabs_[number]->engine();
  const double deadline = std::min({engine.peer().deadline(), engine.uplink().deadline(),
                                    engine.storage().deadline()});
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
        core.storage().tick();
      });
    });
  });
}

std::vector<std::size_t> Device::those(Life life) const {
  std::vector<std::size_t> found;
  for (std::size_t number = 0; number < tabs_.size(); ++number) {
    if (tabs_[number]->life == life) found.push_back(number);
  }
  return found;
}

std::size_t Device::presentCount() const {
  std::size_t count = 0;
  for (const auto& tab : tabs_) count += tab->life == Life::gone ? 0 : 1;
  return count;
}

void Device::jump() {
  stage_->report->note(Happening::clockJump);
  clockOffset_ += std::floor(stage_->dice.upTo(20'000)) - 10'000;
}

void Device::harmNetwork() {
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

void Device::harm(std::size_t number) {
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

void Device::wakeSomeone() {
  std::vector<std::size_t> asleep = those(Life::frozen);
  for (const Life life : {Life::suspended, Life::cached}) {
    for (const std::size_t number : those(life)) asleep.push_back(number);
  }
  if (!asleep.empty()) wake(stage_->dice.oneOf(asleep));
}

void Device::write(std::size_t number) {
  Tab& tab = *tabs_[number];
  tab.setClock(clock());
  const std::uint64_t count = stage_->dice.chance(0.7) ? 1 : stage_->scene.writesMax;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto place = static_cast<std::size_t>(stage_->dice.below(tab.keys().size()));
    if (tab.keys()[place].plan.use == Use::pair || stage_->dice.chance(0.05)) {
      writePair(number);
    } else if (tab.keys()[place].plan.use == Use::form) {
      tab.write(place, formOf(tab.release, std::to_string(++stage_->values)));
    } else if (tab.keys()[place].plan.strategy != StrategyKind::lastWriteWins) {
      const bool isDecided = tab.writeByStrategy(place, ++stage_->values);
      checkFirst(tab.keys()[place], isDecided);
    } else {
      tab.write(place, anyValue());
    }
  }
  tell(number, "writes");
  afterTask(number);
}

// Both keys of the pair, and now and then something in another space with them.
void Device::writePair(std::size_t number) {
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
Value Device::anyValue() {
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

}  // namespace danji::sim
