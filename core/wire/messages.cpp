#include "core/wire/messages.h"

#include "core/base/limits.h"
#include "core/entry/address.h"
#include "core/value/json.h"

namespace danji {
namespace {

std::string decodeSession(ByteReader& in) { return std::string(asText(in.raw(kSessionBytes))); }

void encode(ByteWriter& out, const Cursor& cursor) {
  out.text(cursor.address);
  out.u64(cursor.epoch);
  out.varint(cursor.index);
}

Cursor decodeCursor(ByteReader& in) {
  Cursor cursor;
  cursor.address = std::string(in.text(kAddressBytesMax));
  if (!Address::parse(cursor.address).ok()) in.fail();
  cursor.epoch = in.u64();
  cursor.index = in.bounded(kSequenceMax);
  return cursor;
}

void encode(ByteWriter& out, const std::vector<Cursor>& cursors) {
  out.varint(cursors.size());
  for (const Cursor& cursor : cursors) encode(out, cursor);
}

std::vector<Cursor> decodeCursors(ByteReader& in) {
  std::vector<Cursor> cursors;
  const std::size_t count = in.count(10);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) cursors.push_back(decodeCursor(in));
  return cursors;
}

void encode(ByteWriter& out, const std::vector<std::string>& sessions) {
  out.varint(sessions.size());
  for (const std::string& session : sessions) out.raw(session);
}

std::vector<std::string> decodeSessions(ByteReader& in) {
  std::vector<std::string> sessions;
  const std::size_t count = in.count(kSessionBytes);
  for (std::size_t i = 0; i < count; ++i) sessions.push_back(decodeSession(in));
  return sessions;
}

// No leader epoch is near the end of the number line, unless a stranger says so: then nobody
// could ever lead above it.
std::uint64_t decodeLeaderEpoch(ByteReader& in) { return in.bounded(kSequenceMax); }

std::string decodeId(ByteReader& in) {
  std::string id(in.text(kIdBytesMax));
  if (!isId(id)) in.fail();
  return id;
}

}  // namespace

void encode(ByteWriter& out, const Hello& message) {
  out.raw(message.sender);
  encode(out, message.cursors);
}

Hello decodeHello(ByteReader& in) {
  Hello message;
  message.sender = decodeSession(in);
  message.cursors = decodeCursors(in);
  return message;
}

void encode(ByteWriter& out, const Prepare& message) {
  out.raw(message.sender);
  out.varint(message.leaderEpoch);
  out.varint(message.accepted);
  encode(out, message.cursors);
}

Prepare decodePrepare(ByteReader& in) {
  Prepare message;
  message.sender = decodeSession(in);
  message.leaderEpoch = decodeLeaderEpoch(in);
  message.accepted = decodeLeaderEpoch(in);
  message.cursors = decodeCursors(in);
  return message;
}

void encode(ByteWriter& out, const Promise& message) {
  out.raw(message.sender);
  out.varint(message.leaderEpoch);
  out.raw(message.asker);
  out.varint(message.accepted);
  out.varint(message.states.size());
  for (const SpaceState& state : message.states) encode(out, state);
}

Promise decodePromise(ByteReader& in) {
  Promise message;
  message.sender = decodeSession(in);
  message.leaderEpoch = decodeLeaderEpoch(in);
  message.asker = decodeSession(in);
  message.accepted = decodeLeaderEpoch(in);
  const std::size_t count = in.count(20);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    message.states.push_back(decodeState(in));
  }
  return message;
}

void encode(ByteWriter& out, const Refuse& message) {
  out.raw(message.sender);
  out.raw(message.asker);
  out.varint(message.promised);
}

Refuse decodeRefuse(ByteReader& in) {
  Refuse message;
  message.sender = decodeSession(in);
  message.asker = decodeSession(in);
  message.promised = decodeLeaderEpoch(in);
  return message;
}

void encode(ByteWriter& out, const Lead& message) {
  out.raw(message.sender);
  out.varint(message.leaderEpoch);
  encode(out, message.live);
  encode(out, message.cursors);
}

