// Host: the server's side of the conversation: decides the ops of the spaces it keeps, writes
// every decision into the space's log, and tells those who asked for the space.
//
// It has no sockets and no disk. Frames come in by connection; rows for the logs and frames come
// out. The caller appends the rows of takeRows(), makes them durable, says rowsWritten(), and
// sends what takeFrames() gives: a frame is given out only when every decision it speaks of is
// durable, so nobody hears of what a crash could undo.
//
//   row   := crc u32, body            crc32c over the crc of the row before (0: none) and the body
//   body  := epoch u64, tables, records section with one record
//
//   base  := crc u32, 0 u64, state    in place of the first rows: what they come to
//
// A log begins with epoch and index 1, or with a base, and goes on by one. Its epoch is the time of
// its first moment in milliseconds, times 65,536, plus 16 random bits: a log that is begun anew,
// because the old one was lost or brought back from a backup, has a greater one.
//
// Beside the spaces' logs there is one whose address is kOwners: it tells which user a session
// belongs to, and is to be loaded before any space.
//
//   row   := session (16 bytes), user text, of at most what a key may have
//
// A server that keeps many spaces calls askFirst(). A hello is then answered when the caller has
// said of each space in it who may do what there, and has brought the space's log back before.
//
// Several servers may keep the same logs: share(). Of each space one leads, whoever the store lets;
// the others follow it: they load what it writes, tell it to their connections, and hand on what
// these push (forwarded.h). What waits for a decision waits here too: whoever takes a space over
// decides it, and when a leader died it is handed on again. Who loses a space drops it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/authority/authority.h"
#include "core/replica/realm.h"
#include "core/replica/replica.h"
#include "core/server/connection.h"
#include "core/server/host_types.h"
#include "core/server/proposals.h"
#include "core/wire/frame.h"
#include "core/wire/messages.h"

namespace danji {

class Host {
 public:
  // `session` is 16 random bytes, new for every process; `seed` random too.
  Host(std::string_view session, std::uint64_t seed);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void setClock(double nowMillis) { realm_.nowMillis = nowMillis; }

  // Brings a space back from its log, in as many calls as the caller likes. The number of rows
  // that are whole: a crash may have torn the last ones, and the caller cuts them off. MALFORMED
  // when whole rows follow one that is not, INVALID_ID.
  Result<std::size_t> load(const std::string& address, const std::vector<Bytes>& rows);
  // A row that takes the place of all of the space's rows up to the last that was taken: right
  // after takeRows(), and before any row is written that was taken later.
  LogRow condense(const std::string& address);
  // Lets go of a space. False while somebody uses it. Only when all rows are durable.
  bool unload(const std::string& address);
  // A full space takes no more than what makes it smaller: TOO_LARGE.
  void setFull(const std::string& address, bool isFull);
  // The spaces that nobody uses.
  std::vector<std::string> idle() const;

  // From now on an op's author holds what its connection was given, whatever the op claims, and a
  // unit is only a name. Before, claims are believed as they are among tabs.
  void authenticate() { authenticates_ = true; }
  // ---- Several servers (host_shares.cpp)
  // From now on a space is followed until it is led, and sessions are claimed.
  void share() { isShared_ = true; }
  // This server decides the space from now on; its log was loaded to the end.
  void lead(const std::string& address);
  // The log has lost rows that somebody may have heard of: it goes on as another one.
  void renew(const std::string& address);
  // Forgets a space, with what was decided and not written. Who used it or asked for it, and has
  // to be sent away.
  std::vector<ConnectionId> drop(const std::string& address);
  // What connections pushed for spaces that are followed; once, and once more after forwardAgain().
  std::vector<Forward> takeForwards();
  void forwardAgain(const std::string& address);
  // What another server handed on, as if `connection` had pushed it. MALFORMED. Of a space that
  // is not led here it counts for nothing.
  Status receiveForwarded(ConnectionId connection, const Bytes& bytes);
  // Sessions whose users have to be asked for, once each: pushes wait for own().
  std::vector<Claim> takeClaims() { return std::exchange(claims_, {}); }
  void own(std::string_view session, std::string_view user);
  // What was claimed counts no more: the store may have forgotten it.
  void disownAll();

