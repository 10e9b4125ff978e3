#include "core/entry/rules.h"

#include "core/base/limits.h"
#include "core/entry/field_path.h"
#include "core/value/json.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

constexpr std::uint8_t kSumDigitsMax = 9;
constexpr std::int64_t kIntegerMax = (std::int64_t{1} << 53) - 1;
constexpr std::int64_t kDecimalMax = 999'999'999'999'999;  // 15 digits

std::optional<std::int64_t> readInteger(std::string_view json, std::int64_t limit) {
  const bool isNegative = !json.empty() && json.front() == '-';
  if (isNegative) json.remove_prefix(1);
  if (json.empty() || json.size() > 16) return std::nullopt;
  std::int64_t n = 0;
  for (const char digit : json) {
    if (digit < '0' || digit > '9') return std::nullopt;
    n = n * 10 + (digit - '0');
  }
  if (n > limit) return std::nullopt;
  return isNegative ? -n : n;
}

bool readSum(std::string_view json, SumRules& sum) {
  if (!isJsonObject(json)) return false;
  const std::vector<JsonMember> members = membersOf(json);
  for (const JsonMember& member : members) {
    if (member.key != "digits") continue;
    const std::optional<std::int64_t> digits = readInteger(member.value, kSumDigitsMax);
    if (!digits || *digits < 0) return false;
    sum.digits = static_cast<std::uint8_t>(*digits);
  }
  sum.max = sumLimit(sum.digits);
  sum.min = -sum.max;
  for (const JsonMember& member : members) {
    std::int64_t* place = member.key == "base"  ? &sum.base
                          : member.key == "min" ? &sum.min
                          : member.key == "max" ? &sum.max
                                                : nullptr;
    if (place == nullptr) continue;
    const std::optional<std::int64_t> n = readInteger(member.value, sumLimit(sum.digits));
    if (!n) return false;
    *place = *n;
  }
  return sum.min <= sum.base && sum.base <= sum.max;
}

bool readGroups(std::string_view json, MergeRules& merge) {
  if (json.empty() || json.front() != '[') return false;
  for (const std::string_view group : elementsOf(json)) {
    if (group.front() != '[') return false;
    std::vector<std::string>& paths = merge.groups.emplace_back();
    for (const std::string_view path : elementsOf(group)) {
      if (path.front() != '"') return false;
      paths.push_back(pointerOfDotted(textOfJsonString(path)));
    }
  }
  return true;
}

// The fields of an object as the depth has them.
void addBaseFields(std::string_view json, const std::string& path, MergeRules& merge) {
  for (const JsonMember& member : membersOf(json)) {
    const std::string inner = memberPath(path, member.key);
    const bool isInner = merge.isDeep && isJsonObject(member.value) &&
                         !isEmptyJsonObject(member.value);
    if (isInner) {
      addBaseFields(member.value, inner, merge);
    } else {
      merge.baseFields.push_back({.path = inner, .json = std::string(member.value)});
    }
  }
}

bool readMerge(std::string_view json, MergeRules& merge) {
  if (!isJsonObject(json)) return false;
  for (const JsonMember& member : membersOf(json)) {
    if (member.key == "depth") {
      merge.isDeep = member.value == "\"deep\"";
      if (!merge.isDeep && member.value != "\"shallow\"") return false;
    }
    if (member.key == "groups" && !readGroups(member.value, merge)) return false;
    if (member.key == "base") {
      if (!isJsonObject(member.value)) return false;
      merge.base = std::string(member.value);
    }
  }
  if (!merge.base.empty()) addBaseFields(merge.base, "", merge);
  return true;
}

}  // namespace

std::int64_t sumLimit(std::uint8_t digits) { return digits == 0 ? kIntegerMax : kDecimalMax; }

std::optional<Rules> readRules(std::string_view parameters) {
  Rules rules;
  rules.sum.max = sumLimit(0);
  rules.sum.min = -rules.sum.max;
  if (parameters.empty()) return rules;
  if (!isJson(parameters, kNestingMax) || !isJsonObject(parameters)) return std::nullopt;
  for (const JsonMember& member : membersOf(parameters)) {
    if (member.key == "sum" && !readSum(member.value, rules.sum)) return std::nullopt;
    if (member.key == "merge" && !readMerge(member.value, rules.merge)) return std::nullopt;
    if (member.key == "custom" && member.value.front() != '"') return std::nullopt;
  }
  return rules;
}

}  // namespace danji
