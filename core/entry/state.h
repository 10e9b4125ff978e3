// SpaceState: everything that replicas of a space agree on, as plain data and as bytes.
//
//   state     := address text, epoch u64, index varint, lastStamp u64,
//                sessions, units, floor*, entryCount varint, entry*
//   sessions  := count varint, (16 bytes)*          sorted, each used below
//   units     := count varint, text*                sorted, each used below
//   floor     := varint                             one per session, 0: none
//   entry     := key text, definition, version varint [written] value    sorted by key bytes
//   written   := lastStamp - stamp varint, session varint, sequence varint, unit varint
//                                                   (absent when version is 0)
//
// The encoding is canonical: equal states are equal bytes, so digests can be compared. The
// reader accepts nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/checksum.h"
#include "core/entry/definition.h"
#include "core/entry/stamp.h"
#include "core/value/value.h"

namespace danji {

struct FloorState {
  std::string session;  // 16 raw bytes
  std::uint64_t sequence = 0;
};

struct EntryState {
  std::string key;
  Definition definition;
  Value value;
  Stamp stamp;
  std::uint64_t version = 0;
  std::uint64_t sequence = 0;
  std::string session;
  std::string unit;
};

struct SpaceState {
  std::string address;
  std::uint64_t epoch = 0;
  std::uint64_t index = 0;
  Stamp lastStamp;
  std::vector<FloorState> floors;   // sorted by session
  std::vector<EntryState> entries;  // sorted by key
};

void encode(ByteWriter& out, const SpaceState& state);
SpaceState decodeState(ByteReader& in);
Digest digestOf(const SpaceState& state);

}  // namespace danji
