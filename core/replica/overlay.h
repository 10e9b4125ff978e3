// Overlay: the ops of one space that nobody has decided yet, and what they show.
//
// visible(entry) = confirmed, then other sessions' pending ops as they came, then this
// session's own in order of their numbers. Dropping an op is the whole of a rollback.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/entry/op.h"

namespace danji {

class Overlay {
 public:
  struct Pending {
    Op op;
    bool isOwn = false;
    bool posted = false;        // Nobody needs to be told of it (again) for now.
    std::uint64_t arrival = 0;  // Others': the order in which they came.
    double arrivedMillis = 0;
  };
  using Session = std::map<std::uint64_t, Pending>;  // By sequence.

  // False when that op is here already.
  bool add(Op op, bool isOwn, double nowMillis);
  // The op, if it was pending.
  std::optional<Op> remove(OpId id);

  const std::map<NameId, Session>& sessions() const { return sessions_; }
  std::map<NameId, Session>& sessions() { return sessions_; }
  const Session* of(NameId session) const;
  Session* of(NameId session);

  // Pending changes of an entry, in the order in which they are applied.
  struct Layer {
    const Pending* pending;
    const Change* change;
  };
  std::vector<Layer> layersOf(EntryId entry) const;
  std::uint32_t countOf(EntryId entry) const;
  // Whether an own op that changes the entry's value is pending.
  bool hasOwnWrite(EntryId entry) const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::map<NameId, Session> sessions_;
  std::unordered_map<EntryId, std::vector<Layer>> layers_;
  std::size_t size_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace danji
