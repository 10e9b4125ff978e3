#include "tests/scope/evidence.h"

#include <cmath>
#include <cstdlib>

#include "tests/scope/texts.h"

namespace danji::scope {
namespace {

// The digit of an addition: each op adds another power of four, and to a bounded sum a piece of it
// besides, which is a greater one.
int digitOf(const std::string& sum, double addition) {
  const double mark = std::fmod(addition, kPiece);
  return static_cast<int>(std::fmod(std::floor(std::atof(sum.c_str()) / mark), 4));
}

// How often a number is among those in a text.
int countIn(const std::string& text, const std::string& number) {
  int count = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end > at && text.substr(at, end - at) == number) ++count;
    at = end > at ? end : at + 1;
  }
  return count;
}

}  // namespace

std::optional<int> timesApplied(const Plan& plan, const Write& write,
                                const std::string& value) {
  const std::string mark = textOf(write.value);
  switch (write.verb) {
    case Verb::add:
      return digitOf(value, write.value.number());
    case Verb::append:
      return countIn(value, mark);
    case Verb::put:
      return value.find("\"" + leafOf(write.field) + "\":" + mark) == std::string::npos ? 0 : 1;
    case Verb::set:
    case Verb::choose: {
      const int count = countIn(value, mark);
      if (count > 0) return count;
      const bool isFirst = plan.keys[write.key].strategy == StrategyKind::firstWriteWins;
      return isFirst ? std::optional(0) : std::nullopt;
    }
    case Verb::unset:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string findHalfOp(const Plan& plan, const std::vector<std::string>& values) {
  if (!plan.isMarked) return {};
  for (const std::vector<OpPlan>& script : plan.scripts) {
    for (const OpPlan& op : script) {
      std::optional<int> times;
      for (const Write& write : op.writes) {
        const std::optional<int> here = timesApplied(plan, write, values[write.key]);
        if (!here) continue;
        if (*here > 1) return "op " + std::to_string(op.place) + " is there more than once";
        if (times && *times != *here) return "half of op " + std::to_string(op.place) + " is there";
        times = here;
      }
    }
  }
  return {};
}

}  // namespace danji::scope
