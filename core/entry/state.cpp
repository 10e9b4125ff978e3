#include "core/entry/state.h"

#include <algorithm>
#include <set>

#include "core/base/limits.h"
#include "core/entry/address.h"
#include "core/value/json.h"

namespace danji {
namespace {

constexpr std::size_t kSessionBytes = 16;

std::uint64_t placeIn(const std::vector<std::string>& sorted, const std::string& text) {
  return static_cast<std::uint64_t>(std::lower_bound(sorted.begin(), sorted.end(), text) -
                                    sorted.begin());
}

struct Tables {
  std::vector<std::string> sessions;
  std::vector<std::string> units;
};

Tables tablesOf(const SpaceState& state) {
  std::set<std::string> sessions;
  std::set<std::string> units;
  for (const FloorState& floor : state.floors) sessions.insert(floor.session);
  for (const EntryState& entry : state.entries) {
    if (entry.version == 0) continue;
    sessions.insert(entry.session);
    units.insert(entry.unit);
  }
  return {{sessions.begin(), sessions.end()}, {units.begin(), units.end()}};
}

Tables decodeTables(ByteReader& in) {
  Tables tables;
  const std::size_t sessionCount = in.count(kSessionBytes);
  for (std::size_t i = 0; i < sessionCount; ++i) {
    std::string session(asText(in.raw(kSessionBytes)));
    if (i > 0 && session <= tables.sessions.back()) in.fail();
    tables.sessions.push_back(std::move(session));
  }
  const std::size_t unitCount = in.count(1);
  for (std::size_t i = 0; i < unitCount; ++i) {
    std::string unit(in.text(kIdBytesMax));
    if (!isId(unit) || (i > 0 && unit <= tables.units.back())) in.fail();
    if (in.failed()) break;
    tables.units.push_back(std::move(unit));
  }
  return tables;
}

void decodeWritten(ByteReader& in, const SpaceState& state, const Tables& tables,
                   EntryState& entry) {
  entry.stamp = {state.lastStamp.ticks - in.bounded(state.lastStamp.ticks)};
  const std::uint64_t session = in.varint();
  entry.sequence = in.bounded(kSequenceMax);
  const std::uint64_t unit = in.varint();
  if (session >= tables.sessions.size() || unit >= tables.units.size() || entry.sequence == 0) {
    in.fail();
    return;
  }
  entry.session = tables.sessions[static_cast<std::size_t>(session)];
  entry.unit = tables.units[static_cast<std::size_t>(unit)];
}

EntryState decodeEntry(ByteReader& in, const SpaceState& state, const Tables& tables) {
  EntryState entry;
  const std::string_view key = in.text(kKeyBytesMax);
  if (key.empty() || !isUtf8(key)) in.fail();
  entry.key = std::string(key);
  entry.definition = decodeDefinition(in);
  entry.version = in.bounded(state.index);
  if (entry.version > 0) decodeWritten(in, state, tables, entry);
  entry.value = decodeValue(in);
  if (entry.version == 0 && entry.value.isSet()) in.fail();
  return entry;
}

}  // namespace

void encode(ByteWriter& out, const SpaceState& state) {
  const Tables tables = tablesOf(state);
  out.text(state.address);
  out.u64(state.epoch);
  out.varint(state.index);
  out.u64(state.lastStamp.ticks);
  out.varint(tables.sessions.size());
  for (const std::string& session : tables.sessions) out.raw(session);
  out.varint(tables.units.size());
  for (const std::string& unit : tables.units) out.text(unit);

  auto floor = state.floors.begin();
  for (const std::string& session : tables.sessions) {
    const bool known = floor != state.floors.end() && floor->session == session;
    out.varint(known ? floor->sequence : 0);
    if (known) ++floor;
  }

  out.varint(state.entries.size());
  for (const EntryState& entry : state.entries) {
    out.text(entry.key);
    encode(out, entry.definition);
    out.varint(entry.version);
    if (entry.version > 0) {
      out.varint(state.lastStamp.ticks - entry.stamp.ticks);
      out.varint(placeIn(tables.sessions, entry.session));
      out.varint(entry.sequence);
      out.varint(placeIn(tables.units, entry.unit));
    }
    encode(out, entry.value);
  }
}

SpaceState decodeState(ByteReader& in) {
  SpaceState state;
  state.address = std::string(in.text(kAddressBytesMax));
  if (!Address::parse(state.address).ok()) in.fail();
  state.epoch = in.u64();
  state.index = in.bounded(kSequenceMax);
  state.lastStamp = {in.u64()};
  if (state.lastStamp.ticks > kStampTicksMax) in.fail();
  const Tables tables = decodeTables(in);
  if (in.failed()) return state;

  std::vector<bool> sessionUsed(tables.sessions.size());
  for (std::size_t i = 0; i < tables.sessions.size() && !in.failed(); ++i) {
    const std::uint64_t sequence = in.bounded(kSequenceMax);
    sessionUsed[i] = sequence > 0;
    if (sequence > 0) state.floors.push_back({tables.sessions[i], sequence});
  }

  std::set<std::string> unitsUsed;
  const std::size_t count = in.count(6);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    EntryState entry = decodeEntry(in, state, tables);
    if (i > 0 && entry.key <= state.entries.back().key) in.fail();
    if (entry.version > 0 && !in.failed()) {
      sessionUsed[static_cast<std::size_t>(placeIn(tables.sessions, entry.session))] = true;
      unitsUsed.insert(entry.unit);
    }
    state.entries.push_back(std::move(entry));
  }
  // A table row that nothing uses would be a second encoding of the same state.
  if (std::find(sessionUsed.begin(), sessionUsed.end(), false) != sessionUsed.end()) in.fail();
  if (unitsUsed.size() != tables.units.size()) in.fail();
  return state;
}

Digest digestOf(const SpaceState& state) {
  ByteWriter bytes;
  encode(bytes, state);
  return digestOf(bytes.view());
}

}  // namespace danji
