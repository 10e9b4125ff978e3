// Paths: what a merge finds to have changed in a value.
#include "core/strategy/field_difference.h"

#include "bench/core/tab.h"
#include "bench/instructions/bodies.h"

namespace danji::bench {

namespace {

// Ten rows, each an object of ten fields.
std::string rows(std::string_view changedPrice) {
  std::string text = "{";
  for (int i = 0; i < 10; ++i) {
    std::string row(kObjectText);
    if (i == 7) row.replace(row.find("4.8"), 3, changedPrice);
    if (i > 0) text += ',';
    text += "\"row-" + std::to_string(i) + "\":" + row;
  }
  return text + "}";
}

}  // namespace

void countPaths(Meter& meter) {
  const Value before = Value::json(rows("4.8"));
  const Value after = Value::json(rows("5.2"));
  for (const bool isDeep : {false, true}) {
    const MergeRules rules{.isDeep = isDeep, .groups = {}, .base = {}, .baseFields = {}};
    const char* name = isDeep ? "difference of a hundred leaves" : "difference of ten rows";
    meter.measure({.name = name, .runs = 20, .operationsEach = 1}, [&] {
      const std::vector<FieldChange> changes = differenceOf(before, after, rules);
      DANJI_ASSERT(changes.size() == 1);
      DANJI_ASSERT(changes.front().path == (isDeep ? "/row-7/price" : "/row-7"));
    });
  }
}

}  // namespace danji::bench
