#include "core/wire/ops.h"

#include "core/base/limits.h"
#include "core/entry/address.h"
#include "core/entry/field_path.h"
#include "core/entry/grants.h"
#include "core/value/json.h"

namespace danji {
namespace {

// What an op shares with the one before it, and so does not repeat.
enum Flag : std::uint8_t {
  kSameSession = 1,
  kNextSequence = 2,
  kSameUnit = 4,
  kSameTime = 8,  // push: same age; records: the next stamp
  kOneChange = 16,
  kVoids = 32,
  kHidden = 64,         // push only
  kRejected = 64,       // records only
  kSameObserved = 128,  // push only
  kConcurrent = 128,    // records only
};

struct Previous {
  std::uint32_t session = 0;
  std::uint64_t sequence = 0;
  std::uint32_t unit = 0;
  std::uint64_t ageMillis = 0;
  std::uint64_t observed = 0;
  Stamp stamp;

  std::uint8_t sharedFlags(const WireOp& op) const {
    return static_cast<std::uint8_t>((op.session == session ? kSameSession : 0) |
                                     (op.sequence == sequence + 1 ? kNextSequence : 0) |
                                     (op.unit == unit ? kSameUnit : 0) |
                                     (op.changes.size() == 1 ? kOneChange : 0) |
                                     (op.voids ? kVoids : 0));
  }
  void remember(const WireOp& op) {
    session = op.session;
    sequence = op.sequence;
    unit = op.unit;
    ageMillis = op.ageMillis;
    observed = op.observed;
  }
};

void encodeIds(ByteWriter& out, const WireOp& op, std::uint8_t flags) {
  if ((flags & kSameSession) == 0) out.varint(op.session);
  if ((flags & kNextSequence) == 0) out.varint(op.sequence);
  if ((flags & kSameUnit) == 0) out.varint(op.unit);
}

void decodeIds(ByteReader& in, const WireTables& tables, std::uint8_t flags, Previous& previous,
               WireOp& op) {
  const auto place = [&in](std::size_t size) {
    const std::uint64_t n = in.varint();
    if (n >= size) in.fail();
    return static_cast<std::uint32_t>(n);
  };
  op.session = (flags & kSameSession) != 0 ? previous.session : place(tables.sessions.size());
  op.sequence = (flags & kNextSequence) != 0 ? previous.sequence + 1 : in.varint();
  op.unit = (flags & kSameUnit) != 0 ? previous.unit : place(tables.units.size());
  op.voids = (flags & kVoids) != 0;
  // The first op may have said "same as before" where nothing was before.
  if (op.session >= tables.sessions.size() || op.unit >= tables.units.size()) in.fail();
  if (op.sequence == 0 || op.sequence > kSequenceMax) in.fail();
}

constexpr std::uint64_t kExtended = 7;
constexpr std::uint64_t kPlainKindLast = static_cast<std::uint64_t>(ChangeKind::add);

// What a change may carry besides its kind and content.
enum Extra : std::uint8_t { kIncarnation = 1, kAbsent = 2, kWrittenBy = 4, kObserved = 8 };

std::uint8_t extrasOf(const WireChange& change) {
  return static_cast<std::uint8_t>(
      (change.incarnation != 0 ? kIncarnation : 0) |
      (change.expectation == Expectation::absent ? kAbsent : 0) |
      (change.expectation == Expectation::writtenBy ? kWrittenBy : 0) |
      (change.observed.empty() ? 0 : kObserved));
}

void encodeDot(ByteWriter& out, const WireDot& dot) {
  out.varint(dot.sequence);
  if (dot.sequence != 0) out.varint(dot.session);
}

WireDot decodeDot(ByteReader& in, const WireTables& tables) {
  WireDot dot{.session = 0, .sequence = in.bounded(kSequenceMax)};
  if (dot.sequence == 0) return dot;
  const std::uint64_t session = in.varint();
  if (session >= tables.sessions.size()) in.fail();
  dot.session = in.failed() ? 0 : static_cast<std::uint32_t>(session);
  return dot;
}

void encodeExtras(ByteWriter& out, const WireChange& change, std::uint8_t extras) {
  out.u8(static_cast<std::uint8_t>(change.kind));
  out.u8(extras);
  if ((extras & kIncarnation) != 0) out.varint(change.incarnation);
  if ((extras & kWrittenBy) != 0) encodeDot(out, change.expected);
  if ((extras & kObserved) == 0) return;
  out.varint(change.observed.size());
  for (const WireDot& dot : change.observed) encodeDot(out, dot);
}

void decodeExtras(ByteReader& in, const WireTables& tables, WireChange& change) {
  change.kind = static_cast<ChangeKind>(in.bounded(static_cast<std::uint64_t>(kChangeLast)));
  const std::uint8_t extras = in.u8();
  if ((extras & ~(kIncarnation | kAbsent | kWrittenBy | kObserved)) != 0) in.fail();
  if ((extras & kAbsent) != 0) change.expectation = Expectation::absent;
  if ((extras & kIncarnation) != 0) change.incarnation = in.bounded(kSequenceMax);
  if ((extras & kWrittenBy) != 0) {
    change.expectation = Expectation::writtenBy;
    change.expected = decodeDot(in, tables);
  }
  if ((extras & kObserved) != 0) {
    const std::size_t count = in.count(2);
    if (count > (change.kind == ChangeKind::fill ? kIncludedMax : kSiblingsMax)) in.fail();
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
      change.observed.push_back(decodeDot(in, tables));
      if (change.observed.back().sequence == 0) in.fail();
    }
  }
  // There is one way to say each thing.
  const bool isPlain = static_cast<std::uint64_t>(change.kind) <= kPlainKindLast;
  if (extrasOf(change) != extras || (isPlain && extras == 0)) in.fail();
}

bool carriesValue(ChangeKind kind) {
  return kind != ChangeKind::define && kind != ChangeKind::unset && !carriesFields(kind);
}

void encodeChange(ByteWriter& out, const WireChange& change) {
  const std::uint8_t extras = extrasOf(change);
  const auto kind = static_cast<std::uint64_t>(change.kind);
  const bool isPlain = extras == 0 && kind <= kPlainKindLast;
  out.varint(std::uint64_t{change.key} * 8 + (isPlain ? kind : kExtended));
  if (!isPlain) encodeExtras(out, change, extras);
  if (carriesValue(change.kind)) encode(out, change.value);
  if (!carriesFields(change.kind)) return;
  out.varint(change.fields.size());
  for (const FieldChange& field : change.fields) {
    out.text(field.path);
    encodeFieldValue(out, field.path, field.value);
  }
}

void decodeFields(ByteReader& in, WireChange& change) {
  const std::size_t count = in.count(2);
  if (count > kFieldsMax) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    FieldChange field;
    field.path = std::string(in.text(kValueBytesMax));
    if (!isPointer(field.path) || !isUtf8(field.path)) in.fail();
    field.value = decodeFieldValue(in, field.path);
    change.fields.push_back(std::move(field));
  }
}

