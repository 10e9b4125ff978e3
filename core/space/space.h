// Space: the confirmed state of one place: entries, session floors, index and log epoch.
//
// A space changes in three ways only: fold() applies the next decided record, decideOwn() is
// the same for one write of this realm's own session where no record is wanted, and adopt()
// replaces everything by a state that another replica encoded. Indexes never go back within
// a log epoch. Equal logs give equal states, to the byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/mutation.h"
#include "core/base/names.h"
#include "core/entry/address.h"
#include "core/entry/definitions.h"
#include "core/entry/entry.h"
#include "core/entry/state.h"

namespace danji {

class Space {
 public:
  Space(Address address, Names& sessions, Names& units, Definitions& definitions);

  const Address& address() const { return address_; }
  std::uint64_t epoch() const { return epoch_; }
  std::uint64_t index() const { return index_; }
  // Grows with whatever changes an entry without a new index.
  std::uint64_t revision() const { return revision_; }
  Stamp lastStamp() const { return lastStamp_; }

  // The place of a key in the entry table; a key gets one when it is first named.
  EntryId entryOf(std::string_view key);
  const Entry& entry(EntryId id) const { return entries_[id]; }
  // Null when the key was never named.
  const Entry* find(std::string_view key) const {
    const auto found = ids_.find(key);
    return found == ids_.end() ? nullptr : &entries_[found->second];
  }
  std::size_t entryCount() const { return entries_.size(); }

  const std::vector<std::uint64_t>& floors() const { return floors_; }  // By session.
  // How far the session's ops are decided here.
  std::uint64_t floorOf(NameId session) const {
    return session < floors_.size() ? floors_[session] : 0;
  }

  // Why an op was refused here; ok when it was not, or too long ago to be remembered.
  ErrorCode rejectionOf(OpId op) const;

  // The ops that a log accepted, as what is brought back from it includes them.
  Included acceptedIn(const SpaceState& log) const;

  // Starts a log (or, after a takeover, a new incarnation of it).
  void beginEpoch(std::uint64_t epoch) {
    if (epoch != epoch_) left_ = {.epoch = epoch_, .index = index_};
    epoch_ = epoch;
  }
  // It has been further in the log that it is in, before it called it something else.
  bool hasBeenFurther() const { return left_.epoch == epoch_ && left_.index > index_; }

  // Applies the record at index() + 1. True when it changed an entry.
  bool fold(const Record& record);

  // One write by this realm's own session, decided on the spot. The caller sets the value
  // (null: a mutation swallows it).
  // Inline: it is the whole of the hot path.
  Value* decideOwn(EntryId id, OpId op, NameId unit, double nowMillis) {
    beginOwn(op, nowMillis);
    return signOwn(id, op, unit);
  }
  // The same for an op of several writes: begun once, then signed for each of them.
  void beginOwn(OpId op, double nowMillis) {
    ++index_;
    lastStamp_ = std::max(lastStamp_.next(), Stamp::atMillis(nowMillis));
    raiseFloor(op);
  }
  Value* signOwn(EntryId id, OpId op, NameId unit) {
    if (mutation::dropsSet(index_)) return nullptr;
    Entry& entry = entries_[id];
    entry.stamp = lastStamp_;
    entry.version = index_;
    entry.sequence = op.sequence;
    entry.session = op.session;
    entry.unit = unit;
    return &entry.value;
  }

  // The text of a value that was deferred.
  void fill(EntryId id, Value value) {
    ++revision_;
    entries_[id].value = std::move(value);
  }

  SpaceState state() const;
  // The same with these entries only; those that nobody defined are left out.
  SpaceState stateWith(const std::vector<EntryId>& entries) const;
  void adopt(SpaceState state);
  // An entry as another replica told of it.
  Entry entryFrom(const EntryState& from) const;

 private:
  friend struct Inside;  // Tests compare all of it (tests/scope/inside.h).
  PartState stateOf(const Part& part) const;
  EntryState stateOf(const Entry& entry) const;
  void raiseFloor(OpId op) {
    if (op.session >= floors_.size()) floors_.resize(op.session + 1, 0);
    floors_[op.session] = std::max(floors_[op.session], op.sequence);
  }

  using Ids = std::map<std::string_view, EntryId>;
  void become(Entry& entry, EntryState& from) const;
  EntryId entryAt(Ids::iterator& place, const std::string& key);

  Address address_;
  Names* sessions_;
  Names* units_;
  Definitions* definitions_;
  std::uint64_t epoch_ = 0;
  struct Place {
    std::uint64_t epoch = 0;
    std::uint64_t index = 0;
  };
  Place left_;  // Where its log got the name that it has.
  std::uint64_t index_ = 0;
  std::uint64_t revision_ = 0;
  Stamp lastStamp_;
  std::vector<std::uint64_t> floors_;  // By session.
  struct Rejection {
    std::uint64_t index = 0;
    OpId op;
    std::uint64_t span = 1;
    ErrorCode code = ErrorCode::ok;
  };
  std::deque<Rejection> rejections_;
  std::deque<Entry> entries_;          // Never moves: the views in ids_ stay valid.
  Ids ids_;
  std::optional<Ids::iterator> last_;  // Of entryOf(): an element, so that it moves along.
};

}  // namespace danji
