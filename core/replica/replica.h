// Replica: one space as this realm has it: the confirmed state, the pending ops over it, and
// the recent records that other replicas may ask for.
//
// Who decides is not this class's business: apply() takes a record from wherever it was
// decided, adopt() a whole state. A session's numbers are given here, 1, 2, 3 …, and a numbered
// op is never dropped: it is pending until a record or an adopted floor says it is decided.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/replica/history.h"
#include "core/replica/overlay.h"
#include "core/replica/predictions.h"
#include "core/replica/stirred.h"
#include "core/replica/realm.h"
#include "core/space/space.h"

namespace danji {

class Replica {
 public:
  Replica(SpaceId id, Address address, Realm& realm);

  SpaceId id() const { return id_; }
  Space& space() { return space_; }
  const Space& space() const { return space_; }
  Overlay& overlay() { return overlay_; }
  const Overlay& overlay() const { return overlay_; }
  // Whether anybody but this tab is told of it; decided by the leading tab, or by a server.
  bool isShared() const { return !isIn(Plane::tab); }
  bool isIn(Plane plane) const { return space_.address().plane == plane; }
  bool hasUndecided() const { return overlay_.size() > 0; }

  Value visible(EntryId entry) const;
  Entry shown(EntryId entry) const { return predictions_.of(entry, true); }
  // The same without held writes: what the next op in the log is likely to meet.
  Entry expected(EntryId entry) const { return predictions_.of(entry, false); }

  // Keys that this page uses here, and the definition it uses them under.
  struct Opened {
    EntryId entry = 0;
    const KnownDefinition* known = nullptr;
    bool isRefused = false;  // The page knows that the key means something else here.
  };
  void open(EntryId entry, const KnownDefinition* known);
  // The page has a higher contract for a key that it uses here.
  void redefine(EntryId entry, const KnownDefinition* known);
  const std::vector<Opened>& opened() const { return opened_; }
  // The next key of this page that the space has not been told of; null when there is none.
  const Opened* nextToDeclare() {
    return declared_ < opened_.size() ? &opened_[declared_++] : nullptr;
  }

  // Numbers an op of this session.
  std::uint64_t nextSequence() { return ++sequence_; }
  std::uint64_t lastSequence() const { return sequence_; }
  // Shows an undecided op. False when it is known or decided already, or when there are too many
  // of others'. An own op was let in at the call, and what has a number is never dropped.
  bool addPending(Op op);
  // Shows a write of one change that gets its number later (overlay.h). Its id must be new.
  void hold(HoldId id, Op op);
  // Takes it back, with what is left to say of it after the author's later writes.
  std::optional<Overlay::HeldOp> release(HoldId id);
  // What is held later than `id` stays above the next op.
  void raiseHeld(HoldId id);

  // Keeps the last versions of an entry from now on.
  void keepHistory(EntryId entry, std::size_t limit);
  // Null where none is kept.
  const History* historyOf(EntryId entry) const;

  // Folds the record at space().index() + 1 and drops the op that it decides.
  void apply(const Record& record);

  // Replaces the confirmed state. If it belongs to another log, this session's ops that the
  // other log does not know become pending again, and so do values that it lacks altogether.
  // The keys of this page are declared there once more.
  void adopt(SpaceState state);
  // A new incarnation of the log goes on from the present state.
  void beginEpoch(std::uint64_t epoch);

  // Keep records for others from now on, or stop and forget them.
  void keepRecords(bool keep);
  bool keepsRecords() const { return keepsRecords_; }
  // Lets go of records beyond the number that is kept.
  void trimRecords();
  const std::deque<Record>& recent() const { return recent_; }
  // Index of the oldest record in recent(); index() + 1 when there is none.
  std::uint64_t recentFrom() const { return space_.index() - recent_.size() + 1; }

  // A mark for the drain: this entry may change now, if somebody here has opened it.
  void touch(EntryId entry);
  void forgetTouched(EntryId entry) {
    if (entry < isTouched_.size()) isTouched_[entry] = false;
  }

