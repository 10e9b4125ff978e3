#include "core/storage/rows.h"

#include <algorithm>
#include <utility>

#include "core/base/checksum.h"
#include "core/base/limits.h"

namespace danji {
namespace {

constexpr std::uint8_t kRowFormat = 1;
constexpr std::size_t kHexDigits = 16;

// All keys that begin with `prefix`, which ends with a slash: the character after it ends them.
RowRange under(std::string prefix) {
  std::string end = prefix;
  end.back() = '/' + 1;
  return {.from = std::move(prefix), .to = std::move(end)};
}

Bytes sealed(ByteView body) {
  ByteWriter out;
  out.u8(kRowFormat);
  out.u32(crc32c(body));
  out.raw(body);
  return out.take();
}

std::optional<ByteView> opened(ByteView bytes) {
  ByteReader in(bytes);
  const std::uint8_t format = in.u8();
  const std::uint32_t crc = in.u32();
  const ByteView body = in.raw(in.remaining());
  if (in.failed() || format != kRowFormat || crc != crc32c(body)) return std::nullopt;
  return body;
}

}  // namespace

std::string baseKey(const std::string& address) { return "space/" + address + "/base"; }

std::string deltaKey(const std::string& address, std::uint64_t number) {
  return "space/" + address + "/delta/" + hex64(number);
}

std::string unitKey(const std::string& address, const std::string& key) {
  return "unit/" + address + "/" + key;
}

std::string outboxKey(const std::string& address, std::string_view session,
                      std::uint64_t sequence) {
  return "outbox/" + address + "/" + hexOf(session) + "/" + hex64(sequence);
}

RowRange leaderRange() {
  return {.from = std::string(kLeaderRow), .to = std::string(kLeaderRow) + "/"};
}
RowRange spaceRange(const std::string& address) { return under("space/" + address + "/"); }
RowRange unitRange(const std::string& address) { return under("unit/" + address + "/"); }
RowRange outboxRange() { return under("outbox/"); }

std::uint64_t deltaNumber(std::string_view key) {
  const std::size_t at = key.rfind("/delta/");
  if (at == std::string_view::npos || key.size() != at + 7 + kHexDigits) return 0;
  std::uint64_t number = 0;
  for (const char digit : key.substr(at + 7)) {
    const bool isNumeral = digit >= '0' && digit <= '9';
    if (!isNumeral && (digit < 'a' || digit > 'f')) return 0;
    number = number << 4 | static_cast<std::uint64_t>(isNumeral ? digit - '0' : digit - 'a' + 10);
  }
  return number;
}

Bytes leaderRow(std::uint64_t epoch) {
  ByteWriter out;
  out.u64(epoch);
  return out.take();
}

std::optional<std::uint64_t> readLeaderRow(ByteView bytes) {
  ByteReader in(bytes);
  const std::uint64_t epoch = in.u64();
  return in.finished() && epoch < kSequenceMax ? std::optional(epoch) : std::nullopt;
}

Bytes spaceRow(std::uint64_t leaderEpoch, std::uint64_t since, const SpaceState& state) {
  ByteWriter body;
  body.u64(leaderEpoch);
  body.varint(since);
  encode(body, state);
  return sealed(body.view());
}

std::optional<SpaceRow> readSpaceRow(ByteView bytes) {
  const std::optional<ByteView> body = opened(bytes);
  if (!body) return std::nullopt;
  ByteReader in(*body);
  SpaceRow row;
  row.leaderEpoch = in.u64();
  row.since = in.bounded(kSequenceMax);
  row.state = decodeState(in);
  const bool isWhole = in.finished() && row.leaderEpoch < kSequenceMax;
  return isWhole ? std::optional(std::move(row)) : std::nullopt;
}

Bytes outboxRow(const OutboxRow& row) {
  ByteWriter body;
  body.f64(row.createdMillis);
  encode(body, row.tables);
  encode(body, row.section);
  return sealed(body.view());
}

std::optional<OutboxRow> readOutboxRow(ByteView bytes) {
  const std::optional<ByteView> body = opened(bytes);
  if (!body) return std::nullopt;
  ByteReader in(*body);
  OutboxRow row;
  row.createdMillis = in.f64();
  row.tables = decodeTables(in);
  if (in.failed()) return std::nullopt;
  row.section = decodePushSection(in, row.tables);
  const bool isWhole = in.finished() && row.section.ops.size() == 1 &&
                       row.createdMillis == row.createdMillis;
  return isWhole ? std::optional(std::move(row)) : std::nullopt;
}

bool StoredSpace::add(const std::string& address, const Row& row) {
  std::optional<SpaceRow> read = readSpaceRow(row.bytes);
  const bool isMeant = read && read->state.address == address;
  if (isMeant && read->leaderEpoch < leaderEpoch_) return true;
  const bool isServers = address.starts_with("server/");
  isBroken_ = isBroken_ || (isServers && (!isMeant || read->since != head_.index));
  if (!isMeant || isBroken_) return false;
  SpaceState& state = read->state;
  if (!found_) first_ = std::exchange(state.entries, {});
  for (EntryState& entry : state.entries) {
    std::string key = entry.key;
    entries_.insert_or_assign(std::move(key), std::move(entry));
  }
  for (const FloorState& floor : state.floors) {
    std::uint64_t& sequence = floors_[floor.session];
    sequence = std::max(sequence, floor.sequence);
  }
  for (RejectionState& rejection : state.rejections) {
    const std::uint64_t index = rejection.index;
    rejections_[index] = std::move(rejection);
  }
  leaderEpoch_ = read->leaderEpoch;
  head_.address = address;
  head_.epoch = state.epoch;
  head_.index = std::max(head_.index, state.index);
  head_.lastStamp = std::max(head_.lastStamp, state.lastStamp);
  found_ = true;
  return true;
}

std::vector<EntryState> StoredSpace::takeEntries() {
  if (entries_.empty()) return std::move(first_);
  std::vector<EntryState> all;
  all.reserve(first_.size() + entries_.size());
  auto later = entries_.begin();
  for (EntryState& entry : first_) {
    for (; later != entries_.end() && later->first < entry.key; ++later) {
      all.push_back(std::move(later->second));
    }
    const bool isReplaced = later != entries_.end() && later->first == entry.key;
    if (!isReplaced) all.push_back(std::move(entry));
  }
  for (; later != entries_.end(); ++later) all.push_back(std::move(later->second));
  return all;
}

SpaceState StoredSpace::take() {
  SpaceState state = std::move(head_);
  for (const auto& [session, sequence] : floors_) state.floors.push_back({session, sequence});
  state.entries = takeEntries();
  for (auto& [index, rejection] : rejections_) state.rejections.push_back(std::move(rejection));
  if (state.rejections.size() > kRejectionsKept) {
    const auto surplus = static_cast<std::ptrdiff_t>(state.rejections.size() - kRejectionsKept);
    state.rejections.erase(state.rejections.begin(), state.rejections.begin() + surplus);
  }
  return state;
}

}  // namespace danji
