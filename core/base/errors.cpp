#include "core/base/errors.h"

#include <array>

namespace danji {

const char* errorName(ErrorCode code) {
  static constexpr std::array<const char*, kErrorCodeLast + 1> kNames = {
      "OK",           "INVALID_KEY",    "INVALID_VALUE",      "TOO_LARGE",
      "NOT_REGISTERED", "DEFINITION_CLASH", "INVALID_DEFINITION", "INVALID_ID",
      "CROSS_SPACE",  "DISPOSED",       "CLOSED",             "UNKNOWN_UNIT",
      "MALFORMED",    "PROTOCOL",       "CHECKSUM",           "OUTBOX_FULL",
      "GAP",          "VOID",           "NO_ENGINE",          "LISTENER_FAILED",
      "UPDATER_FAILED", "OPTIONS_IGNORED", "INTEGRITY",       "POISONED",
      "UNIT_CLASH",   "BUSY",           "CONFLICT",           "STALE",
      "OUT_OF_RANGE", "NO_FUNCTION",    "VALIDATION",         "ASYNC_SCHEMA",
      "READ_ONLY_SCHEMA", "MIGRATION",       "COMMIT_FAILED",    "FORBIDDEN",
      "QUOTA",        "STORAGE",        "CONNECTION",         "UNCERTAIN",
      "DISCARDED",    "HOOK_FAILED"};
  const auto place = static_cast<std::size_t>(code);
  return place < kNames.size() ? kNames[place] : "PROTOCOL";
}

}  // namespace danji
