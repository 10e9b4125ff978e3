// A disk in memory for one engine after the other, and who carries rows between the two.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/engine/engine.h"

namespace danji {

struct TestDisk {
  std::map<std::string, Bytes> rows;
  ErrorCode readFails = ErrorCode::ok;
  ErrorCode commitFails = ErrorCode::ok;
  int commits = 0;

  std::vector<Row> read(const RowRange& range) const {
    std::vector<Row> found;
    const auto end = rows.lower_bound(range.to);
    for (auto row = rows.lower_bound(range.from); row != end; ++row) {
      found.push_back({.key = row->first, .bytes = row->second});
    }
    return found;
  }

  ErrorCode commit(const Commit& commit) {
    ++commits;
    if (commitFails != ErrorCode::ok) return commitFails;
    for (const auto& [key, bytes] : commit.expect) {
      const auto found = rows.find(key);
      const bool isMet = bytes ? found != rows.end() && found->second == *bytes
                               : found == rows.end();
      if (!isMet) return ErrorCode::stale;
    }
    for (const std::string& key : commit.remove) rows.erase(key);
    for (const Row& row : commit.put) rows[row.key] = row.bytes;
    return ErrorCode::ok;
  }

  // Everything the engine wants, until it wants nothing.
  void serve(Engine& engine) {
    for (bool isIdle = false; !isIdle;) {
      isIdle = true;
      if (const std::optional<RowRange> range = engine.storage().takeReading()) {
        engine.storage().rowsRead(readFails,
                                  readFails == ErrorCode::ok ? read(*range) : std::vector<Row>());
        isIdle = false;
      }
      if (const std::optional<Commit> wanted = engine.storage().takeCommit()) {
        engine.storage().committed(commit(*wanted));
        isIdle = false;
      }
    }
  }

  std::size_t count(const std::string& prefix) const {
    std::size_t count = 0;
    for (const auto& [key, bytes] : rows) count += key.starts_with(prefix) ? 1 : 0;
    return count;
  }
};

}  // namespace danji