  // From now on this server knows these keys only, as it was told of them: NOT_REGISTERED for any
  // other key and for a higher version of its schema. INVALID_KEY, INVALID_DEFINITION,
  // DEFINITION_CLASH.
  Status define(std::string_view key, const Definition& definition, const Contract& contract);

  // From now on a connection gets only what allow() gives it.
  void askFirst() { asksFirst_ = true; }
  std::vector<Wanted> takeWanted() { return std::exchange(wanted_, {}); }
  // The answer, or a later one that takes its place. Writes to what may only be read are refused
  // with FORBIDDEN; what may not be read is passed over.
  void allow(ConnectionId connection, const std::string& address, Access access);

  // From now on ops wait for these words.
  void askWords(Proposals::Words words) { proposals_.want(words); }
  std::vector<Question> takeQuestions() { return std::exchange(questions_, {}); }
  // The word: ok, or the code that the op is refused with.
  void answer(Ticket ticket, ErrorCode code);
  // What a row of a space that is here says, for whoever reads its log:
  //   kind u8, index f64, epoch u64, [told]      kind 0: it wrote nothing | 1: told (told.h)
  // INVALID_ID, MALFORMED.
  Result<Bytes> tell(const std::string& address, const Bytes& row);

  // `grants` as core/entry/grants.h spells them; "*": all. A session belongs to the user who used
  // it first; nobody else's ops are taken for its own. Empty: anybody's.
  // Said again of a connection, it counts from its next op on.
  void connected(ConnectionId connection, std::string_view grants = "",
                 std::string_view user = "") {
    connections_[connection].grants = realm_.grants.intern(grants);
    connections_[connection].user = user;
  }
  void disconnected(ConnectionId connection);
  // MALFORMED, PROTOCOL, CHECKSUM: counted, and nothing changed.
  void receive(ConnectionId connection, ByteView bytes);

  // What was decided since the last call, in order. Whatever was said since waits for it.
  std::vector<LogRow> takeRows();
  // The rows of the oldest takeRows() that was not answered are durable.
  void rowsWritten();
  std::vector<Outgoing> takeFrames();

  bool hasWanted() const { return !wanted_.empty(); }
  bool hasNews() const { return hasNews_; }
  bool hasFrames() const { return !free_.empty(); }
  bool hasQuestions() const { return !questions_.empty(); }
  bool hasForwards() const { return hasForwards_; }
  bool hasClaims() const { return !claims_.empty(); }

  // JSON text for metrics and panels: spaces, connections, ops, refused messages.
  std::string inspect() const;
  std::size_t spaceCount() const { return byAddress_.size(); }
  const Space& spaceAt(std::size_t place) const {
    return replicas_[std::next(byAddress_.begin(), static_cast<std::ptrdiff_t>(place))->second]
        ->space();
  }
  // What a limit of writes counts, in all: ops that arrived, their bytes, and new sessions.
  std::uint64_t effort() const { return effort_; }
  const std::map<ErrorCode, std::uint64_t>& refused() const { return refused_; }

 private:
  friend struct Inside;  // Tests compare all of it (tests/scope/inside.h).
  using Connection = HostConnection;

