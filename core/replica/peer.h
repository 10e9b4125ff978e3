// Peer: this tab's part in its cluster: who decides, who follows, and what they tell each other.
//
// All of it is a state machine. Frames, answers of the lock manager and the time go in; frames,
// wishes towards the lock manager and a deadline come out. The glue only carries them.
//
//   alone      no other tabs can be reached: this core decides at once, for ever
//   joining    neither leads nor knows a leader: ops wait, visible and numbered
//   asking     holds the lock and asks the others how far they are (the first phase of Paxos)
//   leading    decides: its own ops inside the call, others' as they arrive
//   following  sends its ops to the leader and folds the leader's records
//
// What the glue owes in return: it holds the tab's session lock before it opens the channel, so
// that nobody hears of others who could not be asked by them; it answers each wish to query
// sessions once, in order (with an empty list if it failed); and it fills deferred values before
// any call but a write.
//
// A leader epoch is a number that only grows. Promising an epoch means ignoring lower ones for
// ever, so a leader that slept through its own replacement changes nothing but itself. Epochs
// are at least as great as the clock, so that tabs that start when all others sleep or are gone
// lead above what those have promised.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/authority/authority.h"
#include "core/replica/realm.h"
#include "core/replica/replica.h"
#include "core/wire/frame.h"
#include "core/wire/messages.h"

namespace danji {

enum class Role : std::uint8_t { alone, joining, asking, leading, following };

const char* roleName(Role role);

// What the glue is asked to do with the cluster's lock; a set of bits.
enum Wish : std::uint32_t {
  kWishRequestLock = 1,
  kWishStealLock = 2,
  kWishReleaseLock = 4,
  kWishQuerySessions = 8,
};

class Peer {
 public:
  // `replicas` is the realm's list; `create` adds one for an address that a frame names first.
  using Create = std::function<Replica&(const Address&)>;
  Peer(Realm& realm, std::deque<Replica>& replicas, Create create);

  // A key of this page lives in the space from now on: its definition has to be known there.
  void opened(Replica& replica);

  // Starts to look for the other tabs. Before this, and without it, the tab is alone.
  void join();
  void lockGranted();
  void lockLost();
  // The sessions whose session lock is held, this one's included: the answer to the oldest wish
  // that was taken and not answered yet.
  void sessionsFound(const std::vector<std::string>& sessions);
  void receive(ByteView bytes);
  // Does what is due at realm.nowMillis.
  void tick();
  // The page is about to be frozen or put away: gives the lock back and decides nothing more.
  // What others must know is in the next flush.
  void suspend();
  // Back again: joins as a new tab would. What it knows is a log of its own from now on.
  void resume();
  // Says goodbye, after everything that others must know; `suspend` may follow.
  void leave();
  // The clock says less than before: what was to happen in a while still happens in a while.
  void clockWentBack(double byMillis);
  void setVisible(bool isVisible) { isVisible_ = isVisible; }

  // Whether ops of shared spaces are decided inside the call.
  bool decides() const { return role_ == Role::alone || role_ == Role::leading; }
  // Whether nobody has to be told: no record is needed.
  bool isUnheard() const {
    return role_ == Role::alone || (role_ == Role::leading && peers_.empty());
  }
  const Authority& authority() const { return authority_; }

  // Decides an own op at once, or shows it as pending and sends it with the next flush.
  // Returns the index of the record; 0 while undecided. The op was admitted before.
  std::uint64_t submit(Replica& replica, Op op);
  // Takes an op back that nobody has decided, of this session or of one that is gone. The record
  // tells whether that came in time. STALE: it does not wait; FORBIDDEN: its tab lives.
  ErrorCode withdraw(Replica& replica, OpId id);
  void sendEvent(const Event& event);

  // A server's space is not what the other tabs were told: they ask when they hear of it.
  void serverStateCame();
  // It decided: they hear it with the next frames.
  void serverRecordsCame();

  // The disk has told what it knows of the space, or can't: what waited for it is decided.
  void storageCame(Replica& replica);
  // It gave back ops of sessions that are gone.
  void outboxCame();
  // The space of a server at that address; null for any other.
  Replica* serverSpace(const std::string& address);
  // It has all that was decided in the space up to the index.
  void tellStored(const Replica& replica, std::uint64_t index);
  // It was written by a leader of that epoch: leads above it.
  void leadAbove(std::uint64_t epoch);
  // How many tabs were seen to be gone.
  std::uint64_t departures() const { return departures_; }

  // Frames to post, in order. Call at the end of the task, or when the page goes away.
  std::vector<Bytes> flush();
  bool mayHaveFrames() const { return mayHaveFrames_; }
  std::uint32_t takeWishes();
  bool hasWishes() const { return wishes_ != 0; }
  // When tick() wants to be called, in realm milliseconds; infinity: never.
  double deadline() const;

  Role role() const { return role_; }
  NameId leader() const { return leader_; }
  bool knowsLeader() const { return knowsLeader_; }
  std::uint64_t leaderEpoch() const { return accepted_; }
  const std::map<NameId, double>& peers() const { return peers_; }
  const std::map<ErrorCode, std::uint64_t>& refused() const { return refused_; }

