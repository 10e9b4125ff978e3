// Engine: the whole core behind one door, and the only header that bindings include.
//
// One engine is one realm: a tab, a worker, a server process. It has no clock, no randomness
// and no I/O: session id and seed come in at the start, the time with setClock(), frames with
// receive(); changes come out with drain(), frames with flush(). It calls nobody.
//
// Values are read by the glue from its mirror. Anything the glue must know after a call (what
// readers see now, which ops are decided) waits in drain() until it is taken:
//
//   drained  := item* 0
//   item     := 1 slot u32, flags u8, version f64, millis f64, pending u32, unit u32,
//                 author u8, [value]          flags 1: what readers see changed; value follows
//             | 2 space u32, sequence f64, code u8, index f64, superseded u8
//                                                                      an own op is decided
//             | 3 slot u32                                             its definition clashes
//             | 4 scope u8, apartment text, building text, unit text, name text, json text
//             | 5                                                      role, leader or peers
//             | 6 space u32, epoch text                                the log epoch, 16 digits
//             | 7 slot u32, count u8, choice*                          values to choose from
//             | 8 slot u32, author u8, unit u32, byUnit u32, value     was written over unseen
//             | 9 space u32, sequence f64, sequence f64                an own op got another number
//   choice   := session (16 bytes), sequence f64, version f64, millis f64, unit u32, value
//   author   := 0 nobody | 1 this session | 2 another
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/replica/peer.h"
#include "core/strategy/strategy.h"

namespace danji {

using Slot = std::uint32_t;

// What became of one write.
struct Outcome {
  ErrorCode code = ErrorCode::ok;
  bool needsText = false;      // A deferred value was offered where its text is wanted.
  std::uint64_t index = 0;     // Of the record; 0: not decided yet.
  std::uint64_t sequence = 0;  // The op's number in its space.
};

enum class RestoreMode : std::uint8_t { merge = 0, replace = 1 };

class Engine {
 public:
  // `session` is 16 random bytes, new for every realm; `seed` random too.
  Engine(std::string_view session, std::uint64_t seed);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- Control

  void setClock(double nowMillis) {
    if (nowMillis < realm_.nowMillis) peer_.clockWentBack(realm_.nowMillis - nowMillis);
    realm_.nowMillis = nowMillis;
  }

  // INVALID_KEY, INVALID_DEFINITION, DEFINITION_CLASH.
  Result<DefinitionId> define(std::string_view key, const Definition& definition,
                              const Contract& contract = {});
  // The place of a key in a space: INVALID_ID, INVALID_DEFINITION when scope or plane differ.
  Result<Slot> open(DefinitionId definition, std::string_view address);
  SpaceId spaceOf(Slot slot) const { return slots_[slot].replica->id(); }
  Result<NameId> unit(std::string_view name);
  const std::string& unitName(NameId unit) const { return realm_.units.text(unit); }
  bool knowsUnit(NameId unit) const { return unit < realm_.units.size(); }
  bool knowsSlot(Slot slot) const { return slot < slots_.size(); }

  // ---- Writes. Readers see them when the call returns.

  Outcome setNumber(Slot slot, NameId unit, double number);
  // A value that only the page has so far. Its text follows with fill() before anything else
  // that could look at it; not possible while another tab listens (needsText).
  Outcome touch(Slot slot, NameId unit);
  void fill(Slot slot, Value value);
  Outcome set(Slot slot, NameId unit, Value value);
  Outcome unset(Slot slot, NameId unit);

  // Several writes, checked as a whole before anything changes; one op per space and unit.
  //   batch   := count varint, (slot varint, unit varint, kind u8, [version varint], content)*
  //   kind    := 1 set | 2 unset | 3 add | 4 resolve | 5 reset, + 16 where it must be at `version`
  //              (0: absent)
  //   content := value (set, add, reset)
  //            | value, count varint, (session (16 bytes), sequence varint)*        (resolve)
  // STALE, CONFLICT, OUT_OF_RANGE … as decided here, or at the authority.
  // Writes into `out`: count varint, (space varint, sequence varint, index varint)*.
  Status commit(ByteView batch, ByteWriter& out);

  // ---- Snapshots
  //   filter := count varint, address text*, count varint, key text*     none: all

