// Engine: the whole core behind one door, and the only header that bindings include.
//
// One engine is one realm: a tab, a worker, a server process. It has no clock, no randomness
// and no I/O: session id and seed come in at the start, the time with setClock(), frames with
// receive(); changes come out with drain(), frames with flush(). It calls nobody.
//
// Values are read by the glue from its mirror. Anything the glue must know after a call (what
// readers see now, which ops are decided) waits in drain() until it is taken, as
// engine_drain.cpp spells it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/engine/draft.h"
#include "core/replica/peer.h"
#include "core/replica/uplink.h"
#include "core/storage/storage.h"

namespace danji {

enum class RestoreMode : std::uint8_t { merge = 0, replace = 1 };

class Engine {
 public:
  // `session` is 16 random bytes, new for every realm; `seed` random too.
  Engine(std::string_view session, std::uint64_t seed);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- Control

  void setClock(double nowMillis) {
    if (nowMillis < realm_.nowMillis) {
      peer_.clockWentBack(realm_.nowMillis - nowMillis);
      uplink_.clockWentBack(realm_.nowMillis - nowMillis);
    }
    realm_.nowMillis = nowMillis;
  }

  // INVALID_KEY, INVALID_DEFINITION, DEFINITION_CLASH. `history`: so many versions of each entry
  // are kept; the first wish stands. `standard`: the default, which has to fit the schema; unset:
  // not looked at. A higher schema version replaces the contract; the drain tells whose values are.
  Result<DefinitionId> define(std::string_view key, const Definition& definition,
                              const Contract& contract = {}, std::uint32_t history = 0,
                              const Value& standard = Value());
  // The place of a key in a space: INVALID_ID, INVALID_DEFINITION when scope or plane differ.
  Result<Slot> open(DefinitionId definition, std::string_view address);
  SpaceId spaceOf(Slot slot) const { return slots_[slot].replica->id(); }
  Result<NameId> unit(std::string_view name);
  // What a unit may call itself besides its name, from its next write on (core/entry/grants.h).
  // "*": anything. INVALID_VALUE.
  Status grant(NameId unit, std::string_view grants);
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
  //   kind    := 1 set | 2 unset | 3 add | 4 resolve | 5 reset, + 16: only at `version` (0: absent)
  //            + 32 where its op is to show nothing before it is decided
  //            + 64 where the own op of the number `version` must have written it last
  //   content := value (set, add, reset)
  //            | value, count varint, (session (16 bytes), sequence varint)*        (resolve)
  // STALE, CONFLICT, OUT_OF_RANGE … as decided here, or at the authority.
  // Writes into `out`: count varint, (space varint, sequence varint, index varint)*.
  Status commit(ByteView batch, ByteWriter& out);

  // Shows a set that gets its number later, when it is known to be wanted. Dropping it drops
  // nothing else; what this session writes over it meanwhile stands.
  //   held := 1 u8, slot varint, unit varint, kind 1, value      begins it: writes its id, varint
  //         | 2 u8, id varint, value                             submits it: writes an op as
  //                commit() does, and isCovered u8, when nothing was left of it. A value replaces
  //                the one that was shown; unset: that one
  //         | 3 u8, id varint                                    drops it
  // It is over after 2 and 3, whatever they answer.
  Status hold(ByteView bytes, ByteWriter& out);

  // The confirmed versions of an entry that are kept: isWhole u8, count varint, (index f64, epoch
  // text, millis f64, sequence f64, session text, unit text, value)*, oldest first.
  void history(Slot slot, ByteWriter& out) const;
  // Of a VALIDATION: a sentence, then after a NUL each a JSON Pointer and the key.
  const std::string& mismatch() const { return mismatch_; }

  // ---- Undecided ops of shared spaces

  // Those of all sessions that this core knows: (whose u8, address text, session text, sequence
  // f64, unit text, millis f64, sends u32, count varint, key text*)*, 0.
  //   whose := 1 this session's | 2 another tab's | 3 of one that is gone, + 4: taken back
  void outbox(ByteWriter& out) const;
  // Takes one back (core/replica/peer.h): it is shown no more, and the record tells whether that
  // came in time. `session` is 16 bytes. STALE, FORBIDDEN.
  Status withdraw(std::string_view address, std::string_view session, std::uint64_t sequence);

