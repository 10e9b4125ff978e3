#include "core/space/space.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/sort.h"
#include "core/strategy/strategy.h"

namespace danji {
namespace {

bool isBefore(const FloorState& a, const FloorState& b) {
  return a.session != b.session ? a.session < b.session : a.sequence < b.sequence;
}

}  // namespace

Space::Space(Address address, Names& sessions, Names& units, Definitions& definitions)
    : address_(std::move(address)),
      sessions_(&sessions),
      units_(&units),
      definitions_(&definitions) {}

EntryId Space::entryOf(std::string_view key) {
  // Who names many keys names them in their order: the next one is right behind the last.
  auto place = ids_.end();
  bool isNext = false;
  if (last_ && (*last_)->first < key) {
    place = std::next(*last_);
    isNext = place == ids_.end() || key <= place->first;
  }
  if (!isNext) place = ids_.lower_bound(key);
  if (place == ids_.end() || place->first != key) {
    const auto id = static_cast<EntryId>(entries_.size());
    entries_.emplace_back().key = std::string(key);
    place = ids_.emplace_hint(place, entries_.back().key, id);
  }
  last_ = place;
  return place->second;
}

bool Space::fold(const Record& record) {
  ++index_;
  lastStamp_ = std::max(lastStamp_, record.stamp);
  const std::uint64_t floor = floorOf(record.op.id.session);
  if (record.accepted() || !mutation::isRemoved(mutation::Rule::rejectionMovesFloor)) {
    raiseFloor(record.op.id);
  }
  if (!record.accepted()) {
    rejections_.push_back({.index = index_,
                           .op = record.op.id,
                           .span = std::max<std::uint64_t>(record.op.id.sequence - floor, 1),
                           .code = record.decision});
    if (rejections_.size() > kRejectionsKept) rejections_.pop_front();
    return false;
  }
  const Decided decided{.index = index_,
                        .stamp = record.stamp,
                        .id = record.op.id,
                        .unit = record.op.unit};
  bool changed = false;
  for (const Change& change : record.op.changes) {
    if (change.kind != ChangeKind::define && mutation::dropsSet(index_)) continue;
    if (changed && mutation::isRemoved(mutation::Rule::batchIsWhole)) break;
    changed = foldChange(entries_[change.entry], change, decided) || changed;
  }
  return changed;
}

ErrorCode Space::rejectionOf(OpId op) const {
  if (mutation::isRemoved(mutation::Rule::rejectionsInState)) return ErrorCode::ok;
  const auto found = std::find_if(rejections_.rbegin(), rejections_.rend(),
                                  [&](const Rejection& one) {
                                    return one.op.session == op.session &&
                                           one.op.sequence >= op.sequence &&
                                           one.op.sequence - one.span < op.sequence;
                                  });
  return found == rejections_.rend() ? ErrorCode::ok : found->code;
}

Included Space::acceptedIn(const SpaceState& log) const {
  Included accepted;
  for (const FloorState& floor : log.floors) {
    const NameId session = sessions_->intern(floor.session);
    // From the last number down: where a refusal begins and ends, the numbers change sides.
    std::uint64_t end = floor.sequence;
    for (auto one = log.rejections.rbegin(); one != log.rejections.rend(); ++one) {
      if (one->session != floor.session || one->sequence > end) continue;
      if (one->code == ErrorCode::storage) continue;  // Accepted, and partly on the disk.
      if (one->sequence < end) {
        accepted.push_back({.session = session, .sequence = end});
        accepted.push_back({.session = session, .sequence = one->sequence});
      }
      end = one->sequence - one->span;
    }
    if (end > 0) accepted.push_back({.session = session, .sequence = end});
  }
  return joined(accepted, {});
}

PartState Space::stateOf(const Part& part) const {
  return {.path = part.path,
          .value = part.value,
          .stamp = part.stamp,
          .version = part.version,
          .sequence = part.id.sequence,
          .session = sessions_->text(part.id.session),
          .unit = units_->text(part.unit)};
}

EntryState Space::stateOf(const Entry& entry) const {
  EntryState state{.key = entry.key,
                   .definition = entry.known->definition,
                   .contract = entry.known->contract,
                   .value = entry.value,
                   .stamp = entry.stamp,
                   .version = entry.version,
                   .sequence = entry.sequence,
                   .session = entry.isWritten() ? sessions_->text(entry.session) : "",
                   .unit = entry.isWritten() ? units_->text(entry.unit) : "",
                   .incarnation = entry.incarnation,
                   .parts = {},
                   .included = {}};
  for (const Part& part : entry.parts) state.parts.push_back(stateOf(part));
  for (const OpId dot : entry.included) {
    state.included.push_back({sessions_->text(dot.session), dot.sequence});
  }
  sort(state.included, isBefore);
  return state;
}

SpaceState Space::state() const {
  SpaceState state = stateWith({});
  state.entries.reserve(entries_.size());
  for (const auto& [key, id] : ids_) {  // In the order that a state has.
    if (entries_[id].isDefined()) state.entries.push_back(stateOf(entries_[id]));
  }
  return state;
}

SpaceState Space::stateWith(const std::vector<EntryId>& entries) const {
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
  sort(state.floors, isBefore);

  for (const Rejection& rejection : rejections_) {
    state.rejections.push_back({.index = rejection.index,
                                .session = sessions_->text(rejection.op.session),
                                .sequence = rejection.op.sequence,
                                .span = rejection.span,
                                .code = rejection.code});
  }
  for (const EntryId id : entries) {
    // A key that somebody named, but nobody ever defined.
    if (entries_[id].isDefined()) state.entries.push_back(stateOf(entries_[id]));
  }
  sort(state.entries, [](const auto& a, const auto& b) { return a.key < b.key; });
  return state;
}

Entry Space::entryFrom(const EntryState& from) const {
  Entry entry{.key = from.key};
  EntryState copy = from;
  become(entry, copy);
  return entry;
}

// Everything but its key, which stays where it is: ids_ looks at it.
void Space::become(Entry& entry, EntryState& from) const {
  entry.value = std::move(from.value);
  entry.stamp = from.stamp;
  entry.version = from.version;
  entry.sequence = from.sequence;
  entry.session = from.version > 0 ? sessions_->intern(from.session) : 0;
  entry.unit = from.version > 0 ? units_->intern(from.unit) : 0;
  entry.known = definitions_->learn(from.definition, from.contract);
  entry.incarnation = from.incarnation;
  for (PartState& part : from.parts) {
    entry.parts.push_back({.path = std::move(part.path),
                           .value = std::move(part.value),
                           .stamp = part.stamp,
                           .version = part.version,
                           .id = {.session = sessions_->intern(part.session),
                                  .sequence = part.sequence},
                           .unit = units_->intern(part.unit)});
  }
  for (const FloorState& dot : from.included) {
    entry.included.push_back({sessions_->intern(dot.session), dot.sequence});
  }
}

// Of keys that come in their order: where the next one is, or belongs, is known from the last.
EntryId Space::entryAt(Ids::iterator& place, const std::string& key) {
  while (place != ids_.end() && place->first < key) ++place;
  if (place == ids_.end() || place->first != key) {
    const auto id = static_cast<EntryId>(entries_.size());
    entries_.emplace_back().key = key;
    place = ids_.emplace_hint(place, entries_.back().key, id);
  }
  return place->second;
}

void Space::adopt(SpaceState state) {
  ++revision_;
  epoch_ = state.epoch;
  index_ = state.index;
  lastStamp_ = state.lastStamp;
  std::fill(floors_.begin(), floors_.end(), 0);
  for (const auto& floor : state.floors) {
    raiseFloor({.session = sessions_->intern(floor.session), .sequence = floor.sequence});
  }
  rejections_.clear();
  for (const RejectionState& rejection : state.rejections) {
    rejections_.push_back({.index = rejection.index,
                           .op = {.session = sessions_->intern(rejection.session),
                                  .sequence = rejection.sequence},
                           .span = rejection.span,
                           .code = rejection.code});
  }
  for (Entry& entry : entries_) {
    std::string key = std::move(entry.key);
    entry = Entry();
    entry.key = std::move(key);
  }
  auto place = ids_.begin();
  for (EntryState& from : state.entries) {
    become(entries_[entryAt(place, from.key)], from);
  }
}

}  // namespace danji
