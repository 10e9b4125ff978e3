// Host, its logs: what brings a space back, what takes its place, and how it is let go.

#include <algorithm>

#include "core/base/checksum.h"
#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/replica/translate.h"
#include "core/server/host.h"
#include "core/server/told.h"

namespace danji {
namespace {

std::uint32_t crcOf(std::uint32_t before, ByteView body) {
  ByteWriter chained;
  chained.u32(before);
  chained.raw(body);
  return crc32c(chained.view());
}

struct RowParts {
  std::uint32_t crc = 0;
  ByteView body;

  bool follows(std::uint32_t before) const { return !body.empty() && crc == crcOf(before, body); }
  bool isBase() const {
    ByteReader in(body);
    return in.u64() == 0 && !in.failed();
  }
};

RowParts partsOf(const Bytes& row) {
  ByteReader in(row);
  RowParts parts{.crc = in.u32(), .body = {}};
  parts.body = in.raw(in.remaining());
  return parts;
}

Bytes rowOf(std::uint32_t before, ByteView body, std::uint32_t& crc) {
  crc = crcOf(before, body);
  ByteWriter row;
  row.u32(crc);
  row.raw(body);
  return row.take();
}

}  // namespace

// ---- Brought back

std::size_t Host::loadOwners(const std::vector<Bytes>& rows) {
  std::size_t whole = 0;
  for (const Bytes& row : rows) {
    ByteReader in(row);
    const NameId session = realm_.sessions.intern(asText(in.raw(16)));
    const std::string_view user = in.text(kKeyBytesMax);
    if (!in.finished()) break;
    owners_.emplace(session, user);
    ++whole;
  }
  return whole;
}

Status Host::loadBase(Replica& replica, const Bytes& row) {
  ByteReader in(partsOf(row).body);
  in.u64();
  const SpaceState state = decodeState(in);
  const bool isOurs = in.finished() && state.address == replica.space().address().text;
  if (!isOurs || replica.space().index() > 0) {
    return Error{ErrorCode::malformed, "a base out of its place"};
  }
  replica.adopt(state);
  lastCrc_[replica.id()] = partsOf(row).crc;
  return Done{};
}

Status Host::loadRow(Replica& replica, const Bytes& row) {
  const RowParts parts = partsOf(row);
  ByteReader record(parts.body);
  const std::uint64_t epoch = record.u64();
  const WireTables tables = decodeTables(record);
  const RecordsSection section = decodeRecordsSection(record, tables);
  const bool isOurs = section.address == replica.space().address().text;
  if (!record.finished() || section.records.size() != 1 || !isOurs) {
    return Error{ErrorCode::malformed, "a row of another log"};
  }
  learnTables(realm_, tables);
  if (replica.space().epoch() != epoch) replica.beginEpoch(epoch);
  if (!foldSection(realm_, replica, tables, section)) {
    return Error{ErrorCode::malformed, "a log with a gap"};
  }
  lastCrc_[replica.id()] = parts.crc;
  return Done{};
}

Result<std::size_t> Host::load(const std::string& address, const std::vector<Bytes>& rows) {
  if (address == kOwners) return loadOwners(rows);
  Replica* replica = replicaAt(address);
  if (replica == nullptr) return Error{ErrorCode::invalidId, "no address of a server's space"};
  std::size_t whole = 0;
  for (const Bytes& row : rows) {
    const RowParts parts = partsOf(row);
    const bool isFirst = replica->space().index() == 0;
    const bool isBase = isFirst && parts.isBase() && parts.follows(0);
    const bool isWhole = isBase || parts.follows(lastCrc_[replica->id()]);
    if (!isWhole && !mutation::isRemoved(mutation::Rule::logChainChecked)) {
      // The last rows may be torn. One that others were written behind is damaged.
      const bool isLast = whole + 1 == rows.size() || !partsOf(rows[whole + 1]).follows(parts.crc);
      if (isLast && !(isFirst && parts.isBase())) break;
      return Error{ErrorCode::malformed, "a log that is damaged before its end"};
    }
    const Status status = isBase ? loadBase(*replica, row) : loadRow(*replica, row);
    if (!status.ok()) return status.error();
    ++whole;
  }
  realm_.changes = {};
  replica->trimRecords();
  return whole;
}

// ---- Written

void Host::writeRow(const Replica& replica) {
  TableBuilder builder(realm_);
  const RecordsSection section = sectionOf(replica, replica.space().index(), builder);
  ByteWriter body;
  body.u64(replica.space().epoch());
  encode(body, builder.take());
  encode(body, section);
  std::uint32_t& crc = lastCrc_[replica.id()];
  Bytes row = rowOf(crc, body.view(), crc);
  rows_.push_back({.address = replica.space().address().text,
                   .index = replica.space().index(),
                   .bytes = std::move(row)});
}

LogRow Host::condense(const std::string& address) {
  const auto found = byAddress_.find(address);
  if (found == byAddress_.end()) return {};
  const Space& space = replicas_[found->second]->space();
  ByteWriter body;
  body.u64(0);
  encode(body, space.state());
  Bytes row = rowOf(0, body.view(), lastCrc_[found->second]);
  return {.address = address, .index = space.index(), .bytes = std::move(row)};
}

Result<Bytes> Host::tell(const std::string& address, const Bytes& row) {
  const auto found = byAddress_.find(address);
  if (found == byAddress_.end()) return Error{ErrorCode::invalidId, "no space that is here"};
  Replica& replica = *replicas_[found->second];
  const RowParts parts = partsOf(row);
  ByteReader in(parts.body);
  const std::uint64_t epoch = in.u64();
  ByteWriter out;
  if (parts.isBase()) {
    const SpaceState state = decodeState(in);
    if (!in.finished()) return Error{ErrorCode::malformed, "a base that can't be read"};
    out.u8(0);
    out.f64(static_cast<double>(state.index));
    out.u64(state.epoch);
    return out.take();
  }
  const WireTables tables = decodeTables(in);
  const RecordsSection section = decodeRecordsSection(in, tables);
  if (!in.finished() || section.records.size() != 1) {
    return Error{ErrorCode::malformed, "a row that can't be read"};
  }
  const Record record = readRecord(realm_, replica, tables, section.records.front());
  const bool isWritten = record.accepted() && record.op.writes();
  out.u8(isWritten ? 1 : 0);
  out.f64(static_cast<double>(section.from));
  out.u64(epoch);
  if (isWritten) out.raw(told(realm_, replica, record.op, ownerOf(record.op.id.session)));
  return out.take();
}

// ---- Let go

bool Host::Connection::uses(const std::string& address, SpaceId place) const {
  const auto allowed = access.find(address);
  const bool mayRead = allowed != access.end() && allowed->second != Access::none;
  return mayRead || asked.contains(address) || toldUpTo.contains(place);
}

void Host::setFull(const std::string& address, bool isFull) {
  const auto found = byAddress_.find(address);
  if (found == byAddress_.end()) return;
  if (isFull) {
    full_.insert(found->second);
  } else {
    full_.erase(found->second);
  }
}

bool Host::isUsed(const std::string& address, SpaceId place) const {
  return proposals_.areAsked(place) ||
         std::any_of(rows_.begin(), rows_.end(),
                     [&](const LogRow& row) { return row.address == address; }) ||
         std::any_of(connections_.begin(), connections_.end(), [&](const auto& one) {
           return one.second.uses(address, place);
         });
}

std::vector<std::string> Host::idle() const {
  std::vector<std::string> addresses;
  for (const auto& [address, place] : byAddress_) {
    if (!isUsed(address, place)) addresses.push_back(address);
  }
  return addresses;
}

bool Host::unload(const std::string& address) {
  const auto found = byAddress_.find(address);
  if (found == byAddress_.end() || isUsed(address, found->second)) return false;
  lastCrc_.erase(found->second);
  proposals_.forget(found->second);
  full_.erase(found->second);
  std::erase_if(unread_, [&](const auto& one) { return one.first.first == found->second; });
  replicas_[found->second].reset();
  byAddress_.erase(found);
  return true;
}

}  // namespace danji
