// Stirred: the entries that have changed since somebody took the list. Forgotten: an op that will
// not be found among them, or not all of it, for what it wrote does not last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/errors.h"
#include "core/entry/change.h"
#include "core/entry/op_id.h"

namespace danji {

class Stirred {
 public:
  void add(EntryId entry) {
    if (entry >= isListed_.size()) isListed_.resize(entry + std::size_t{1}, false);
    if (isListed_[entry]) return;
    isListed_[entry] = true;
    list_.push_back(entry);
  }
  void addAll() { isWhole_ = true; }
  bool isWhole() const { return isWhole_; }

  // All of `count` entries, when everything changed.
  std::vector<EntryId> take(std::size_t count) {
    for (const EntryId entry : list_) isListed_[entry] = false;
    std::vector<EntryId> entries = std::exchange(list_, {});
    if (std::exchange(isWhole_, false)) {
      entries.resize(count);
      std::iota(entries.begin(), entries.end(), EntryId{0});
    }
    return entries;
  }

 private:
  std::vector<EntryId> list_;
  std::vector<std::uint8_t> isListed_;
  bool isWhole_ = false;
};

struct Forgotten {
  std::uint64_t index = 0;
  OpId id;
  ErrorCode code = ErrorCode::voided;  // VOID: nothing of it; STORAGE: a part.
};

}  // namespace danji
