// Overlay: the ops of one space that nobody has decided yet, and what they show.
//
// visible(entry) = confirmed, then other sessions' pending ops as they came, then this
// session's own in order of their calls. Dropping an op is the whole of a rollback.
//
// A hidden op is pending like any other and shows nothing. A held write is shown, but has no
// number yet and nobody is told of it: its author waits for a word from elsewhere, and the
// numbers of a session must have no gaps. Later own ops lie above it and don't wait for it; what
// they write is no longer the held one's to say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/entry/entry.h"
#include "core/replica/held.h"

namespace danji {

class Overlay {
 public:
  struct Pending {
    Op op;  // Of a held one the sequence is that of the own op before it.
    bool isOwn = false;
    bool posted = false;        // Nobody needs to be told of it (again) for now.
    std::uint32_t sentVia = 0;  // The attempt of the uplink that sent it last (uplink.h).
    std::uint32_t sends = 0;    // So often was it sent to whoever decides.
    double sentMillis = 0;      // When the uplink sent it last.
    std::uint64_t arrival = 0;  // Others': the order in which they came, and are shown if
                                // they were made in the same millisecond.
    double arrivedMillis = 0;
    double shownMillis = 0;     // What was made later, as far as this tab knows, is shown above.
    HoldId hold = 0;  // 0: it has a number.
  };
  using Session = std::map<std::uint64_t, Pending>;  // By sequence.

  // False when that op is here already. Another session's void closes only numbers whose ops
  // are not here: whoever made it had not seen those, and what is known is never given up. One
  // that withdraws takes the place of the op that it means.
  bool add(Op op, bool isOwn, double nowMillis);
  // The op, if it was pending.
  std::optional<Op> remove(OpId id);
  // All moments are so much later than the clock tells now.
  void clockWentBack(double byMillis);

  const std::map<NameId, Session>& sessions() const { return sessions_; }
  std::map<NameId, Session>& sessions() { return sessions_; }
  // The op whose turn it is when the session's ops are decided up to `floor`; null: none's. Of
  // voids that overlap it may be a later one.
  const Op* nextOf(NameId session, std::uint64_t floor) const;
  const Pending* find(OpId id) const;  // Null: it is not here.
  const Session* of(NameId session) const;
  Session* of(NameId session);

  // Shows an op of one change that has no number. `held` says what was seen when it was made.
  void hold(HoldId id, Op op, Held held);
  struct HeldOp {
    Pending pending;
    Held held;
  };
  const std::map<HoldId, HeldOp>& held() const { return held_; }
  // The op, if it is held.
  std::optional<HeldOp> release(HoldId id);
  // An own op wrote this after some of the held ones were made: they leave it alone.
  void cover(const Change& later, std::uint64_t sequence, StrategyKind strategy);
  // Own ops with new numbers, up to this one, were made before what is held later than `after`.
  void raiseHeld(std::uint64_t sequence, HoldId after = 0);

  // Pending changes of an entry, in the order in which they are applied.
  struct Layer {
    const Pending* pending;
    const Change* change;
  };
  const std::vector<Layer>& layersOf(EntryId entry) const;
  // Grows with whatever happens to layers but that one comes on top of its entry's.
  std::uint64_t reshaped() const { return reshaped_; }
  // Of all that write it, hidden and held ones included.
  std::uint32_t countOf(EntryId entry) const;
  // Whether an own op that changes the entry's value is on its way.
  bool hasOwnWrite(EntryId entry) const;
  // Whether any op that changes the entry's value is on its way.
  bool hasWrite(EntryId entry) const;

  // Of ops that have a number.
  std::size_t size() const { return size_; }
  bool hasVoids() const { return voids_ > 0; }
  // Nothing lies over the confirmed state.
  bool empty() const { return size_ == 0 && held_.empty(); }

 private:
  bool addVoid(const Op& op, double nowMillis);
  bool addWithdrawal(Op op, bool isOwn, double nowMillis);
  bool addStretch(Op op, std::uint64_t after, std::uint64_t end, double nowMillis);
  void cutVoids(OpId known, double nowMillis);
  Pending& place(Op op, bool isOwn, double nowMillis);
  void rank(const Session& session, Pending& pending);
  struct Layers {
    std::vector<Layer> list;
    std::uint32_t writes = 0;  // So many of them.
    std::uint32_t held = 0;    // So many too.
    void sort();
  };
  void addLayers(const Pending& pending);
  void removeLayers(const Pending& pending);

  std::map<NameId, Session> sessions_;
  std::map<HoldId, HeldOp> held_;
  std::unordered_map<EntryId, Layers> layers_;
  std::uint64_t reshaped_ = 0;
  std::size_t size_ = 0;
  std::size_t voids_ = 0;  // So many of them close numbers.
  std::uint64_t arrivals_ = 0;
};

}  // namespace danji
