// SpaceState: everything that replicas of a space agree on, as plain data and as bytes.
//
//   state     := address text, epoch u64, index varint, lastStamp u64,
//                sessions, units, floor*, entryCount varint, entry*,
//                rejectionCount varint, rejection*
//   sessions  := count varint, (16 bytes)*          sorted, each used below
//   units     := count varint, text*                sorted, each used below
//   floor     := varint                             one per session, 0: none
//   entry     := key text, meaning, version varint [written] [incarnation varint] content
//                                                   sorted by key bytes
//   written   := lastStamp - stamp varint, session varint, sequence varint, unit varint
//                                                   (absent when version is 0)
//   content   := value [included] | count varint, part*
//                                                   by the strategy (entry/part.h, included.h)
//   included  := count varint, (session varint, sequence varint)*   sorted
//   rejection := index varint, session varint, sequence varint, span varint, code u8   by index
//   part      := path text, (value | JSON text, empty: taken away), version varint, written
//                                                   sorted by path, then version
//
// The encoding is canonical: equal states are equal bytes, so digests can be compared. The
// reader accepts nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/checksum.h"
#include "core/base/errors.h"
#include "core/entry/definition.h"
#include "core/entry/stamp.h"
#include "core/value/value.h"

namespace danji {

struct FloorState {
  std::string session;  // 16 raw bytes
  std::uint64_t sequence = 0;
};

// An op that was refused: whoever missed its record learns from the state why. Only the last
// ones are kept.
struct RejectionState {
  std::uint64_t index = 0;
  std::string session;
  std::uint64_t sequence = 0;
  std::uint64_t span = 1;  // So many numbers up to that one: a void closes several.
  ErrorCode code = ErrorCode::conflict;
};

struct PartState {
  std::string path;
  Value value;
  Stamp stamp;
  std::uint64_t version = 0;
  std::uint64_t sequence = 0;
  std::string session;
  std::string unit;
};

struct EntryState {
  std::string key;
  Definition definition;
  Contract contract = {};
  Value value;
  Stamp stamp;
  std::uint64_t version = 0;
  std::uint64_t sequence = 0;
  std::string session;
  std::string unit;
  std::uint64_t incarnation = 0;
  std::vector<PartState> parts;
  std::vector<FloorState> included;  // Sorted by session, then by number.
};

struct SpaceState {
  std::string address;
  std::uint64_t epoch = 0;
  std::uint64_t index = 0;
  Stamp lastStamp;
  std::vector<FloorState> floors;   // sorted by session
  std::vector<EntryState> entries;  // sorted by key
  std::vector<RejectionState> rejections = {};  // sorted by index, at most kRejectionsKept
};

void encode(ByteWriter& out, const SpaceState& state);
SpaceState decodeState(ByteReader& in);
Digest digestOf(const SpaceState& state);

}  // namespace danji