  // ---- Snapshots
  //   filter := count varint, address text*, count varint, key text*     none: all

  Status snapshot(ByteView filter, ByteWriter& out) const;
  // Rows of what is confirmed and set: count varint, (address text, key text, version f64,
  // millis f64, sequence f64, session text, unit text, value)*.
  Status entries(ByteView filter, ByteWriter& out) const;
  // What has a lower schema version than here: count varint, (address, key, version, value)*.
  Status outdated(ByteView snapshot, ByteWriter& out);
  // MALFORMED, PROTOCOL, CHECKSUM, DEFINITION_CLASH, OUTBOX_FULL; then nothing changed.
  // Writes ops into `out` as commit() does. `renewed`: outdated values in this page's form, count
  // varint, (address text, key text, value)*.
  Status restore(ByteView snapshot, RestoreMode mode, NameId unit, ByteWriter& out,
                 ByteView renewed = {});

  // ---- Other tabs

  Peer& peer() { return peer_; }
  const Peer& peer() const { return peer_; }
  // The conversation with the server: this tab's only while the peer decides.
  Uplink& uplink() { return uplink_; }
  const Uplink& uplink() const { return uplink_; }
  // What of it lies on the device's disk.
  Storage& storage() { return storage_; }
  const Storage& storage() const { return storage_; }
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
  friend struct Inside;  // Tests compare all of it (tests/scope/inside.h).
  struct Filter {
    std::vector<std::string> addresses;
    std::vector<std::string> keys;
    bool wants(const std::string& address) const;
    bool wantsKey(const std::string& key) const;
  };
  bool isQuick(const OpenSlot& slot) const;
  bool decides(const Replica& replica) const;
  Value* decideQuickly(OpenSlot& slot, NameId unit, Outcome& outcome);
  bool commitQuickly(std::vector<Write>& writes, ByteWriter& out);
  Outcome commitOne(const Write& write);
  Status add(Drafts& drafts, const Write& write) const;
  Entry seenBy(const OpenSlot& place) const;
  Result<Change> changeFor(const Write& write) const;
  void expectSeen(const Drafts& drafts);
  const Permissions* guardOf(const Replica& replica, const Change& change) const;
  ErrorCode check(const Draft& draft);
  void redefine(DefinitionId id);
  ErrorCode checkFollowing(const Draft& draft) const;
  void noteMismatch(const Draft& draft);
  Status checkAll(const Drafts& drafts);
  std::uint64_t submit(Draft draft);
  void submitAll(Drafts drafts, ByteWriter& out);
  Draft& addChange(Drafts& drafts, Replica& replica, NameId unit, Change change, bool split) const;
  bool readWrite(ByteReader& in, Write& write);
  Status beginHold(ByteReader& in, ByteWriter& out);
  Status submitHeld(ByteReader& in, ByteWriter& out);
  Replica& replicaFor(const Address& address);
  static Result<Filter> readFilter(ByteView bytes);
  static Status checkMeanings(const std::vector<SpaceState>& states);
  using Renewed = std::map<std::pair<std::string, std::string>, Value>;
  const KnownDefinition* successorOf(const EntryState& entry);
  Status addRestored(Drafts& drafts, SpaceState& state, const Renewed& renewed, NameId unit);
  void addUnsets(Drafts& drafts, Replica& replica, const SpaceState* state, NameId unit);
  Slot slotFor(SpaceId space, EntryId entry) const;
  void drainEntry(ByteWriter& out, const Touched& touched);
  void drainContract(ByteWriter& out, Slot slot, const KnownDefinition* known);
  void drainChoices(ByteWriter& out, Slot slot, const Entry& shown) const;
  void drainReturned(ByteWriter& out, const Returned& returned) const;
  void drainOverwritten(ByteWriter& out, const Overwritten& overwritten) const;

  Realm realm_;
  std::deque<Replica> replicas_;
  std::map<std::string, SpaceId, std::less<>> byAddress_;
  std::vector<std::uint32_t> historyLimits_;  // By definition.
  std::vector<OpenSlot> slots_;
  std::map<HoldId, HeldPlace> held_;
  std::vector<std::vector<Slot>> slotOf_;  // By space and entry; kNoSlot where not opened.
  Peer peer_;
  Uplink uplink_;
  Storage storage_;
  std::string mismatch_;
};

}  // namespace danji
