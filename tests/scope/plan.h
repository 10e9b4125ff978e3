// Plan: a small cluster and everything its pages will write, before anybody does.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/entry/definition.h"
#include "core/value/value.h"

namespace danji::scope {

struct KeyPlan {
  std::string name;
  StrategyKind strategy = StrategyKind::lastWriteWins;
  std::string parameters = "";
};

enum class Verb : std::uint8_t {
  set,     // this value
  unset,
  add,     // to a sum
  put,     // a field of a merge, or of an object in it: a path, divided by dots
  append,  // to the list that is shown, as a custom strategy would
  choose,  // between the values that wait, if any do; else set
};

struct Write {
  std::size_t key = 0;
  Verb verb = Verb::set;
  std::string field = "";
  Value value = Value();
  bool ifRead = false;    // Only at the version that the page read last.
  bool isHidden = false;  // Shown to nobody before it is decided.
};

// One batch. `place` is its own among all ops of the plan.
struct OpPlan {
  std::size_t place = 0;
  std::vector<Write> writes;
};

struct Plan {
  std::vector<KeyPlan> keys;
  // By page: what it writes, one after the other, as long as it has ops left.
  std::vector<std::vector<OpPlan>> scripts;
  bool hasServer = false;
  bool isMarked = false;  // What each op writes tells it from all others (evidence.h).

  std::size_t pages() const { return scripts.size(); }
  // The processes: the pages, the lock manager and, if there is one, the server.
  std::size_t locks() const { return scripts.size(); }
  std::size_t server() const { return scripts.size() + 1; }
  std::size_t processes() const { return scripts.size() + (hasServer ? 2 : 1); }
  std::string address() const { return hasServer ? "server/global" : "device/global"; }
};

// How much of it happens, by process: so many ops of each page at most, and so many crashes.
struct Measure {
  std::vector<std::size_t> ops;
  std::vector<std::size_t> crashes;
};

}  // namespace danji::scope
