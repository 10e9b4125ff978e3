// Result: a value, or the reason why there is none.
//
// Expected failures (a bad key, a damaged frame) are results; they never throw. Asking a
// failed result for its value is a bug of ours and stops the instance.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "core/base/assert.h"
#include "core/base/errors.h"

namespace danji {

struct Error {
  ErrorCode code = ErrorCode::ok;
  std::string detail;  // For people; never parsed.
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }
  T& value() {
    DANJI_ASSERT(ok());
    return *std::get_if<T>(&state_);
  }
  const T& value() const {
    DANJI_ASSERT(ok());
    return *std::get_if<T>(&state_);
  }
  const Error& error() const {
    DANJI_ASSERT(!ok());
    return *std::get_if<Error>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace danji
