// Storage: what of this core lies on the device's disk, and when it goes there and comes back.
//
// The core touches no disk. Ranges to read and commits come out; rows and answers go in. The
// glue carries out one reading and one commit at a time, whatever is under way between them.
//
//   private spaces    each tab keeps the lasting entries of its own units, one row for each
//   device spaces     written behind by the tab that decides: lasting entries, floors, index
//   server spaces     the same, with all entries, so that a log can go on where it was left
//   the outbox        every tab keeps its own undecided ops for a server, where something lasts;
//                     the tab that decides sends those of whoever is gone
//
// A space is one row, `base`, and the changes since, `delta`s; when those outweigh it, a new base
// replaces them all. Only the tab that decides writes them: each of its commits expects its own
// epoch in the row `leader`, so a leader that was replaced and doesn't know writes nothing. What
// was decided stands when the disk refuses it, and is written when the disk takes it again.
//
// Until the disk has answered, an op is not decided if it uses a key that lasts and that nobody
// here knows (Replica::mustWaitFor). A disk that does not answer in time is gone on without. When
// it turns out to count an op that nobody here counts, its state stands, and what was decided
// without it is made again on top.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/replica/peer.h"
#include "core/replica/realm.h"
#include "core/replica/replica.h"
#include "core/storage/rows.h"

namespace danji {

// All or nothing: each key must hold the bytes that are expected (none: be absent).
struct Commit {
  std::vector<std::pair<std::string, std::optional<Bytes>>> expect;
  std::vector<Row> put;
  std::vector<std::string> remove;
};

class Storage {
 public:
  Storage(Realm& realm, std::deque<Replica>& replicas, Peer& peer)
      : realm_(&realm), replicas_(&replicas), peer_(&peer) {}

  // There is a disk: values that last are on it. Before any key is opened.
  void begin();
  bool isOn() const { return realm_->hasStorage; }

  // Rows to read now; answered by rowsRead(). None while one is under way.
  std::optional<RowRange> takeReading();
  // In the order of their keys. Any other code than ok: they could not be read.
  void rowsRead(ErrorCode code, const std::vector<Row>& rows);
  // What to write now; answered by committed(). None while one is under way.
  std::optional<Commit> takeCommit();
  // STALE: something else was there than expected. QUOTA, STORAGE: the disk refused.
  void committed(ErrorCode code);
  // Whether one of the two may have something now.
  bool mayWant() const { return realm_->stirsStorage || isDue(); }
  // Time has passed: a pause may be over.
  void tick();
  // Something else is to be kept of that undecided op: its row is written anew.
  void renew(SpaceId space, OpId id);
  // They were asked, and what is under way will be answered.
  void asked() { realm_->stirsStorage = false; }
  // When they may have something though nothing happened, in realm milliseconds; infinity: never.
  double deadline() const;

  // Rows that could not be understood, and were left out.
  std::uint64_t damagedRows() const { return damaged_; }
  // How the last commit or reading went.
  ErrorCode status() const { return status_; }

 private:
  // A shared space as it is on the disk.
  struct Place {
    std::uint64_t epoch = 0;
    std::uint64_t index = 0;
    std::vector<std::uint64_t> floors;  // By session.
    std::uint64_t lastDelta = 0;
    std::vector<std::uint64_t> deltas;  // Their numbers, ascending.
    std::size_t baseBytes = 0;
    std::size_t deltaBytes = 0;
    bool needsBase = false;
  };
  // Rows of the outbox, by session and number. Whether one is there is unsure while a commit that
  // the disk did not confirm may have written it.
  using OpRows = std::map<NameId, std::map<std::uint64_t, bool>>;

  enum class Target { leader, space, unit, outbox };
  struct Reading {
    Target target = Target::leader;
    SpaceId space = 0;
    std::uint64_t term = 0;
  };
  struct Written {
    SpaceId space = 0;
    Place after;
  };
  struct Writing {
    bool isShared = false;
    std::uint64_t term = 0;
    std::vector<Written> places;
    std::vector<std::pair<SpaceId, std::uint64_t>> units;  // With their index.
    std::vector<std::pair<SpaceId, OpId>> ops;
    std::vector<std::pair<SpaceId, OpId>> opsRemoved;
  };

  bool isDue() const { return retryMillis_ > 0 && realm_->nowMillis >= retryMillis_; }
  bool isPaused() const { return retryMillis_ > realm_->nowMillis; }
  void pause();
  bool writesShared() const;
  void noteTerm();
  void beginTerm();
  bool wantsLeader() const;
  std::uint64_t writerEpoch() const;
  bool wantsReading(const Replica& replica) const;
  bool wantsOutbox() const;

  void leaderRead(const std::vector<Row>& rows);
  void spaceRead(Replica& replica, const std::vector<Row>& rows);
  void unitRead(Replica& replica, const std::vector<Row>& rows);
  void outboxRead(const std::vector<Row>& rows);
  void adoptStored(Replica& replica, StoredSpace& stored);
  void readingFailed(const Reading& reading, ErrorCode code);

  bool keepsOps(const Replica& replica, const Overlay::Session& ops) const;
  std::optional<Commit> ownCommit();
  void addUnit(Replica& replica, Commit& commit, Writing& writing);
  void addOps(Replica& replica, Commit& commit, Writing& writing);
  void addWithdrawals(const Replica& replica, Commit& commit, Writing& writing) const;
  std::optional<Commit> sharedCommit();
  void addSpace(Replica& replica, Commit& commit, Writing& writing);
  void addBase(const SpaceState& state, Commit& commit, Place& after) const;
  void addDelta(SpaceState state, const Place& before, Commit& commit, Place& after) const;
  void addDecidedOps(const Replica& replica, Commit& commit, Writing& writing) const;
  void commitFailed(const Writing& writing, ErrorCode code);
  void setStatus(ErrorCode status);
  Bytes rowOf(const Replica& replica, const Op& op) const;

  Realm* realm_;
  std::deque<Replica>* replicas_;
  Peer* peer_;
  std::uint64_t term_ = 0;          // Of this tab as the writer of shared spaces.
  std::uint64_t termEpoch_ = 0;
  bool isTermOpen_ = false;
  std::optional<std::optional<Bytes>> leader_;  // Unknown, absent, or what the row holds.
  std::uint64_t aloneEpoch_ = 0;  // A page without other tabs counts for itself.
  std::map<SpaceId, Place> places_;
  std::map<SpaceId, OpRows> opRows_;
  std::optional<std::uint64_t> departures_;  // Of the peer, when the outbox was read.
  bool isOutboxCut_ = false;                 // It had more than there was room for.
  std::optional<Reading> reading_;
  std::optional<Writing> writing_;
  bool isSharedNext_ = false;       // They take turns.
  std::uint32_t failures_ = 0;
  double retryMillis_ = 0;
  std::uint64_t damaged_ = 0;
  ErrorCode status_ = ErrorCode::ok;
};

}  // namespace danji
