// Door one, the part for the device's disk (core/storage/storage.h).

#include "bindings/boundary.h"

namespace danji::bindings {
namespace {

void put(ByteWriter& out, ByteView bytes) {
  out.u32(static_cast<std::uint32_t>(bytes.size()));
  out.raw(bytes);
}

}  // namespace

DANJI_EXPORT(danji_storageBegin) void danji_storageBegin() {
  engine().storage().begin();
  finish(ErrorCode::ok);
}

// What to read and what to write now: [1, from text, to text], [2, commit], 0.
//   commit := count varint, (key text, isThere u8, [bytes])*, count varint, (key text, bytes)*,
//             count varint, (key text)*                      expect, put, remove
//   bytes  := length u32, that many
DANJI_EXPORT(danji_storageWants) void danji_storageWants() {
  ByteWriter& out = boundary().output;
  out.clear();
  Storage& storage = engine().storage();
  if (const std::optional<RowRange> range = storage.takeReading()) {
    out.u8(1);
    out.text(range->from);
    out.text(range->to);
  }
  if (const std::optional<Commit> commit = storage.takeCommit()) {
    out.u8(2);
    out.varint(commit->expect.size());
    for (const auto& [key, bytes] : commit->expect) {
      out.text(key);
      out.u8(bytes ? 1 : 0);
      if (bytes) put(out, *bytes);
    }
    out.varint(commit->put.size());
    for (const Row& row : commit->put) {
      out.text(row.key);
      put(out, row.bytes);
    }
    out.varint(commit->remove.size());
    for (const std::string& key : commit->remove) out.text(key);
  }
  out.u8(0);
  storage.asked();
  finish(ErrorCode::ok);
}

// Answers a reading. Input: count varint, (key text, length u32, bytes)*, in the order of the keys.
DANJI_EXPORT(danji_rowsRead) void danji_rowsRead(std::uint32_t code, std::uint32_t length) {
  ByteReader in(input(length));
  std::vector<Row> rows;
  for (std::uint64_t count = length == 0 ? 0 : in.varint(); count > 0 && !in.failed(); --count) {
    Row& row = rows.emplace_back();
    row.key = std::string(in.text(length));
    const ByteView bytes = in.raw(in.u32());
    row.bytes.assign(bytes.begin(), bytes.end());
  }
  const ErrorCode answer = in.failed() ? ErrorCode::storage : static_cast<ErrorCode>(code);
  engine().storage().rowsRead(answer, rows);
  finish(ErrorCode::ok);
}

// Answers a commit: 0, or the number of STALE, QUOTA or STORAGE.
DANJI_EXPORT(danji_committed) void danji_committed(std::uint32_t code) {
  engine().storage().committed(static_cast<ErrorCode>(code));
  finish(ErrorCode::ok);
}

}  // namespace danji::bindings
