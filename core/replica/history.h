// History: the last confirmed versions of one entry, as this replica folded them.
//
// It is the page's wish and its memory, no part of the state: a state that is taken from another
// tab brings no history, so it starts anew there, and says that it is not whole. Within a log it
// has every version from its first on, also those that followed each other in one frame.
#pragma once

#include <cstdint>
#include <deque>

#include "core/entry/entry.h"

namespace danji {

class History {
 public:
  struct Version {
    std::uint64_t epoch = 0;
    std::uint64_t index = 0;
    Stamp stamp;
    OpId id;
    NameId unit = 0;
    Value value;  // Unset: back to the default.
  };

  History(std::size_t limit, const Entry& entry, std::uint64_t epoch);

  // The entry as a record has just left it; nothing when the record did not change it.
  void note(const Entry& entry, std::uint64_t epoch);
  // The log goes on under another name, and so does its last version.
  void rename(std::uint64_t epoch);
  // The entry came as it is from elsewhere. What was known of it stays if it is the same.
  void startAnew(const Entry& entry, std::uint64_t epoch);

  // Oldest first.
  const std::deque<Version>& versions() const { return versions_; }
  // Nothing was before the first.
  bool isWhole() const { return isWhole_; }

 private:
  std::size_t limit_;
  std::deque<Version> versions_;
  bool isWhole_ = true;
};

}  // namespace danji
