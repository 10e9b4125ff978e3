// Decimal: numbers as JSON spells them, compared without turning them into doubles.
//
// The library's way from text to double would be a tenth of everything that is shipped. Comparing
// digits is exact, and among texts that JSON.stringify wrote it gives what comparing the doubles
// would: of two doubles the greater has the greater shortest text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace danji {

// A number's digits without leading and trailing zeros; its value is 0.digits * 10^exponent.
struct Decimal {
  bool isNegative = false;
  std::string digits;  // Empty: zero.
  long exponent = 0;

  // `json` is a number that isJson() has accepted.
  static Decimal of(std::string_view json);

  bool isWhole() const { return static_cast<long>(digits.size()) <= exponent || digits.empty(); }
  // The double that is nearest, when that needs no more than two exact doubles: at most 2^53 times
  // or over a power of ten up to 10^22. All numbers that people write are.
  std::optional<double> exactly() const;
};

// Below, at or above zero as `a` is below, at or above `b`.
int compare(const Decimal& a, const Decimal& b);

}  // namespace danji
