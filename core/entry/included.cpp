#include "core/entry/included.h"

#include <algorithm>

#include "core/base/limits.h"

namespace danji {
namespace {

bool isBefore(OpId a, OpId b) {
  return a.session != b.session ? a.session < b.session : a.sequence < b.sequence;
}

std::uint64_t lastOf(const Included& included, NameId session) {
  std::uint64_t last = 0;
  for (const OpId dot : included) {
    if (dot.session == session) last = std::max(last, dot.sequence);
  }
  return last;
}

}  // namespace

bool keepsIncluded(StrategyKind strategy) {
  return strategy == StrategyKind::sum || strategy == StrategyKind::firstWriteWins ||
         strategy == StrategyKind::custom;
}

bool includes(const Included& included, OpId op) {
  if (op.sequence == 0) return false;  // It has no number yet.
  bool isOdd = false;
  for (const OpId dot : included) {
    if (dot.session == op.session && dot.sequence >= op.sequence) isOdd = !isOdd;
  }
  return isOdd;
}

Included sorted(const Included& dots) {
  Included all;
  for (const OpId dot : dots) {
    auto place = all.end();
    while (place != all.begin() && isBefore(dot, place[-1])) --place;
    const bool isKnown = place != all.begin() && place[-1] == dot;
    if (!isKnown) all.insert(place, dot);
  }
  return all;
}

Included joined(const Included& now, const Included& before) {
  Included all;
  for (const OpId dot : now) {
    if (lastOf(now, dot.session) >= lastOf(before, dot.session)) all.push_back(dot);
  }
  for (const OpId dot : before) {
    if (lastOf(before, dot.session) > lastOf(now, dot.session)) all.push_back(dot);
  }
  all = sorted(all);
  // Names are given in the order in which they are heard of.
  while (all.size() > kIncludedMax) {
    std::erase_if(all, [first = all.front().session](OpId dot) { return dot.session == first; });
  }
  return all;
}

}  // namespace danji
