#include "core/entry/state.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/base/limits.h"
#include "core/entry/address.h"
#include "core/entry/change.h"
#include "core/entry/field_path.h"
#include "core/entry/included.h"
#include "core/entry/part.h"
#include "core/value/json.h"

namespace danji {
namespace {

constexpr std::size_t kEntryBytesMin = 6;
constexpr std::size_t kEntryBytesUsual = 32;

std::uint64_t placeIn(const std::vector<std::string>& sorted, const std::string& text) {
  return static_cast<std::uint64_t>(std::lower_bound(sorted.begin(), sorted.end(), text) -
                                    sorted.begin());
}

struct Tables {
  std::vector<std::string> sessions;
  std::vector<std::string> units;
};

// The tables of a state that is read, with what was used of them.
struct ReadTables : Tables {
  std::vector<std::uint8_t> sessionsUsed;
  std::vector<std::uint8_t> unitsUsed;

  // Empty, and the reader failed, when there is none.
  std::string_view useSession(ByteReader& in, std::uint64_t place) {
    return use(in, place, sessions, sessionsUsed);
  }
  std::string_view useUnit(ByteReader& in, std::uint64_t place) {
    return use(in, place, units, unitsUsed);
  }
  // A table row that nothing uses would be a second encoding of the same state.
  bool areUsed() const {
    const auto isUsed = [](const std::vector<std::uint8_t>& used) {
      return std::find(used.begin(), used.end(), 0) == used.end();
    };
    return isUsed(sessionsUsed) && isUsed(unitsUsed);
  }

 private:
  static std::string_view use(ByteReader& in, std::uint64_t place,
                              const std::vector<std::string>& texts,
                              std::vector<std::uint8_t>& used) {
    if (place >= texts.size()) {
      in.fail();
      return {};
    }
    used[static_cast<std::size_t>(place)] = 1;
    return texts[static_cast<std::size_t>(place)];
  }
};

Tables tablesOf(const SpaceState& state) {
  std::set<std::string> sessions;
  std::set<std::string> units;
  for (const FloorState& floor : state.floors) sessions.insert(floor.session);
  for (const RejectionState& rejection : state.rejections) sessions.insert(rejection.session);
  const EntryState* before = nullptr;
  for (const EntryState& entry : state.entries) {
    if (entry.version == 0) continue;
    // Most were written by whoever wrote the one before.
    if (before == nullptr || before->session != entry.session) sessions.insert(entry.session);
    if (before == nullptr || before->unit != entry.unit) units.insert(entry.unit);
    before = &entry;
    for (const PartState& part : entry.parts) {
      sessions.insert(part.session);
      units.insert(part.unit);
    }
    for (const FloorState& dot : entry.included) sessions.insert(dot.session);
  }
  return {{sessions.begin(), sessions.end()}, {units.begin(), units.end()}};
}

ReadTables readTables(ByteReader& in) {
  ReadTables tables;
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
  tables.sessionsUsed.resize(tables.sessions.size());
  tables.unitsUsed.resize(tables.units.size());
  return tables;
}

// What an entry and its parts tell of their last write.
template <class Written>
void encodeWritten(ByteWriter& out, const SpaceState& state, const Tables& tables,
                   const Written& written) {
  out.varint(state.lastStamp.ticks - written.stamp.ticks);
  out.varint(placeIn(tables.sessions, written.session));
  out.varint(written.sequence);
  out.varint(placeIn(tables.units, written.unit));
}

template <class Written>
void decodeWritten(ByteReader& in, const SpaceState& state, ReadTables& tables,
                   Written& written) {
  written.stamp = {state.lastStamp.ticks - in.bounded(state.lastStamp.ticks)};
  written.session = tables.useSession(in, in.varint());
  written.sequence = in.bounded(kSequenceMax);
  written.unit = tables.useUnit(in, in.varint());
  if (written.sequence == 0) in.fail();
}

PartState decodePart(ByteReader& in, const SpaceState& state, ReadTables& tables) {
  PartState part;
  part.path = std::string(in.text(kValueBytesMax));
  if (!isPointer(part.path) || !isUtf8(part.path)) in.fail();
  part.value = decodeFieldValue(in, part.path);
  part.version = in.bounded(state.index);
  if (part.version == 0) in.fail();
  decodeWritten(in, state, tables, part);
  return part;
}

void decodeParts(ByteReader& in, const SpaceState& state, ReadTables& tables,
                 EntryState& entry) {
  const StrategyKind strategy = entry.definition.strategy;
  const bool isMerge = strategy == StrategyKind::merge;
  const std::size_t count = in.count(6);
  if (count > (isMerge ? kFieldsMax : kSiblingsMax)) in.fail();
  Parts shown;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    PartState part = decodePart(in, state, tables);
    Part next{.path = part.path, .value = part.value, .stamp = {}, .version = part.version,
              .id = {}, .unit = 0};
    if (i > 0 && !comesBefore(shown.back(), next)) in.fail();
    if (i > 0 && isMerge && shown.back().path == next.path) in.fail();
    if (!isMerge && !part.path.empty()) in.fail();
    shown.push_back(std::move(next));
    entry.parts.push_back(std::move(part));
  }
  if (in.failed()) return;
  const std::optional<Rules> rules = readRules(entry.definition.parameters);
  entry.value = shownBy(strategy, shown, rules.value_or(Rules()));
  if (entry.version == 0 && count > 0) in.fail();
}

void encodeIncluded(ByteWriter& out, const Tables& tables, const EntryState& entry) {
  out.varint(entry.included.size());
  for (const FloorState& dot : entry.included) {
    out.varint(placeIn(tables.sessions, dot.session));
    out.varint(dot.sequence);
  }
}

void decodeIncluded(ByteReader& in, ReadTables& tables, EntryState& entry) {
  const std::size_t count = in.count(2);
  if (count > kIncludedMax || (count > 0 && entry.version == 0)) in.fail();
  std::pair<std::uint64_t, std::uint64_t> last;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const std::uint64_t session = in.varint();
    const std::pair next(session, in.bounded(kSequenceMax));
    const bool isSorted = i == 0 || last < next;
    if (next.second == 0 || !isSorted) return in.fail();
    entry.included.push_back({std::string(tables.useSession(in, session)), next.second});
    last = next;
  }
}

