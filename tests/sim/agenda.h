// Agenda: what will happen, and when. The only clock of a simulated world.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace danji::sim {

class Agenda {
 public:
  double now() const { return now_; }

  void at(double due, std::function<void()> work) {
    events_.push_back({.due = due, .order = ++orders_, .work = std::move(work)});
    std::push_heap(events_.begin(), events_.end(), std::greater<>());
  }

  // Lets time pass, with everything that is due in it; stops early when `isOver` says so.
  template <class IsOver>
  void advance(double millis, const IsOver& isOver) {
    const double end = now_ + millis;
    while (!events_.empty() && events_.front().due <= end && !isOver()) {
      std::pop_heap(events_.begin(), events_.end(), std::greater<>());
      const Event event = std::move(events_.back());
      events_.pop_back();
      now_ = std::max(now_, event.due);
      event.work();
    }
    now_ = end;
  }

 private:
  struct Event {
    double due = 0;
    std::uint64_t order = 0;
    std::function<void()> work;
    bool operator>(const Event& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };

  std::vector<Event> events_;  // A heap: the next to happen is in front.
  std::uint64_t orders_ = 0;
  double now_ = 1'700'000'000'000.0;
};

}  // namespace danji::sim
