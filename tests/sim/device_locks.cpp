// Device, its lock manager: what pages ask of it and hear from it, in order and late.

#include "tests/sim/device.h"

namespace danji::sim {

void Device::carryOutWishes(std::size_t number) {
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

LockManager::Token Device::newToken(std::size_t number) {
  owners_.push_back(number);
  return owners_.size();
}

void Device::releaseLock(std::size_t number) {
  const LockManager::Token token = std::exchange(sides_[number].token, 0);
  if (token != 0) command(number, [this, token] { announce(locks_.release(token)); });
}

// From a page to the lock manager and back, in order, late.
void Device::command(std::size_t number, std::function<void()> work) {
  double& due = sides_[number].lockCommandDue;
  due = std::max(due + 1e-4, now() + stage_->dice.upTo(lockDelay()));
  at(due, std::move(work));
}

void Device::notice(std::size_t number, std::function<void()> work) {
  double& due = sides_[number].lockNoticeDue;
  due = std::max(due + 1e-4, now() + stage_->dice.upTo(lockDelay()));
  at(due, [this, number, work = std::move(work)] { deliver(number, Source::locks, work); });
}

double Device::lockDelay() const {
  const double most = stage_->scene.lockDelayMax;
  return stage_->isHealing ? std::min(20.0, most) : most;
}

void Device::announce(const std::vector<LockManager::Notice>& notices) {
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

}  // namespace danji::sim
