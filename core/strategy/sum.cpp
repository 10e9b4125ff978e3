#include "core/strategy/sum.h"

#include <cmath>

#include "core/base/limits.h"

namespace danji {
namespace {

constexpr double kExactMax = 9007199254740992.0;  // 2^53

double unitsPerOne(const SumRules& rules) {
  double units = 1;
  for (int i = 0; i < rules.digits; ++i) units *= 10;
  return units;
}

// How many units of the last digit the entry has.
std::int64_t unitsOf(const Entry& entry, const SumRules& rules) {
  if (entry.value.kind() != Value::Kind::number) return rules.base;
  return static_cast<std::int64_t>(std::nearbyint(entry.value.number() * unitsPerOne(rules)));
}

bool isWithin(std::int64_t units, const SumRules& rules) {
  return rules.min <= units && units <= rules.max;
}

// The number as units, when it is a multiple of one and not too large.
bool toUnits(const Value& value, const SumRules& rules, std::int64_t& units) {
  if (value.kind() != Value::Kind::number) return false;
  const double perOne = unitsPerOne(rules);
  const double scaled = std::nearbyint(value.number() * perOne);
  if (std::fabs(scaled) >= kExactMax || scaled / perOne != value.number()) return false;
  units = static_cast<std::int64_t>(scaled);
  return true;
}

const SumRules& rulesOf(const Entry& entry) {
  static const SumRules kNone;
  return entry.known == nullptr ? kNone : entry.known->rules.sum;
}

bool isAddition(const Change& change) {
  return change.kind == ChangeKind::add && change.value.kind() == Value::Kind::number &&
         std::fabs(change.value.number()) <= kExactMax &&
         change.value.number() == std::trunc(change.value.number());
}

std::int64_t after(const Entry& entry, const Change& change) {
  return unitsOf(entry, rulesOf(entry)) + static_cast<std::int64_t>(change.value.number());
}

}  // namespace

ErrorCode Sum::admit(const Entry& entry, const Change& change) {
  if (change.kind != ChangeKind::unset && !isAddition(change)) return ErrorCode::malformed;
  if (!entry.isCurrent(change)) return ErrorCode::stale;
  if (change.kind == ChangeKind::unset) return ErrorCode::ok;
  return isWithin(after(entry, change), rulesOf(entry)) ? ErrorCode::ok : ErrorCode::outOfRange;
}

bool Sum::fold(Entry& entry, const Change& change, const Decided& decided) {
  if (!entry.isCurrent(change)) return false;
  if (change.kind == ChangeKind::unset) {
    entry.value = Value();
    ++entry.incarnation;
  } else {
    if (!isAddition(change)) return false;
    const std::int64_t units = after(entry, change);
    if (!isWithin(units, rulesOf(entry))) return false;
    entry.value = Value::number(static_cast<double>(units) / unitsPerOne(rulesOf(entry)));
  }
  entry.sign(decided);
  return true;
}

void Sum::restart(Entry& entry, const Change& change, const Decided&) {
  std::int64_t units = 0;
  const bool isSum = toUnits(change.value, rulesOf(entry), units) &&
                     isWithin(units, rulesOf(entry));
  entry.value = isSum ? change.value : Value();
}

Result<Change> Sum::intend(const Entry& shown, Intent intent) {
  const SumRules& rules = intent.definition->rules.sum;
  if (intent.kind == Intent::Kind::unset) {
    return Change{.kind = ChangeKind::unset, .incarnation = shown.incarnation};
  }
  std::int64_t units = 0;
  if (!toUnits(intent.value, rules, units)) {
    return Error{ErrorCode::invalidValue,
                 "a sum is a number with at most " + std::to_string(rules.digits) + " digits"};
  }
  if (intent.kind == Intent::Kind::set) units -= unitsOf(shown, rules);
  if (std::fabs(static_cast<double>(units)) >= kExactMax ||
      !isWithin(unitsOf(shown, rules) + units, rules)) {
    return Error{ErrorCode::outOfRange, "the sum would leave its bounds"};
  }
  return Change{.kind = ChangeKind::add,
                .value = Value::number(static_cast<double>(units)),
                .incarnation = shown.incarnation};
}

}  // namespace danji