Lead decodeLead(ByteReader& in) {
  Lead message;
  message.sender = decodeSession(in);
  message.leaderEpoch = decodeLeaderEpoch(in);
  message.live = decodeSessions(in);
  message.cursors = decodeCursors(in);
  return message;
}

void encode(ByteWriter& out, const Stored& message) {
  out.raw(message.sender);
  out.varint(message.leaderEpoch);
  encode(out, message.cursors);
}

Stored decodeStored(ByteReader& in) {
  Stored message;
  message.sender = decodeSession(in);
  message.leaderEpoch = decodeLeaderEpoch(in);
  message.cursors = decodeCursors(in);
  return message;
}

void encode(ByteWriter& out, const Welcome& message) {
  out.raw(message.sender);
  out.varint(message.leaderEpoch);
  out.raw(message.target);
  encode(out, message.live);
  out.varint(message.updates.size());
  for (const SpaceUpdate& update : message.updates) {
    encode(out, update.cursor);
    if (update.state) {
      out.u8(1);
      encode(out, *update.state);
    } else if (update.tail) {
      out.u8(2);
      encode(out, update.tables);
      encode(out, *update.tail);
    } else {
      out.u8(0);
    }
  }
}

Welcome decodeWelcome(ByteReader& in) {
  Welcome message;
  message.sender = decodeSession(in);
  message.leaderEpoch = decodeLeaderEpoch(in);
  message.target = decodeSession(in);
  message.live = decodeSessions(in);
  const std::size_t count = in.count(11);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    SpaceUpdate update;
    update.cursor = decodeCursor(in);
    const std::uint8_t form = in.u8();
    if (form == 1) {
      update.state = decodeState(in);
      if (update.state->address != update.cursor.address) in.fail();
    } else if (form == 2) {
      update.tables = decodeTables(in);
      if (!in.failed()) update.tail = decodeRecordsSection(in, update.tables);
      if (!in.failed() && update.tail->address != update.cursor.address) in.fail();
    } else if (form != 0) {
      in.fail();
    }
    message.updates.push_back(std::move(update));
  }
  return message;
}

void encode(ByteWriter& out, const Push& message) {
  out.raw(message.sender);
  encode(out, message.tables);
  out.varint(message.sections.size());
  for (const PushSection& section : message.sections) encode(out, section);
}

Push decodePush(ByteReader& in) {
  Push message;
  message.sender = decodeSession(in);
  message.tables = decodeTables(in);
  const std::size_t count = in.count(11);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    message.sections.push_back(decodePushSection(in, message.tables));
  }
  return message;
}

void encode(ByteWriter& out, const Records& message) {
  out.raw(message.sender);
  out.varint(message.leaderEpoch);
  encode(out, message.tables);
  out.varint(message.sections.size());
  for (const RecordsSection& section : message.sections) encode(out, section);
}

Records decodeRecords(ByteReader& in) {
  Records message;
  message.sender = decodeSession(in);
  message.leaderEpoch = decodeLeaderEpoch(in);
  message.tables = decodeTables(in);
  const std::size_t count = in.count(11);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    message.sections.push_back(decodeRecordsSection(in, message.tables));
  }
  return message;
}

void encode(ByteWriter& out, const Event& message) {
  out.raw(message.sender);
  out.u8(static_cast<std::uint8_t>(message.scope));
  out.text(message.apartment);
  out.text(message.building);
  out.text(message.unit);
  out.text(message.name);
  out.text(message.json);
}

Event decodeEvent(ByteReader& in) {
  Event message;
  message.sender = decodeSession(in);
  message.scope = static_cast<Scope>(in.bounded(static_cast<std::uint64_t>(Scope::global)));
  message.apartment = decodeId(in);
  message.building = decodeId(in);
  message.unit = decodeId(in);
  const std::string_view name = in.text(kKeyBytesMax);
  const std::string_view json = in.text(kValueBytesMax);
  if (name.empty() || !isUtf8(name) || !isJson(json, kNestingMax)) in.fail();
  message.name = std::string(name);
  message.json = std::string(json);
  return message;
}

void encode(ByteWriter& out, const Bye& message) { out.raw(message.sender); }

Bye decodeBye(ByteReader& in) { return {.sender = decodeSession(in)}; }

}  // namespace danji