// Most keys mean the same as the one before: these bytes are looked into once.
void decodeMeaning(ByteReader& in, ByteView& bytesBefore, const SpaceState& state,
                   EntryState& entry) {
  if (in.skip(bytesBefore)) {
    const EntryState& before = state.entries[state.entries.size() - 2];
    entry.definition = before.definition;
    entry.contract = before.contract;
    return;
  }
  ByteReader from = in;
  entry.definition = decodeDefinition(in, entry.contract);
  bytesBefore = from.raw(from.remaining() - in.remaining());
}

// Into the last of the state's entries.
void decodeEntry(ByteReader& in, ByteView& meaningBefore, SpaceState& state, ReadTables& tables) {
  EntryState& entry = state.entries.back();
  const std::string_view key = in.text(kKeyBytesMax);
  if (key.empty() || !isUtf8(key)) in.fail();
  entry.key = std::string(key);
  decodeMeaning(in, meaningBefore, state, entry);
  entry.version = in.bounded(state.index);
  if (entry.version > 0) decodeWritten(in, state, tables, entry);
  if (keepsIncarnation(entry.definition.strategy)) entry.incarnation = in.bounded(kSequenceMax);
  if (keepsParts(entry.definition.strategy)) {
    decodeParts(in, state, tables, entry);
  } else {
    entry.value = decodeValue(in);
    if (keepsIncluded(entry.definition.strategy)) decodeIncluded(in, tables, entry);
  }
  if (entry.version == 0 && (entry.value.isSet() || entry.incarnation > 0)) in.fail();
}

void encodeEntry(ByteWriter& out, const SpaceState& state, const Tables& tables,
                 const EntryState& entry) {
  out.text(entry.key);
  encode(out, entry.definition, entry.contract);
  out.varint(entry.version);
  if (entry.version > 0) encodeWritten(out, state, tables, entry);
  if (keepsIncarnation(entry.definition.strategy)) out.varint(entry.incarnation);
  if (!keepsParts(entry.definition.strategy)) {
    encode(out, entry.value);
    if (keepsIncluded(entry.definition.strategy)) encodeIncluded(out, tables, entry);
    return;
  }
  out.varint(entry.parts.size());
  for (const PartState& part : entry.parts) {
    out.text(part.path);
    encodeFieldValue(out, part.path, part.value);
    out.varint(part.version);
    encodeWritten(out, state, tables, part);
  }
}

RejectionState decodeRejection(ByteReader& in, const SpaceState& state, ReadTables& tables) {
  RejectionState rejection;
  rejection.index = in.bounded(state.index);
  rejection.session = tables.useSession(in, in.varint());
  rejection.sequence = in.bounded(kSequenceMax);
  rejection.span = in.bounded(rejection.sequence);
  const std::uint8_t code = in.u8();
  const std::uint64_t after = state.rejections.empty() ? 0 : state.rejections.back().index;
  if (rejection.index <= after || rejection.span == 0 || code == 0 || code > kErrorCodeLast) {
    in.fail();
    return rejection;
  }
  rejection.code = static_cast<ErrorCode>(code);
  return rejection;
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
  for (const EntryState& entry : state.entries) encodeEntry(out, state, tables, entry);

  out.varint(state.rejections.size());
  for (const RejectionState& rejection : state.rejections) {
    out.varint(rejection.index);
    out.varint(placeIn(tables.sessions, rejection.session));
    out.varint(rejection.sequence);
    out.varint(rejection.span);
    out.u8(static_cast<std::uint8_t>(rejection.code));
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
  ReadTables tables = readTables(in);
  if (in.failed()) return state;

  for (std::size_t i = 0; i < tables.sessions.size() && !in.failed(); ++i) {
    const std::uint64_t sequence = in.bounded(kSequenceMax);
    if (sequence > 0) state.floors.push_back({std::string(tables.useSession(in, i)), sequence});
  }

  const std::size_t count = in.count(kEntryBytesMin);
  // Of a stranger's bytes not much more is believed than they weigh.
  state.entries.reserve(std::min(count, in.remaining() / kEntryBytesUsual));
  ByteView meaning;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    state.entries.emplace_back();
    decodeEntry(in, meaning, state, tables);
    if (i > 0 && state.entries[i].key <= state.entries[i - 1].key) in.fail();
  }
  const std::size_t rejections = in.count(5);
  if (rejections > kRejectionsKept) in.fail();
  for (std::size_t i = 0; i < rejections && !in.failed(); ++i) {
    state.rejections.push_back(decodeRejection(in, state, tables));
  }
  if (!tables.areUsed()) in.fail();
  return state;
}

Digest digestOf(const SpaceState& state) {
  ByteWriter bytes;
  encode(bytes, state);
  return digestOf(bytes.view());
}

}  // namespace danji