  Status snapshot(ByteView filter, ByteWriter& out) const;
  // Rows of what is confirmed and set: count varint, (address text, key text, version f64,
  // millis f64, sequence f64, session text, unit text, value)*.
  Status entries(ByteView filter, ByteWriter& out) const;
  // MALFORMED, PROTOCOL, CHECKSUM, DEFINITION_CLASH, OUTBOX_FULL; then nothing changed.
  // Writes ops into `out` as commit() does.
  Status restore(ByteView snapshot, RestoreMode mode, NameId unit, ByteWriter& out);

  // ---- Other tabs

  Peer& peer() { return peer_; }
  const Peer& peer() const { return peer_; }
  // JSON text for panels and tests: role, leader, peers, refused frames, spaces.
  std::string inspect() const;

  // ---- What happened

  bool hasChanges() const { return !realm_.changes.empty(); }
  void drain(ByteWriter& out);

  // 32 digits; equal on every replica that folded the same log.
  std::string digest(SpaceId space) const;
  std::size_t spaceCount() const { return replicas_.size(); }
  const Replica& replicaAt(SpaceId space) const { return replicas_[space]; }

  // A test's wish: remember everything folded. (address text, length u32, bytes)*.
  void keepJournal() { realm_.keepsJournal = true; }
  void journal(ByteWriter& out) const;

 private:
  struct OpenSlot {
    Replica* replica = nullptr;
    EntryId entry = 0;
    const KnownDefinition* known = nullptr;
    bool isPlain = false;  // last_write_wins: a set needs no look at what is there.
  };
  // One write of a caller, before anybody has looked at it.
  struct Write {
    OpenSlot place;
    NameId unit = 0;
    Intent::Kind kind = Intent::Kind::set;
    Value value;
    std::optional<std::uint64_t> ifVersion;
    std::vector<OpId> choices;  // Not empty: this resolves them.
  };
  struct Filter {
    std::vector<std::string> addresses;
    std::vector<std::string> keys;
    bool wants(const std::string& address) const;
    bool wantsKey(const std::string& key) const;
  };
  // The ops of one commit, one for each space it touches, in order of first mention.
  struct Draft {
    Replica* replica = nullptr;
    Op op;
    std::size_t bytes = 0;
  };
  struct Drafts {
    std::vector<Draft> list;
    // What the caller takes each entry for when all is done.
    std::map<std::pair<SpaceId, EntryId>, Value> seen;
  };

  bool isQuick(const OpenSlot& slot) const;
  bool decides(const Replica& replica) const;
  Value* decideQuickly(OpenSlot& slot, NameId unit, Outcome& outcome);
  Outcome commitOne(const Write& write);
  Status add(Drafts& drafts, const Write& write) const;
  Result<Change> changeFor(const Write& write) const;
  void expectSeen(const Drafts& drafts);
  ErrorCode check(const Draft& draft) const;
  Status checkAll(const Drafts& drafts) const;
  std::uint64_t submit(Draft draft);
  void submitAll(Drafts drafts, ByteWriter& out);
  void addChange(Drafts& drafts, Replica& replica, NameId unit, Change change, bool split) const;
  bool readWrite(ByteReader& in, Write& write);
  Replica& replicaFor(const Address& address);
  static Result<Filter> readFilter(ByteView bytes);
  static Status checkMeanings(const std::vector<SpaceState>& states);
  Status addRestored(Drafts& drafts, const SpaceState& state, NameId unit);
  void addUnsets(Drafts& drafts, Replica& replica, const SpaceState* state, NameId unit);
  Slot slotFor(SpaceId space, EntryId entry) const;
  void drainEntry(ByteWriter& out, const Touched& touched) const;
  void drainChoices(ByteWriter& out, Slot slot, const Entry& shown) const;
  void drainOverwritten(ByteWriter& out, const Overwritten& overwritten) const;

  Realm realm_;
  std::deque<Replica> replicas_;
  std::unordered_map<std::string, SpaceId> byAddress_;
  std::vector<OpenSlot> slots_;
  std::vector<std::vector<Slot>> slotOf_;  // By space and entry; kNoSlot where not opened.
  Peer peer_;
};

}  // namespace danji
