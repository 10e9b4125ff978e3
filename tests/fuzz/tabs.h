// Tabs: a few live tabs and the lock that they share. Frames are carried by whoever plays.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>

#include "tests/fuzz/live_tab.h"

namespace danji::fuzz {

class Tabs {
 public:
  // The first tab leads.
  explicit Tabs(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      tabs_.push_back(std::make_unique<LiveTab>(static_cast<char>('A' + i)));
    }
    for (const auto& tab : tabs_) {
      sessions_.push_back(tab->session());
      tab->join();
      exchange();
    }
    claim(peerOf(0).role() == Role::leading, "the first tab leads");
    claim(count < 2 || peerOf(1).role() == Role::following, "the others follow it");
  }

  std::size_t count() const { return tabs_.size(); }
  LiveTab& operator[](std::size_t place) { return *tabs_[place]; }

  template <class Work>
  void task(std::size_t place, Work work) {
    work(peerOf(place));
    settle();
  }

  // Does what the tabs wish of the lock manager, until they wish nothing more.
  void grantWishes() {
    for (int round = 0; round < kRoundsMax; ++round) {
      bool someWished = false;
      for (std::size_t place = 0; place < count(); ++place) {
        someWished = grantWishes(place) || someWished;
      }
      if (!someWished) return;
    }
  }

  void steal(std::size_t thief) {
    const std::size_t robbed = holder_;
    if (robbed == thief) return;
    std::erase(queue_, thief);
    holder_ = thief;
    if (robbed != kNobody) peerOf(robbed).lockLost();
    peerOf(thief).lockGranted();
    settle();
  }

  void advance(double millis) {
    nowMillis_ += millis;
    for (const auto& tab : tabs_) {
      tab->engine().setClock(nowMillis_);
      tab->engine().peer().tick();
      tab->settle();
    }
  }

  // Carries every frame to everybody until nobody says anything. False when they never stop.
  bool exchange() {
    for (int round = 0; round < kRoundsMax; ++round) {
      grantWishes();
      bool someSpoke = false;
      for (std::size_t sender = 0; sender < count(); ++sender) {
        for (const Bytes& frame : tabs_[sender]->flush()) {
          someSpoke = true;
          tell(sender, frame);
        }
      }
      if (!someSpoke) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kNobody = 999;
  static constexpr int kRoundsMax = 100;

  Peer& peerOf(std::size_t place) { return tabs_[place]->engine().peer(); }

  void settle() {
    for (const auto& tab : tabs_) tab->settle();
  }

  void tell(std::size_t sender, const Bytes& frame) {
    for (std::size_t receiver = 0; receiver < count(); ++receiver) {
      if (receiver != sender) tabs_[receiver]->receive(frame);
    }
  }

  bool grantWishes(std::size_t place) {
    const std::uint32_t wishes = peerOf(place).takeWishes();
    if ((wishes & kWishReleaseLock) != 0) {
      std::erase(queue_, place);
      if (holder_ == place) holder_ = kNobody;
    }
    if ((wishes & kWishStealLock) != 0) steal(place);
    if ((wishes & kWishRequestLock) != 0) queue_.push_back(place);
    if ((wishes & kWishQuerySessions) != 0) peerOf(place).sessionsFound(sessions_);
    if (holder_ == kNobody && !queue_.empty()) {
      holder_ = queue_.front();
      queue_.pop_front();
      peerOf(holder_).lockGranted();
    }
    settle();
    return wishes != 0;
  }

  std::vector<std::unique_ptr<LiveTab>> tabs_;
  std::vector<std::string> sessions_;  // Of the tabs that have joined.
  double nowMillis_ = LiveTab::kStartMillis;
  std::size_t holder_ = kNobody;
  std::deque<std::size_t> queue_;
};

}  // namespace danji::fuzz
