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

Bytes baseOf(const Space& space) {
  ByteWriter body;
  body.u64(0);
  encode(body, space.state());
  return body.take();
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
  SpaceState state = decodeState(in);
  const bool isOurs = in.finished() && state.address == replica.space().address().text;
  if (!isOurs || replica.space().index() > 0) {
    return Error{ErrorCode::malformed, "a base out of its place"};
  }
  replica.adopt(std::move(state));
  lastCrc_[replica.id()] = partsOf(row).crc;
  return Done{};
}

// A base that somebody else put in the place of rows that are known, or were about to be.
Status Host::catchUp(Replica& replica, const Bytes& row) {
  const RowParts parts = partsOf(row);
  ByteReader in(parts.body);
  in.u64();
  SpaceState state = decodeState(in);
  const Space& space = replica.space();
  const bool isOurs = in.finished() && state.address == space.address().text;
  if (!isOurs || state.epoch != space.epoch() || state.index < space.index()) {
    return Error{ErrorCode::malformed, "a base of another log"};
  }
  if (state.index > space.index()) {
    replica.adopt(std::move(state));
  } else if (baseOf(space) != Bytes(parts.body.begin(), parts.body.end())) {
    return Error{ErrorCode::malformed, "a base that is not what its rows come to"};
  }
  lastCrc_[replica.id()] = parts.crc;
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
    const bool isFirst = replica->space().index() == 0 && !lastCrc_.contains(replica->id());
    const bool isBase = (isFirst || isShared_) && parts.isBase() && parts.follows(0);
    const auto before = lastCrc_.find(replica->id());
    const bool isWhole = isBase || parts.follows(before == lastCrc_.end() ? 0 : before->second);
    if (!isWhole && !mutation::isRemoved(mutation::Rule::logChainChecked)) {
      // The last rows may be torn. One that others were written behind is damaged.
      const bool isLast = whole + 1 == rows.size() || !partsOf(rows[whole + 1]).follows(parts.crc);
      if (isLast && !(isFirst && parts.isBase())) break;
      return Error{ErrorCode::malformed, "a log that is damaged before its end"};
    }
    const Status status = !isBase   ? loadRow(*replica, row)
                          : isFirst ? loadBase(*replica, row)
                                    : catchUp(*replica, row);
    if (!status.ok()) return status.error();
    ++whole;
  }
  hasNews_ = hasNews_ || (isShared_ && whole > 0);
  realm_.changes = {};
  forgetUnread(*replica);
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
  Bytes row = rowOf(0, baseOf(space), lastCrc_[found->second]);
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
  erase(found->second);
  byAddress_.erase(found);
  return true;
}

void Host::erase(SpaceId place) {
  lastCrc_.erase(place);
  proposals_.forget(place);
  full_.erase(place);
  led_.erase(place);
  renewed_.erase(place);
  std::erase_if(unread_, [&](const auto& one) { return one.first.first == place; });
  std::erase_if(bringers_, [&](const auto& one) { return one.first.first == place; });
  replicas_[place].reset();
}

}  // namespace danji