WireChange decodeChange(ByteReader& in, const WireTables& tables) {
  WireChange change;
  const std::uint64_t packed = in.varint();
  if ((packed >> 3) >= tables.keys.size()) {
    in.fail();
    return change;
  }
  change.key = static_cast<std::uint32_t>(packed >> 3);
  const std::uint64_t kind = packed & 7;
  if (kind == kExtended) {
    decodeExtras(in, tables, change);
  } else if (kind <= kPlainKindLast) {
    change.kind = static_cast<ChangeKind>(kind);
  } else {
    in.fail();
  }
  if (change.kind == ChangeKind::define && !tables.keys[change.key].definition) in.fail();
  if (carriesValue(change.kind)) {
    change.value = decodeValue(in);
    const bool mayBeUnset =
        change.kind == ChangeKind::resolve || change.kind == ChangeKind::reset;
    if (!change.value.isSet() && !mayBeUnset) in.fail();
  }
  if (carriesFields(change.kind)) decodeFields(in, change);
  return change;
}

void encodeChanges(ByteWriter& out, const WireOp& op, std::uint8_t flags) {
  if ((flags & kOneChange) == 0) out.varint(op.changes.size());
  for (const WireChange& change : op.changes) encodeChange(out, change);
}

void decodeChanges(ByteReader& in, const WireTables& tables, std::uint8_t flags, WireOp& op) {
  const std::size_t count = (flags & kOneChange) != 0 ? 1 : in.count(1);
  // A record may carry a define for each of its op's changes.
  if (count > 2 * kBatchChangesMax || (op.voids && count > 0)) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    op.changes.push_back(decodeChange(in, tables));
  }
}

