// Messages: what tabs of one cluster say to each other, one struct per frame type.
//
//   hello    := sender, cursors                  I am here; tell me what I lack
//   prepare  := sender, epoch, accepted, cursors I hold the lock: promise me this leader epoch
//   promise  := sender, epoch, asker, accepted, state*      promised; these are further than you
//   refuse   := sender, asker, promised          I promised a higher epoch
//   lead     := sender, epoch, live, cursors     I decide now, and my logs end here
//   welcome  := sender, epoch, target, live, update*        what `target` lacked
//   push     := sender, tables, section*         undecided ops
//   records  := sender, epoch, tables, section*  decided ones
//   event    := sender, scope, apartment, building, unit, name, json
//   bye      := sender
//   stored   := sender, epoch, cursors           the disk has what was decided up to there
//   cursors  := count varint, (address text, epoch u64, index varint)*
//   live     := count varint, (16 bytes)*
//   update   := cursor, form u8, [state | tables, records]     form 0: nothing lacks
//
// Decoding is pure: it gives a whole, checked message or fails the reader.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/entry/state.h"
#include "core/wire/ops.h"

namespace danji {

struct Cursor {
  std::string address;
  std::uint64_t epoch = 0;
  std::uint64_t index = 0;
};

// Whether a log that ends at `mine` lacks something of the same server's log that ends at
// `theirs`: its epochs grow (core/server/host.h).
inline bool isBehind(const Cursor& mine, const Cursor& theirs) {
  return mine.epoch != theirs.epoch ? mine.epoch < theirs.epoch : mine.index < theirs.index;
}

struct Hello {
  std::string sender;
  std::vector<Cursor> cursors;
};

struct Prepare {
  std::string sender;
  std::uint64_t leaderEpoch = 0;
  std::uint64_t accepted = 0;
  std::vector<Cursor> cursors;
};

struct Promise {
  std::string sender;
  std::uint64_t leaderEpoch = 0;
  std::string asker;
  std::uint64_t accepted = 0;
  std::vector<SpaceState> states;
};

struct Refuse {
  std::string sender;
  std::string asker;
  std::uint64_t promised = 0;
};

struct Lead {
  std::string sender;
  std::uint64_t leaderEpoch = 0;
  std::vector<std::string> live;
  std::vector<Cursor> cursors;
};

struct SpaceUpdate {
  Cursor cursor;  // Where the leader's log ends.
  std::optional<SpaceState> state;
  WireTables tables;
  std::optional<RecordsSection> tail;
};

struct Welcome {
  std::string sender;
  std::uint64_t leaderEpoch = 0;
  std::string target;
  std::vector<std::string> live;
  std::vector<SpaceUpdate> updates;
};

struct Push {
  std::string sender;
  WireTables tables;
  std::vector<PushSection> sections;
};

struct Records {
  std::string sender;
  std::uint64_t leaderEpoch = 0;
  WireTables tables;
  std::vector<RecordsSection> sections;
};

struct Event {
  std::string sender;
  Scope scope = Scope::apartment;
  std::string apartment;
  std::string building;
  std::string unit;
  std::string name;
  std::string json;
};

struct Bye {
  std::string sender;
};

struct Stored {
  std::string sender;
  std::uint64_t leaderEpoch = 0;
  std::vector<Cursor> cursors;
};

void encode(ByteWriter& out, const Hello& message);
void encode(ByteWriter& out, const Prepare& message);
void encode(ByteWriter& out, const Promise& message);
void encode(ByteWriter& out, const Refuse& message);
void encode(ByteWriter& out, const Lead& message);
void encode(ByteWriter& out, const Welcome& message);
void encode(ByteWriter& out, const Push& message);
void encode(ByteWriter& out, const Records& message);
void encode(ByteWriter& out, const Event& message);
void encode(ByteWriter& out, const Bye& message);
void encode(ByteWriter& out, const Stored& message);

Hello decodeHello(ByteReader& in);
Prepare decodePrepare(ByteReader& in);
Promise decodePromise(ByteReader& in);
Refuse decodeRefuse(ByteReader& in);
Lead decodeLead(ByteReader& in);
Welcome decodeWelcome(ByteReader& in);
Push decodePush(ByteReader& in);
Records decodeRecords(ByteReader& in);
Event decodeEvent(ByteReader& in);
Bye decodeBye(ByteReader& in);
Stored decodeStored(ByteReader& in);

}  // namespace danji