 private:
  friend struct Inside;  // Tests compare all of it (tests/scope/inside.h).
  // What a lock holder has heard since it asked.
  struct Inquiry {
    std::uint64_t number = 0;
    double sinceMillis = 0;
    bool isPaused = false;  // Another one asks too; it is asked again after a while.
    std::uint64_t atLeast = 0;
    double untilMillis = 0;
    std::uint64_t accepted = 0;  // The greatest that was answered.
    bool knowsSessions = false;
    std::set<std::string> sessions;
    std::set<std::string> answered;
    struct Best {
      std::uint64_t accepted = 0;
      SpaceState state;
    };
    std::map<std::string, Best> best;  // By address.
  };

  // A question to the lock manager that is under way.
  struct Query {
    double sinceMillis = 0;
    std::uint64_t inquiry = 0;
  };

  void become(Role role);
  void ask(std::uint64_t atLeast);
  double contestPauseMillis();
  void concludeIfAnswered();
  void conclude(bool isComplete);
  void adoptBest();
  void startLeading(bool isComplete);
  void stepAside(std::uint64_t theirEpoch);
  void follow(const std::string& leader, std::uint64_t epoch);
  void settle();
  void noteLive(const std::vector<std::string>& live);
  void notePeer(const std::string& session);
  bool prunePeers(const std::set<std::string>& live);
  void tellOpsOf(NameId session);
  void updateRecordKeeping();

  void dispatch(const Frame& frame);
  void on(const Hello& hello);
  void on(const Prepare& prepare);
  void on(const Promise& promise);
  void on(const Refuse& refuse);
  void on(const Lead& lead);
  void on(const Welcome& welcome);
  void on(const Push& push);
  void on(const Records& records);
  void on(const Event& event);
  void on(const Bye& bye);
  void on(const Stored& stored);
  template <class Message>
  void decodeAnd(ByteView body, Message (*decode)(ByteReader&));

  bool isStale(const std::string& sender, std::uint64_t epoch);
  void correct(const std::string& sender);
  bool acceptsLeader(const std::string& sender, std::uint64_t epoch);
  void adoptUpdates(const Welcome& welcome, bool isFirst);
  void leaveForks(const std::vector<Cursor>& theirs);

  void decidePending(Replica& replica);
  void decideNext(Replica& replica, const Op& op);
  void voidGaps(Replica& replica, const std::set<std::string>& live);

  void declare(Replica& replica);
  Replica* replicaAt(const std::string& address);
  std::vector<Cursor> cursors() const;
  bool isInStep(const std::vector<Cursor>& cursors) const;
  std::vector<SpaceUpdate> updatesFor(const std::vector<Cursor>& theirs);
  std::vector<std::string> liveSessions() const;

  void sayHello();
  void helloAgain();
  void sayLead();
  bool isWaiting() const;
  bool hasUndecided() const;
  bool hasGaps() const;
  bool hasOwnForServer() const;
  double serverPushDue() const;
  void pushAgainForServer();
  void waitFromNow();
  void tickLeading();
  double silenceMillis() const;
  void stealIfSilent();
  void welcome(const std::string& target, const std::vector<Cursor>& theirs);
  template <class Message>
  void post(FrameType type, const Message& message);
  void flushPush();
  void flushRecords();
  void oweBeacon();
  void flushStored();
  bool hasUnpostedOps() const;
  bool postsOpsOf(const Replica& replica) const;
  bool hasUnannounced() const;
  void markUnposted();
  void postEverything();
  void refuse(ErrorCode code);

  Realm* realm_;
  std::deque<Replica>* replicas_;
  Create create_;
  Authority authority_;
  PartCollector parts_;

  Role role_ = Role::alone;
  bool holdsLock_ = false;
  bool isVisible_ = true;
  bool isSuspended_ = false;
  bool hasLeft_ = false;
  std::uint64_t promised_ = 0;
  std::string promisedTo_;
  std::uint64_t accepted_ = 0;
  std::uint64_t departures_ = 0;
  std::map<SpaceId, Cursor> stored_;  // On the disk.
  bool owesStored_ = false;
  NameId leader_ = 0;
  bool knowsLeader_ = false;
  std::map<NameId, double> peers_;  // Last heard at.
  Inquiry inquiry_;
  std::deque<Query> queries_;
  std::uint32_t contests_ = 0;
  double contestMillis_ = 0;

  bool awaitsWelcome_ = false;
  double helloMillis_ = 0;
  std::uint64_t helloEpoch_ = 0;
  std::size_t announced_ = 0;  // So many of the spaces did the last hello know.
  double heardLeaderMillis_ = 0;
  double waitingMillis_ = 0;  // Since when something has been without an answer.
  double pushedMillis_ = 0;  // When everything undecided was sent last, not only what was new.
  double serverPushedMillis_ = 0;  // Own ops for the server were told to the leader again.
  double serverPauseMillis_ = 0;
  double stealMillis_ = 0;
  double correctedMillis_ = 0;
  double spokeMillis_ = 0;
  bool owesBeacon_ = false;  // What was said then may have been missed.

  std::map<SpaceId, std::uint64_t> toldUpTo_;  // Leading: index of the last record posted.
  std::vector<Bytes> outgoing_;
  bool mayHaveFrames_ = false;
  std::uint32_t messageNumber_ = 0;
  std::uint32_t wishes_ = 0;
  std::map<ErrorCode, std::uint64_t> refused_;
};

}  // namespace danji