  void dispatch(ConnectionId id, const Frame& frame);
  void on(ConnectionId id, const Hello& hello);
  void on(ConnectionId id, const Push& push);
  void askFor(ConnectionId id, Connection& connection, const Hello& hello);
  void welcome(ConnectionId id, Connection& connection, const Hello& hello);
  void heed(Replica& replica, const Cursor& cursor);
  void renew(Replica& replica, std::uint64_t above);
  std::size_t loadOwners(const std::vector<Bytes>& rows);
  Status loadBase(Replica& replica, const Bytes& row);
  Status catchUp(Replica& replica, const Bytes& row);
  Status loadRow(Replica& replica, const Bytes& row);
  SpaceId freePlace();
  void erase(SpaceId place);
  std::uint64_t newEpoch();
  bool isUsed(const std::string& address, SpaceId place) const;
  bool mayUse(const Connection& connection, NameId session);
  bool mustWait(Connection& connection, const Push& push);
  Replica* sharedWith(const Connection& connection, const std::string& address) const;
  bool hasRoomFor(const Replica& replica, const Op& op) const;
  void take(ConnectionId id, Connection& connection, const Push& push);
  Op opOf(Replica& replica, const WireTables& tables, const WireOp& wire, ErrorCode code);
  void forward(ConnectionId bringer, const Replica& replica,
               const std::vector<Overlay::Pending*>& ops);
  bool leads(const Replica& replica) const { return !isShared_ || led_.contains(replica.id()); }
  void forgetUnread(const Replica& replica);
  ErrorCode judgeKeys(const Replica& replica, Op& op) const;
  ErrorCode judgeRoom(const Replica& replica, const WireTables& tables, const WireOp& op) const;
  ErrorCode judge(const Replica& replica, Op& op);
  Replica* replicaAt(const std::string& address);
  void decidePending(Replica& replica);
  bool decideNext(Replica& replica, NameId session, const Proposals::Proposal*& first);
  void decideProposed(Replica& replica);
  void propose(const Replica& replica, const Op& op, ConnectionId connection);
  void question(const Replica& replica, const Proposals::Proposal& one);
  void decide(Replica& replica, Op op, ErrorCode word = ErrorCode::ok);
  void writeRow(const Replica& replica);
  std::string_view ownerOf(NameId session) const {
    const auto owner = owners_.find(session);
    return owner == owners_.end() ? std::string_view() : std::string_view(owner->second);
  }
  std::vector<Bytes> recordsOf(const Untold& untold);
  void tellRecords();
  template <class Message>
  std::vector<Bytes> seal(FrameType type, const Message& message);
  template <class Message>
  void post(ConnectionId id, FrameType type, const Message& message);

  Realm realm_;
  NameId nobody_ = 0;  // The grants of an op whose author may only read.
  bool authenticates_ = false;
  bool asksFirst_ = false;
  bool knowsKeys_ = false;
  std::vector<std::unique_ptr<Replica>> replicas_;  // By place; none where one was let go.
  std::map<std::string, SpaceId> byAddress_;
  std::set<SpaceId> full_;
  std::map<std::pair<SpaceId, OpId>, ErrorCode> unread_;  // Refused before it was looked into.
  Proposals proposals_;
  std::vector<Question> questions_;
  Authority authority_;
  std::map<ConnectionId, Connection> connections_;
  std::unordered_map<NameId, std::string> owners_;  // Of sessions: the user.
  std::vector<LogRow> rows_;
  std::map<SpaceId, std::uint32_t> lastCrc_;
  std::vector<Outgoing> said_;                  // Since the last takeRows().
  std::deque<std::vector<Outgoing>> unwritten_;  // For each takeRows() without an answer.
  std::vector<Outgoing> free_;
  std::vector<Wanted> wanted_;
  bool isShared_ = false;
  std::set<SpaceId> led_;
  std::set<SpaceId> renewed_;  // For a page that knew more of their logs.
  std::map<std::pair<SpaceId, NameId>, ConnectionId> bringers_;  // Of sessions, where followed.
  std::vector<Forward> forwards_;
  bool hasForwards_ = false;
  std::vector<Claim> claims_;
  std::set<NameId> claimed_;  // Asked for, and nobody has said.
  bool hasNews_ = false;  // Something came in since the last takeRows().
  std::uint32_t messageNumber_ = 0;
  std::uint64_t opsReceived_ = 0;
  std::uint64_t effort_ = 0;
  std::map<ErrorCode, std::uint64_t> refused_;
};

}  // namespace danji
