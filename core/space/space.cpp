#include "core/space/space.h"

#include <algorithm>

#include "core/strategy/strategy.h"

namespace danji {

Space::Space(Address address, Names& sessions, Names& units)
    : address_(std::move(address)), sessions_(&sessions), units_(&units) {}

EntryId Space::entryOf(std::string_view key) {
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  const auto id = static_cast<EntryId>(entries_.size());
  entries_.emplace_back().key = std::string(key);
  ids_.emplace(entries_.back().key, id);
  return id;
}

void Space::fold(const Record& record) {
  ++index_;
  lastStamp_ = std::max(lastStamp_, record.stamp);
  raiseFloor(record.op.id);
  if (!record.accepted()) return;
  const Decided decided{.index = index_,
                        .stamp = record.stamp,
                        .id = record.op.id,
                        .unit = record.op.unit};
  for (const Change& change : record.op.changes) {
    if (change.kind != ChangeKind::define && mutation::dropsSet(index_)) continue;
    foldChange(entries_[change.entry], change, decided);
  }
}

SpaceState Space::state() const {
  SpaceState state{.address = address_.text,
                   .epoch = epoch_,
                   .index = index_,
                   .lastStamp = lastStamp_,
                   .floors = {},
                   .entries = {}};
  for (NameId session = 0; session < floors_.size(); ++session) {
    if (floors_[session] > 0) {
      state.floors.push_back({sessions_->text(session), floors_[session]});
    }
  }
  std::sort(state.floors.begin(), state.floors.end(),
            [](const auto& a, const auto& b) { return a.session < b.session; });

  for (const Entry& entry : entries_) {
    if (!entry.isDefined()) continue;  // A key somebody named, but nobody ever defined.
    state.entries.push_back({.key = entry.key,
                             .definition = entry.definition,
                             .value = entry.value,
                             .stamp = entry.stamp,
                             .version = entry.version,
                             .sequence = entry.sequence,
                             .session = entry.isWritten() ? sessions_->text(entry.session) : "",
                             .unit = entry.isWritten() ? units_->text(entry.unit) : ""});
  }
  std::sort(state.entries.begin(), state.entries.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return state;
}

void Space::adopt(const SpaceState& state) {
  epoch_ = state.epoch;
  index_ = state.index;
  lastStamp_ = state.lastStamp;
  std::fill(floors_.begin(), floors_.end(), 0);
  for (const auto& floor : state.floors) {
    raiseFloor({.session = sessions_->intern(floor.session), .sequence = floor.sequence});
  }
  for (Entry& entry : entries_) {
    std::string key = std::move(entry.key);
    entry = Entry();
    entry.key = std::move(key);
  }
  for (const EntryState& from : state.entries) {
    Entry& entry = entries_[entryOf(from.key)];
    entry.definition = from.definition;
    entry.fingerprint = fingerprintOf(from.definition);
    entry.value = from.value;
    entry.stamp = from.stamp;
    entry.version = from.version;
    entry.sequence = from.sequence;
    entry.session = from.version > 0 ? sessions_->intern(from.session) : 0;
    entry.unit = from.version > 0 ? units_->intern(from.unit) : 0;
  }
}

}  // namespace danji
