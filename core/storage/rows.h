// Rows: how spaces and undecided ops lie in an ordered store of bytes.
//
//   leader                                     epoch u64: who may write the spaces' rows
//   space/<address>/base                       a space as a whole
//   space/<address>/delta/<number>             what changed since the row before; 16 hex digits
//   unit/<address>/<key>                       one entry of a private space
//   outbox/<address>/<session>/<number>        an undecided op for a server; hex digits
//
//   row    := format u8, crc u32, epoch u64, since varint, state      a space, or a part of one
//   op     := format u8, crc u32, createdMillis f64, tables, push section with one op
//
// The crc (CRC-32C) covers what follows it. `state` is entry/state.h's; its epoch and index are
// the space's when the row was written. `epoch` is that of the leader who wrote it: of two
// histories of a space the one of the greater epoch is the later one. `since` is the index of the
// row before; 0 of a row that stands by itself.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/entry/state.h"
#include "core/wire/ops.h"

namespace danji {

struct Row {
  std::string key;
  Bytes bytes;
};

// Keys from `from` on and before `to`.
struct RowRange {
  std::string from;
  std::string to;
};

inline constexpr std::string_view kLeaderRow = "leader";

std::string baseKey(const std::string& address);
std::string deltaKey(const std::string& address, std::uint64_t number);
std::string unitKey(const std::string& address, const std::string& key);
std::string outboxKey(const std::string& address, std::string_view session,
                      std::uint64_t sequence);
RowRange leaderRange();
RowRange spaceRange(const std::string& address);
RowRange unitRange(const std::string& address);
RowRange outboxRange();
// The number of a delta's key; 0 of another key.
std::uint64_t deltaNumber(std::string_view key);

Bytes leaderRow(std::uint64_t epoch);
std::optional<std::uint64_t> readLeaderRow(ByteView bytes);

struct SpaceRow {
  std::uint64_t leaderEpoch = 0;
  std::uint64_t since = 0;
  SpaceState state;
};
Bytes spaceRow(std::uint64_t leaderEpoch, std::uint64_t since, const SpaceState& state);
std::optional<SpaceRow> readSpaceRow(ByteView bytes);

struct OutboxRow {
  double createdMillis = 0;
  WireTables tables;
  PushSection section;
};
Bytes outboxRow(const OutboxRow& row);
std::optional<OutboxRow> readOutboxRow(ByteView bytes);

// A space put together from its rows.
class StoredSpace {
 public:
  // In the order of their keys. False for a row that is damaged, or of another space. A server's
  // space ends where a row is missing: what lacks, the server tells. Elsewhere what is left stands.
  // A row behind one of a later leader says nothing: its writer had been replaced, and was late.
  bool add(const std::string& address, const Row& row);

  bool empty() const { return !found_; }
  // What is kept apart by key comes with indexes of its own: the greatest counts.
  SpaceState state() const { return StoredSpace(*this).take(); }
  // The same, of which nothing is left here.
  SpaceState take();

 private:
  std::vector<EntryState> takeEntries();

  bool found_ = false;
  bool isBroken_ = false;
  std::uint64_t leaderEpoch_ = 0;
  SpaceState head_;
  std::vector<EntryState> first_;             // What the first row has: mostly, nearly all.
  std::map<std::string, EntryState> entries_;  // What the others have.
  std::map<std::string, std::uint64_t> floors_;
  std::map<std::uint64_t, RejectionState> rejections_;
};

}  // namespace danji
