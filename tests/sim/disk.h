// Disk: what the browser keeps of one device: rows by key, changed by whole commits. It forgets the
// last ones when the power goes, for it said that they were written before they were.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/storage/storage.h"

namespace danji::sim {

class Disk {
 public:
  std::vector<Row> read(const RowRange& range) const {
    std::vector<Row> rows;
    const auto end = rows_.lower_bound(range.to);
    for (auto row = rows_.lower_bound(range.from); row != end; ++row) {
      rows.push_back({.key = row->first, .bytes = row->second});
    }
    return rows;
  }

  ErrorCode commit(const Commit& commit) {
    for (const auto& [key, bytes] : commit.expect) {
      if (at(key) != bytes) return ErrorCode::stale;
    }
    Rows before;
    const auto change = [&](const std::string& key, std::optional<Bytes> bytes) {
      before.emplace(key, at(key));
      if (bytes) {
        rows_[key] = std::move(*bytes);
      } else {
        rows_.erase(key);
      }
    };
    for (const std::string& key : commit.remove) change(key, std::nullopt);
    for (const Row& row : commit.put) change(row.key, row.bytes);
    undo_.push_back(std::move(before));
    return ErrorCode::ok;
  }

  // Takes the last commits back.
  void rollBack(std::size_t count) {
    for (; count > 0 && !undo_.empty(); --count) {
      for (auto& [key, bytes] : undo_.back()) {
        if (bytes) {
          rows_[key] = std::move(*bytes);
        } else {
          rows_.erase(key);
        }
      }
      undo_.pop_back();
    }
  }

 private:
  using Rows = std::map<std::string, std::optional<Bytes>>;

  std::optional<Bytes> at(const std::string& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }

  std::map<std::string, Bytes> rows_;
  std::vector<Rows> undo_;
};

}  // namespace danji::sim
