#include "tests/sim/shrink.h"

#include <algorithm>

#include "tests/sim/world.h"

namespace danji::sim {
namespace {

class Shrinking {
 public:
  Shrinking(Schedule red, const IsRed& isRed, int asksMax)
      : best_(std::move(red)), isRed_(&isRed), asksLeft_(asksMax) {}

  Schedule run() {
    for (bool isSmaller = true; isSmaller;) {
      const std::size_t steps = best_.steps.size();
      const std::size_t without = best_.without.size();
      leaveOutFaults();
      for (std::size_t size = steps; size > 0; size /= 2) leaveOutSteps(size);
      isSmaller = best_.steps.size() < steps || best_.without.size() > without;
    }
    return best_;
  }

 private:
  void keepIfRed(Schedule other) {
    if (--asksLeft_ >= 0 && (*isRed_)(other)) best_ = std::move(other);
  }

  void leaveOutFaults() {
    Dice dice(best_.seed);
    for (const std::string& fault : faultsOf(Scene::draw(dice))) {
      const auto& without = best_.without;
      if (std::find(without.begin(), without.end(), fault) != without.end()) continue;
      Schedule other = best_;
      other.without.push_back(fault);
      keepIfRed(std::move(other));
    }
  }

  // From the end: what came last matters least to what was before.
  void leaveOutSteps(std::size_t size) {
    for (std::size_t end = best_.steps.size(); end > 0;) {
      const std::size_t begin = end > size ? end - size : 0;
      Schedule other = best_;
      other.steps.erase(other.steps.begin() + static_cast<std::ptrdiff_t>(begin),
                        other.steps.begin() + static_cast<std::ptrdiff_t>(end));
      keepIfRed(std::move(other));
      end = begin;
    }
  }

  Schedule best_;
  const IsRed* isRed_;
  int asksLeft_;
};

}  // namespace

std::string kindOf(const std::string& failure) {
  std::string kind;
  bool isQuoted = false;
  for (const char letter : failure) {
    if (letter == '\'') isQuoted = !isQuoted;
    const bool isWord = (letter >= 'a' && letter <= 'z') || letter == ' ' || letter == ':';
    if (!isQuoted && isWord) kind += letter;
  }
  return kind;
}

Schedule shrunk(Schedule red, const IsRed& isRed, int asksMax) {
  return Shrinking(std::move(red), isRed, asksMax).run();
}

Schedule shrunkWorld(const Schedule& red, const std::string& failure) {
  Report report;
  const Schedule least = shrunk(red, [&](const Schedule& schedule) {
    return kindOf(World(schedule.seed, report).play(schedule)) == kindOf(failure);
  });
  World world(least.seed, report, {.notes = true});
  world.play(least);
  return world.schedule();
}

}  // namespace danji::sim
