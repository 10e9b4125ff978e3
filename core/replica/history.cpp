#include "core/replica/history.h"

namespace danji {

History::History(std::size_t limit, const Entry& entry, std::uint64_t epoch) : limit_(limit) {
  startAnew(entry, epoch);
}

void History::note(const Entry& entry, std::uint64_t epoch) {
  const bool isKnown = !versions_.empty() && versions_.back().epoch == epoch &&
                       versions_.back().index == entry.version;
  if (!entry.isWritten() || isKnown) return;
  versions_.push_back({.epoch = epoch,
                       .index = entry.version,
                       .stamp = entry.stamp,
                       .id = entry.writer(),
                       .unit = entry.unit,
                       .value = entry.value});
  if (versions_.size() <= limit_) return;
  versions_.pop_front();
  isWhole_ = false;
}

void History::rename(std::uint64_t epoch) {
  if (!versions_.empty()) versions_.back().epoch = epoch;
}

void History::startAnew(const Entry& entry, std::uint64_t epoch) {
  const bool isKnown = !versions_.empty() && versions_.back().epoch == epoch &&
                       versions_.back().index == entry.version;
  if (isKnown) return;
  versions_.clear();
  isWhole_ = !entry.isWritten();
  note(entry, epoch);
}

}  // namespace danji