WireKey decodeKey(ByteReader& in) {
  WireKey row;
  const std::string_view key = in.text(kKeyBytesMax);
  if (key.empty() || !isUtf8(key)) in.fail();
  row.key = std::string(key);
  switch (in.u8()) {
    case 0:
      break;
    case 1:
      row.fingerprint = in.u64();
      break;
    case 2:
      row.definition = decodeDefinition(in, row.contract);
      if (!in.failed()) row.fingerprint = fingerprintOf(*row.definition);
      break;
    default:
      in.fail();
  }
  return row;
}

std::string decodeAddress(ByteReader& in) {
  std::string address(in.text(kAddressBytesMax));
  if (!Address::parse(address).ok()) in.fail();
  return address;
}

void encodeRecord(ByteWriter& out, const WireRecord& record, Previous& previous) {
  std::uint8_t flags = previous.sharedFlags(record.op);
  const bool nextStamp = record.stamp == previous.stamp.next();
  const bool rejected = record.decision != ErrorCode::ok;
  if (nextStamp) flags |= kSameTime;
  if (rejected) flags |= kRejected;
  if (record.isConcurrent) flags |= kConcurrent;
  out.u8(flags);
  encodeIds(out, record.op, flags);
  if (!nextStamp) {
    out.zigzag(static_cast<std::int64_t>(record.stamp.ticks >> 16) -
               static_cast<std::int64_t>(previous.stamp.ticks >> 16));
    out.varint(record.stamp.ticks & 0xffff);
  }
  if (rejected) out.u8(static_cast<std::uint8_t>(record.decision));
  if (record.isConcurrent) out.varint(record.op.observed);
  encodeChanges(out, record.op, flags);
  previous.remember(record.op);
  previous.stamp = record.stamp;
}

WireRecord decodeRecord(ByteReader& in, const WireTables& tables, Previous& previous) {
  WireRecord record;
  const std::uint8_t flags = in.u8();
  decodeIds(in, tables, flags, previous, record.op);
  record.stamp = previous.stamp.next();
  if ((flags & kSameTime) == 0) {
    constexpr std::int64_t kMillisEnd = (kStampTicksMax >> 16) + 1;
    std::int64_t step = in.zigzag();
    if (step <= -kMillisEnd || step >= kMillisEnd) {
      in.fail();
      step = 0;  // Two hostile summands must not overflow.
    }
    const std::int64_t millis = static_cast<std::int64_t>(previous.stamp.ticks >> 16) + step;
    const std::uint64_t counter = in.bounded(0xffff);
    if (millis < 0 || millis >= kMillisEnd) in.fail();
    record.stamp = {(static_cast<std::uint64_t>(millis) << 16) | counter};
  }
  if (record.stamp.ticks > kStampTicksMax) in.fail();
  if ((flags & kRejected) != 0) {
    const std::uint8_t code = in.u8();
    if (code == 0 || code > kErrorCodeLast) in.fail();
    record.decision = static_cast<ErrorCode>(code);
  }
  record.isConcurrent = (flags & kConcurrent) != 0;
  if (record.isConcurrent) record.op.observed = in.varint();
  decodeChanges(in, tables, flags, record.op);
  previous.remember(record.op);
  previous.stamp = record.stamp;
  return record;
}

}  // namespace

