#include "tests/sim/schedule.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace danji::sim {
namespace {

using Flag = bool Scene::*;
using Amount = double Scene::*;

constexpr std::array<std::pair<const char*, Flag>, 22> kFlags = {{
    {"crashes", &Scene::crashes},
    {"freezes", &Scene::freezes},
    {"suspends", &Scene::suspends},
    {"caches", &Scene::caches},
    {"hides", &Scene::hides},
    {"waits", &Scene::waits},
    {"clashes", &Scene::clashes},
    {"clockJumps", &Scene::clockJumps},
    {"journals", &Scene::journals},
    {"strategies", &Scene::strategies},
    {"duplicates", &Scene::duplicates},
    {"upgrades", &Scene::upgrades},
    {"server", &Scene::hasServer},
    {"cuts", &Scene::cuts},
    {"blackHoles", &Scene::blackHoles},
    {"outages", &Scene::outages},
    {"serverCrashes", &Scene::serverCrashes},
    {"tears", &Scene::tears},
    {"revocations", &Scene::revokes},
    {"disk", &Scene::hasDisk},
    {"diskFailures", &Scene::diskFails},
    {"powerFailures", &Scene::powerFails},
}};

constexpr std::array<std::pair<const char*, Amount>, 8> kAmounts = {{
    {"loss", &Scene::loss},
    {"duplication", &Scene::duplication},
    {"skew", &Scene::skewMax},
    {"repetition", &Scene::repetition},
    {"reordering", &Scene::reordering},
    {"channelDelay", &Scene::channelDelayMax},
    {"lockDelay", &Scene::lockDelayMax},
    {"diskDelay", &Scene::diskDelayMax},
}};

// The shortest text that is read as the same number.
std::string textOf(double number) {
  std::array<char, 32> text{};
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text.data(), text.size(), "%.*g", digits, number);
    if (std::strtod(text.data(), nullptr) == number) break;
  }
  return text.data();
}

bool readLine(std::istringstream& in, const std::string& word, Schedule& schedule) {
  std::string between;
  if (word == "seed") return static_cast<bool>(in >> schedule.seed);
  if (word == "without") {
    Scene scene;
    return in >> schedule.without.emplace_back() && takeOut(schedule.without.back(), scene);
  }
  if (word == "heals") return in >> between >> schedule.healing && between == "at";
  Step& step = schedule.steps.emplace_back();
  return word == "at" && in >> step.draw >> between >> step.wait && between == "wait";
}

}  // namespace

std::string textOf(const Schedule& schedule) {
  std::string text = "seed " + std::to_string(schedule.seed) + "\n";
  for (const std::string& fault : schedule.without) text += "without " + fault + "\n";
  for (const Step& step : schedule.steps) {
    text += "at " + std::to_string(step.draw) + " wait " + textOf(step.wait);
    if (!step.what.empty()) text += "  # " + step.what;
    text += '\n';
  }
  return text + "heals at " + std::to_string(schedule.healing) + "\n";
}

std::optional<Schedule> readSchedule(const std::string& text, std::string& error) {
  Schedule schedule;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream in(line.substr(0, line.find('#')));
    std::string word;
    if (!(in >> word)) continue;
    std::string rest;
    if (readLine(in, word, schedule) && !(in >> rest)) continue;
    error = "line " + std::to_string(number) + " can't be read: " + line;
    return std::nullopt;
  }
  return schedule;
}

std::vector<std::string> faultsOf(const Scene& scene) {
  std::vector<std::string> faults;
  for (const auto& [name, flag] : kFlags) {
    if (scene.*flag) faults.emplace_back(name);
  }
  for (const auto& [name, amount] : kAmounts) {
    if (scene.*amount > 0) faults.emplace_back(name);
  }
  return faults;
}

bool takeOut(const std::string& fault, Scene& scene) {
  for (const auto& [name, flag] : kFlags) {
    if (fault != name) continue;
    scene.*flag = false;
    return true;
  }
  for (const auto& [name, amount] : kAmounts) {
    if (fault != name) continue;
    scene.*amount = 0;
    return true;
  }
  return false;
}

}  // namespace danji::sim
