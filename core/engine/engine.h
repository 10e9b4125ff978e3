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
//             | 2 space u32, sequence f64, code u8, index f64          an own op is decided
//             | 3 slot u32                                             its definition clashes
//             | 4 scope u8, apartment text, building text, unit text, name text, json text
//             | 5                                                      role, leader or peers
//             | 6 space u32, epoch text                                the log epoch, 16 digits
//   author   := 0 nobody | 1 this session | 2 another
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/replica/peer.h"

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
  Result<DefinitionId> define(std::string_view key, const Definition& definition);
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
  //   batch := count varint, (slot varint, unit varint, kind u8, [value])*     kind 1 set, 2 unset
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
    std::uint64_t fingerprint = 0;
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

  // What a call leaves in each entry it writes.
  using Written = std::map<std::pair<SpaceId, EntryId>, Value>;

  bool isQuick(const OpenSlot& slot) const;
  bool decides(const Replica& replica) const;
  Value* decideQuickly(OpenSlot& slot, NameId unit, Outcome& outcome);
  Outcome commitOne(Slot slot, NameId unit, Change change);
  static Written writtenBy(const std::vector<Draft>& drafts);
  void expectSeen(const Written& written);
  ErrorCode check(const Draft& draft) const;
  Status checkAll(const std::vector<Draft>& drafts) const;
  std::uint64_t submit(Draft draft);
  void submitAll(std::vector<Draft> drafts, ByteWriter& out);
  void addChange(std::vector<Draft>& drafts, Replica& replica, NameId unit, Change change,
                 bool split) const;
  Replica& replicaFor(const Address& address);
  static Result<Filter> readFilter(ByteView bytes);
  Status addRestored(std::vector<Draft>& drafts, const SpaceState& state, NameId unit);
  void addUnsets(std::vector<Draft>& drafts, Replica& replica, const SpaceState* state,
                 NameId unit);
  void drainEntry(ByteWriter& out, const Touched& touched);

  Realm realm_;
  std::deque<Replica> replicas_;
  std::unordered_map<std::string, SpaceId> byAddress_;
  std::vector<OpenSlot> slots_;
  std::vector<std::vector<Slot>> slotOf_;  // By space and entry; kNoSlot where not opened.
  Peer peer_;
};

}  // namespace danji