void encode(ByteWriter& out, const WireTables& tables) {
  out.varint(tables.sessions.size());
  for (const std::string& session : tables.sessions) out.raw(session);
  out.varint(tables.units.size());
  for (const WireUnit& unit : tables.units) {
    out.text(unit.grants.empty() ? unit.name : unit.name + " " + unit.grants);
  }
  out.varint(tables.keys.size());
  for (const WireKey& row : tables.keys) {
    out.text(row.key);
    if (row.definition) {
      out.u8(2);
      encode(out, *row.definition, row.contract);
    } else if (row.fingerprint != 0) {
      out.u8(1);
      out.u64(row.fingerprint);
    } else {
      out.u8(0);
    }
  }
}

WireTables decodeTables(ByteReader& in) {
  WireTables tables;
  const std::size_t sessions = in.count(kSessionBytes);
  for (std::size_t i = 0; i < sessions; ++i) {
    tables.sessions.emplace_back(asText(in.raw(kSessionBytes)));
  }
  const std::size_t units = in.count(2);
  for (std::size_t i = 0; i < units && !in.failed(); ++i) {
    const std::string_view text = in.text(kIdBytesMax + 1 + kGrantsBytesMax);
    const std::size_t end = text.find(' ');
    WireUnit unit{.name = std::string(text.substr(0, end))};
    if (end != std::string_view::npos) {
      unit.grants = std::string(text.substr(end + 1));
      if (unit.grants.empty() || !isGrants(unit.grants)) in.fail();
    }
    if (!isId(unit.name)) in.fail();
    tables.units.push_back(std::move(unit));
  }
  const std::size_t keys = in.count(3);
  for (std::size_t i = 0; i < keys && !in.failed(); ++i) tables.keys.push_back(decodeKey(in));
  return tables;
}

void encode(ByteWriter& out, const PushSection& section) {
  out.text(section.address);
  out.u64(section.epoch);
  out.varint(section.cursor);
  out.varint(section.ops.size());
  Previous previous;
  for (const WireOp& op : section.ops) {
    std::uint8_t flags = previous.sharedFlags(op);
    if (op.ageMillis == previous.ageMillis) flags |= kSameTime;
    if (op.observed == previous.observed) flags |= kSameObserved;
    if (op.isHidden) flags |= kHidden;
    out.u8(flags);
    encodeIds(out, op, flags);
    if ((flags & kSameTime) == 0) out.varint(op.ageMillis);
    if ((flags & kSameObserved) == 0) out.varint(op.observed);
    encodeChanges(out, op, flags);
    previous.remember(op);
  }
}

PushSection decodePushSection(ByteReader& in, const WireTables& tables) {
  PushSection section;
  section.address = decodeAddress(in);
  section.epoch = in.u64();
  section.cursor = in.bounded(kSequenceMax);
  const std::size_t count = in.count(1);
  Previous previous;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    WireOp op;
    const std::uint8_t flags = in.u8();
    decodeIds(in, tables, flags, previous, op);
    op.isHidden = (flags & kHidden) != 0;
    op.ageMillis = (flags & kSameTime) != 0 ? previous.ageMillis : in.bounded(kSequenceMax);
    op.observed = (flags & kSameObserved) != 0 ? previous.observed : in.varint();
    // One that takes an op back closes that op's number.
    if (op.isHidden && op.voids && op.observed + 1 != op.sequence) in.fail();
    decodeChanges(in, tables, flags, op);
    previous.remember(op);
    section.ops.push_back(std::move(op));
  }
  return section;
}

void encode(ByteWriter& out, const RecordsSection& section) {
  out.text(section.address);
  out.u64(section.epoch);
  out.varint(section.from);
  out.varint(section.records.size());
  Previous previous;
  for (const WireRecord& record : section.records) encodeRecord(out, record, previous);
}

RecordsSection decodeRecordsSection(ByteReader& in, const WireTables& tables) {
  RecordsSection section;
  section.address = decodeAddress(in);
  section.epoch = in.u64();
  section.from = in.bounded(kSequenceMax);
  if (section.from == 0) in.fail();
  const std::size_t count = in.count(1);
  Previous previous;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    section.records.push_back(decodeRecord(in, tables, previous));
  }
  return section;
}

}  // namespace danji