  // ---- What the disk has of it (core/storage/storage.h)
  // `unread`: nobody has looked; `awaited`: nothing is decided before the disk has answered;
  // `read`: this core knows what is there, and may write it.
  enum class Disk : std::uint8_t { none, unread, awaited, missed, read };
  Disk disk() const { return disk_; }
  void setDisk(Disk disk) { disk_ = disk; }
  // Some of its values, or what others of this device wrote there, outlive the page.
  bool isLasting() const { return isLasting_; }
  void becomeLasting();
  bool holdsLasting() const { return holdsLasting_; }  // One of them was written.
  // Whether the op has to wait, because the disk may know its keys and nobody here does. All ops
  // after it wait too.
  bool mustWaitFor(const Op& op);
  bool isAwaitingDisk() const { return disk_ == Disk::awaited; }
  // The disk lacks this entry as it is now.
  void stir(EntryId entry);
  void stirAbove(std::uint64_t version);
  void stirAll();
  std::vector<EntryId> takeStirred() { return stirred_.take(space_.entryCount()); }
  bool isWhollyStirred() const { return stirred_.isWhole(); }
  // Accepted ops that the disk counts, though not all that they wrote lasts.
  const std::deque<Forgotten>& forgotten() const { return forgotten_; }
  // The leader said that what was decided up to that index of that log is on the disk. It may
  // speak of a state that is still on its way here.
  void noteStored(std::uint64_t epoch, std::uint64_t index);
  // So many of this session's ops are decided and on the disk.
  std::uint64_t storedFloor() const { return storedFloor_; }
  // Brings back what the disk knows and nobody here has ever known.
  void recall(const SpaceState& stored);

  // Everything folded since the journal began (tests).
  const ByteWriter& journal() const { return journal_; }

 private:
  friend struct Inside;  // Tests compare all of it (tests/scope/inside.h).
  void dropDecided(bool isRemembered);
  std::optional<Op> removePending(OpId id, const Decision& decision);
  bool mayGoOn(Op& op) const;
  Op briefPartOf(Op op) const;
  void goOn(std::vector<Op> closed);
  void coverHeld();
  void noteVersions(const Record& record);
  void noteOverwritten(const Record& record, const std::vector<Entry>& before);
  void noteClashes(const Op& op);
  void noteClashes();
  ErrorCode verdictOn(const Op& op, bool isRemembered) const;
  bool isIncluded(const Op& op) const;
  bool takeFormer(const Op& op);
  // A log that ended, as far as this tab had it.
  struct EndedLog {
    std::deque<Entry> entries = {};  // Those that were written.
    std::deque<Record> records = {};
    Included accepted = {};
  };
  void rescue(const EndedLog& ended);
  void resendOthersOps(const EndedLog& ended);
  void resendUnknownOps(std::uint64_t floor);
  bool isKept(const Op& op) const;
  using OpsByVersion = std::map<std::uint64_t, Op>;  // Of the log that ended.
  void rescueValue(const Entry& before, const Included& accepted, std::uint64_t floor,
                   OpsByVersion& ops);
  void rescueFields(const Entry& before, std::uint64_t floor, OpsByVersion& ops);
  void rescueChoices(const Entry& before, std::uint64_t floor, OpsByVersion& ops);
  void rescueValues(const EndedLog& ended, std::uint64_t floor);
  bool hasOwnField(EntryId id, std::string_view path) const;
  bool isOnlyCounted(OpId id) const;
  bool isOverwritten(Change& change) const;
  void noteForgotten(const Op& op);
  void noteLasting(const KnownDefinition* known);
  void noteHeld(const KnownDefinition* known);
  Change& rescuedBy(OpsByVersion& ops, const Entry& entry, const Decided& written);
  void writeJournal(const Record& record);
  void writeJournalState();

  SpaceId id_;
  Realm* realm_;
  Space space_;
  Overlay overlay_;
  mutable Predictions predictions_;
  std::uint64_t sequence_ = 0;
  std::map<std::uint64_t, std::uint64_t> formerNumbers_;  // Of own ops that were made again.
  bool keepsRecords_ = false;
  std::deque<Record> recent_;
  std::deque<Record> former_;  // Of the incarnation before, as long as no other log came.
  std::deque<Op> ownDecided_;  // The last ops of this session that may have to be sent again.
  std::vector<Opened> opened_;
  std::size_t declared_ = 0;  // So many of them.
  std::vector<std::uint8_t> isTouched_, isOpened_;  // By entry.
  std::unordered_map<EntryId, History> histories_;
  Disk disk_ = Disk::none;
  bool isLasting_ = false;
  bool holdsLasting_ = false;
  Stirred stirred_;
  std::deque<Forgotten> forgotten_;  // The last ones.
  std::uint64_t storedEpoch_ = 0, storedIndex_ = 0, storedFloor_ = 0;
  ByteWriter journal_;
};

}  // namespace danji
