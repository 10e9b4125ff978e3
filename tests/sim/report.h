// Report: what happened in the worlds that were played: in how many of them, and how often.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "core/base/errors.h"
#include "core/entry/definition.h"

namespace danji::sim {

// Faults, and turns of the protocol that the faults are there to bring about.
enum class Happening : std::uint8_t {
  tabOpened, tabDuplicated, tabCrashed, tabClosed, tabFrozen, tabSuspended, tabCached, tabWoke,
  tabHidden, channelLoss, channelRepetition, lockStolen, leaderChanged, longWait, clockJump,
  clockSkew, disputedKey, deviceOffline, connectionCut, blackHole, frameRepeated, frameReordered,
  serverCrash, rowsLost, rowTorn, slowDisk, epochChanged, opVoided, batchWritten, diskRead,
  diskWritten, diskFailed, writerFenced, powerLost, grantRevoked, writeForbidden,
  schemaRaised, valueMigrated, releaseTooOld,
};
inline constexpr std::size_t kHappenings = static_cast<std::size_t>(Happening::releaseTooOld) + 1;

inline const char* nameOf(Happening happening) {
  static constexpr const char* kNames[] = {
      "tab opened", "tab duplicated", "tab crashed", "tab closed", "tab frozen", "tab suspended",
      "tab in the cache", "tab woke", "tab hidden", "channel frame lost",
      "channel frame repeated", "lock stolen", "leader changed", "long wait", "clock jump",
      "clock skew", "disputed definition", "device offline", "connection cut",
      "connection swallows frames", "server frame repeated", "server frames reordered",
      "server crash", "unsynced rows lost", "row torn", "slow disk",
      "log epoch changed", "op voided", "batch written", "disk read", "disk written",
      "disk failed", "writer fenced", "power lost", "grant revoked",
      "write forbidden", "schema raised", "value migrated", "release too old to write"};
  return kNames[static_cast<std::size_t>(happening)];
}

class Report {
 public:
  void note(Happening happening, std::uint64_t times = 1) {
    here_[static_cast<std::size_t>(happening)] += times;
  }
  void decided(StrategyKind strategy, ErrorCode code) {
    ++strategies_[static_cast<std::size_t>(strategy)];
    ++codes_[static_cast<std::size_t>(code) % codes_.size()];
    ++decided_;
  }

  // A world has ended.
  void endWorld() {
    ++worlds_;
    for (std::size_t i = 0; i < kHappenings; ++i) {
      times_[i] += here_[i];
      inWorlds_[i] += here_[i] > 0 ? 1 : 0;
    }
    here_ = {};
  }

  void add(const Report& other) {
    for (std::size_t i = 0; i < kHappenings; ++i) {
      times_[i] += other.times_[i];
      inWorlds_[i] += other.inWorlds_[i];
    }
    for (std::size_t i = 0; i < strategies_.size(); ++i) strategies_[i] += other.strategies_[i];
    for (std::size_t i = 0; i < codes_.size(); ++i) codes_[i] += other.codes_[i];
    worlds_ += other.worlds_;
    decided_ += other.decided_;
  }

  std::uint64_t worlds() const { return worlds_; }

  // One line each, tab separated: kind, name, schedules, times.
  void print() const {
    for (std::size_t i = 0; i < kHappenings; ++i) {
      line("fault", nameOf(static_cast<Happening>(i)), inWorlds_[i], times_[i]);
    }
    static constexpr const char* kStrategies[] = {"last_write_wins", "first_write_wins", "merge",
                                                  "sum", "user_resolve", "custom"};
    for (std::size_t i = 0; i < strategies_.size(); ++i) {
      line("strategy", kStrategies[i], worlds_, strategies_[i]);
    }
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      if (codes_[i] == 0) continue;
      line("decision", i == 0 ? "accepted" : errorName(static_cast<ErrorCode>(i)), worlds_,
           codes_[i]);
    }
    line("total", "decided ops", worlds_, decided_);
  }

 private:
  static void line(const char* kind, const char* name, std::uint64_t worlds,
                   std::uint64_t times) {
    std::printf("%s\t%s\t%llu\t%llu\n", kind, name, static_cast<unsigned long long>(worlds),
                static_cast<unsigned long long>(times));
  }

  std::array<std::uint64_t, kHappenings> here_{};
  std::array<std::uint64_t, kHappenings> times_{};
  std::array<std::uint64_t, kHappenings> inWorlds_{};
  std::array<std::uint64_t, 6> strategies_{};
  std::array<std::uint64_t, 64> codes_{};
  std::uint64_t worlds_ = 0;
  std::uint64_t decided_ = 0;
};

}  // namespace danji::sim
