// Device, its disk: carries what the cores want to read and to write, late, and not always.

#include "tests/sim/device.h"

namespace danji::sim {

double Device::diskDelay() { return stage_->diskDice.upTo(stage_->scene.storageDelayMax); }

bool Device::diskFails() {
  const bool fails = !stage_->isHealing && stage_->scene.diskFails && stage_->diskDice.chance(0.15);
  if (fails) stage_->report->note(Happening::diskFailed);
  return fails;
}

void Device::serveStorage(std::size_t number) {
  Tab& tab = *tabs_[number];
  const bool isAwake = tab.life == Life::running || tab.life == Life::opening;
  if (!stage_->scene.hasDisk || !isAwake) return;
  if (!tab.engine().storage().mayWant()) return;
  tab.fillDeferred();
  tab.engine().storage().asked();
  if (std::optional<RowRange> range = tab.engine().storage().takeReading()) {
    sides_[number].isReading = true;
    tell(number, ("reads " + range->from).c_str());
    at(now() + diskDelay(), [this, number, range = *range, life = sides_[number].diskLife] {
      const bool fails = diskFails();
      std::vector<Row> rows = fails ? std::vector<Row>() : disk_.read(range);
      if (!rows.empty()) stage_->report->note(Happening::diskRead);
      answerStorage(number, life, [this, number, fails, rows = std::move(rows)](Engine& core) {
        sides_[number].isReading = false;
        tell(number, fails ? "cannot read" : "has read");
        core.storage().rowsRead(fails ? ErrorCode::storage : ErrorCode::ok, rows);
      });
    });
  }
  if (std::optional<Commit> commit = tab.engine().storage().takeCommit()) {
    sides_[number].isWriting = true;
    std::string keys = "writes";
    for (const Row& row : commit->put) keys += " " + row.key;
    for (const std::string& key : commit->remove) keys += " -" + key;
    tell(number, keys.c_str());
    const std::uint64_t power = power_;
    at(now() + diskDelay(), [this, number, power, commit = *commit,
                             life = sides_[number].diskLife] {
      // What a page that is gone had begun to write may be written or not.
      const bool isGone = tabs_[number]->life == Life::gone;
      if (power != power_ || (isGone && stage_->diskDice.chance(0.5))) return;
      const ErrorCode code = diskFails() ? stage_->diskDice.chance(0.5) ? ErrorCode::quota
                                                                        : ErrorCode::storage
                                         : disk_.commit(commit);
      if (code == ErrorCode::ok) stage_->report->note(Happening::diskWritten);
      if (code == ErrorCode::stale) stage_->report->note(Happening::writerFenced);
      answerStorage(number, life, [this, number, code](Engine& core) {
        sides_[number].isWriting = false;
        tell(number, code == ErrorCode::ok ? "has written" : errorName(code));
        core.storage().committed(code);
      });
    });
  }
}

void Device::answerStorage(std::size_t number, std::uint64_t life,
                           std::function<void(Engine&)> answer) {
  at(now() + diskDelay(), [this, number, life, answer = std::move(answer)] {
    deliver(number, Source::page, [this, number, life, answer] {
      if (sides_[number].diskLife == life) task(number, answer);
    });
  });
}

// A page that was in the cache hears nothing of what it had asked for.
void Device::forgetStorage(std::size_t number) {
  Side& side = sides_[number];
  ++side.diskLife;
  const bool wasReading = std::exchange(side.isReading, false);
  const bool wasWriting = std::exchange(side.isWriting, false);
  if (!wasReading && !wasWriting) return;
  task(number, [&](Engine& core) {
    if (wasReading) core.storage().rowsRead(ErrorCode::storage, {});
    if (wasWriting) core.storage().committed(ErrorCode::storage);
  });
}

// All pages are gone at once, and with them what the disk had only promised to write.
void Device::losePower() {
  stage_->report->note(Happening::powerLost);
  stage_->tell("device", "loses its power");
  for (std::size_t number = 0; number < tabs_.size(); ++number) {
    if (tabs_[number]->life != Life::gone) crash(number);
    tabs_[number]->forgetStored();
  }
  ++power_;
  disk_.rollBack(static_cast<std::size_t>(stage_->diskDice.below(6)));
}

// What lasts is on the disk as the one who decides has it, and nothing waits there any more.
std::string Device::checkDisk() const {
  if (!stage_->scene.hasDisk) return {};
  for (const auto& tab : tabs_) {
    if (!tab->isRunning() || tab->engine().peer().role() != Role::leading) continue;
    for (SpaceId id = 0; id < tab->engine().spaceCount(); ++id) {
      const Replica& replica = tab->engine().replicaAt(id);
      if (!replica.isShared() || !replica.isLasting()) continue;
      const std::string fault = checkStored(replica);
      if (!fault.empty()) return fault;
    }
    if (tab->engine().storage().damagedRows() > 0) return "a row on the disk is damaged";
  }
  if (const std::string fault = checkSaved(); !fault.empty()) return fault;
  for (const Row& row : disk_.read(outboxRange())) {
    if (!mayStay(row)) return "the outbox still has " + row.key;
  }
  return {};
}

// Whatever pages were told that the disk has, it has, also of pages that are gone.
std::string Device::checkSaved() const {
  std::map<std::pair<std::string, std::string>, double> amounts;
  for (const auto& tab : tabs_) {
    for (const OpenKey& key : tab->keys()) {
      if (!stage_->scene.isLasting(key.plan) || tab->isAtServer(key.space)) continue;
      amounts[{key.plan.address, key.plan.key}] += key.saved.amount();
      if (key.plan.use != Use::own || key.saved.allows(textOf(onDisk(key.plan)))) continue;
      return "the disk has " + textOf(onDisk(key.plan)) + " of '" + key.plan.key +
             "', which tab " + std::to_string(tab->number()) + " had saved anew";
    }
  }
  for (const auto& [place, amount] : amounts) {
    if (amount == 0) continue;
    const Value sum = onDisk({.key = place.second, .address = place.first});
    if (amount > (sum.isSet() ? sum.number() : 0)) {
      return "the disk has " + textOf(sum) + " of '" + place.second + "', of which " +
             std::to_string(amount) + " was saved";
    }
  }
  return {};
}

// Who decides knows what the disk has: nobody is told that his value is the first where another
// one is. A page that slept may not know yet that somebody else decides.
void Device::checkFirst(const OpenKey& key, bool isDecided) {
  const Scene& scene = stage_->scene;
  const bool isFirst = key.plan.strategy == StrategyKind::firstWriteWins;
  if (!isFirst || !scene.isLasting(key.plan) || scene.diskFails) return;
  if (!key.mirror.isSet()) free_.insert(key.plan.key);
  if (scene.freezes || scene.suspends || scene.caches || free_.count(key.plan.key) != 0) return;
  const Value before = isDecided ? onDisk(key.plan) : Value();
  if (!before.isSet() || before == key.mirror) return;
  stage_->fail("'" + key.plan.key + "' was decided as " + textOf(key.mirror) +
               ", and the disk has " + textOf(before));
}

Value Device::onDisk(const KeyPlan& plan) const {
  StoredSpace stored;
  for (const Row& row : disk_.read(spaceRange(plan.address))) stored.add(plan.address, row);
  for (const EntryState& entry : stored.state().entries) {
    if (entry.key == plan.key) return entry.value;
  }
  return Value();
}

// The row of an op that is decided, when its author died before it could take the row away: the
// next tab that decides will.
bool Device::mayStay(const Row& row) const {
  const OutboxRow op = readOutboxRow(row.bytes).value();
  const std::string& author = op.tables.sessions[op.section.ops.front().session];
  for (const auto& tab : tabs_) {
    if (!tab->isRunning()) continue;
    if (tab->session() == author) return false;
    for (SpaceId id = 0; id < tab->engine().spaceCount(); ++id) {
      const Space& space = tab->engine().replicaAt(id).space();
      if (space.address().text != op.section.address) continue;
      const SpaceState state = space.state();
      const bool isDecided =
          std::any_of(state.floors.begin(), state.floors.end(), [&](const FloorState& floor) {
            return floor.session == author && floor.sequence >= op.section.ops.front().sequence;
          });
      if (!isDecided) return false;
    }
  }
  return true;
}

std::string Device::checkStored(const Replica& replica) const {
  const std::string& address = replica.space().address().text;
  StoredSpace stored;
  for (const Row& row : disk_.read(spaceRange(address))) stored.add(address, row);
  SpaceState onDisk = stored.state();
  SpaceState live = replica.space().state();
  const bool isServers = replica.isIn(Plane::server);
  if (isServers && live.index > 0 && onDisk.index != live.index) {
    return address + " is at " + std::to_string(live.index) + ", on the disk at " +
           std::to_string(onDisk.index);
  }
  const auto isBrief = [&](const EntryState& entry) {
    return !isServers && entry.contract.lifetime != Lifetime::persistent;
  };
  std::erase_if(live.entries, isBrief);
  if (onDisk.entries.size() != live.entries.size()) {
    return address + " has " + std::to_string(live.entries.size()) + " lasting entries, the disk " +
           std::to_string(onDisk.entries.size());
  }
  for (std::size_t i = 0; i < live.entries.size(); ++i) {
    const EntryState& a = live.entries[i];
    const EntryState& b = onDisk.entries[i];
    const bool isSame = a.key == b.key && a.value == b.value && a.version == b.version &&
                        a.stamp == b.stamp && a.parts.size() == b.parts.size();
    if (isSame) continue;
    return address + ": of '" + a.key + "' the disk has " + textOf(b.value) + " of " +
           std::to_string(b.version) + ", not " + textOf(a.value) + " of " +
           std::to_string(a.version);
  }
  return {};
}

}  // namespace danji::sim
