#include "core/schema/decimal.h"

#include <algorithm>
#include <cstdint>

namespace danji {
namespace {

constexpr std::uint64_t kExactWholeMax = std::uint64_t{1} << 53;
constexpr long kTensMax = 22;
// Beyond any double; what is written behind it makes no difference.
constexpr long kExponentMax = 1'000'000;

int sign(int compared, bool isNegative) { return isNegative ? -compared : compared; }

}  // namespace

Decimal Decimal::of(std::string_view json) {
  Decimal decimal;
  std::size_t at = 0;
  if (json.front() == '-') {
    decimal.isNegative = true;
    ++at;
  }
  bool isBehindPoint = false;
  for (; at < json.size() && json[at] != 'e' && json[at] != 'E'; ++at) {
    if (json[at] == '.') {
      isBehindPoint = true;
      continue;
    }
    const bool isLeading = decimal.digits.empty() && json[at] == '0';
    if (!isLeading) decimal.digits += json[at];
    if (isBehindPoint ? isLeading : !isLeading) decimal.exponent += isBehindPoint ? -1 : 1;
  }
  if (at < json.size()) {
    ++at;
    const bool isDown = json[at] == '-';
    if (json[at] == '-' || json[at] == '+') ++at;
    long tens = 0;
    for (; at < json.size(); ++at) {
      tens = std::min(tens * 10 + (json[at] - '0'), kExponentMax);
    }
    decimal.exponent += isDown ? -tens : tens;
  }
  const std::size_t last = decimal.digits.find_last_not_of('0');
  decimal.digits.resize(last == std::string::npos ? 0 : last + 1);
  if (decimal.digits.empty()) return {};
  return decimal;
}

std::optional<double> Decimal::exactly() const {
  std::uint64_t whole = 0;
  for (const char digit : digits) {
    whole = whole * 10 + static_cast<std::uint64_t>(digit - '0');
    if (whole > kExactWholeMax) return std::nullopt;
  }
  long tens = exponent - static_cast<long>(digits.size());
  // 123e20 is 12300 * 10^18.
  while (tens > kTensMax && whole <= kExactWholeMax / 10) {
    whole *= 10;
    --tens;
  }
  if (digits.empty()) return 0.0;
  if (tens > kTensMax || tens < -kTensMax) return std::nullopt;
  double power = 1;
  for (long i = 0; i < std::abs(tens); ++i) power *= 10;
  const auto number = static_cast<double>(whole);
  const double size = tens < 0 ? number / power : number * power;
  return isNegative ? -size : size;
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.digits.empty() || b.digits.empty() || a.isNegative != b.isNegative) {
    const auto sideOf = [](const Decimal& one) {
      return one.digits.empty() ? 0 : one.isNegative ? -1 : 1;
    };
    return sideOf(a) - sideOf(b);
  }
  if (a.exponent != b.exponent) return sign(a.exponent < b.exponent ? -1 : 1, a.isNegative);
  return sign(a.digits.compare(b.digits), a.isNegative);
}

}  // namespace danji
