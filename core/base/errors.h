// ErrorCode: every way an expected failure is named, in C++, on the wire and in TypeScript.
//
// Wire-stable: append only, never renumber. js/src/errors.ts lists the same names in the same
// order, and tests/conformance/error_codes.json fails both sides if they differ.
#pragma once

#include <cstdint>

namespace danji {

enum class ErrorCode : std::uint8_t {
  ok = 0,
  invalidKey = 1,
  invalidValue = 2,
  tooLarge = 3,
  notRegistered = 4,
  definitionClash = 5,
  invalidDefinition = 6,
  invalidId = 7,
  crossSpace = 8,
  disposed = 9,
  closed = 10,
  unknownUnit = 11,
  malformed = 12,
  protocol = 13,
  checksum = 14,
  outboxFull = 15,
  gap = 16,
  voided = 17,
  noEngine = 18,
  listenerFailed = 19,
  updaterFailed = 20,
  optionsIgnored = 21,
  integrity = 22,
  poisoned = 23,
  unitClash = 24,
  busy = 25,
  conflict = 26,
  stale = 27,
  outOfRange = 28,
  noFunction = 29,
  validation = 30,
  asyncSchema = 31,
  readOnlySchema = 32,
  migration = 33,
  commitFailed = 34,
  forbidden = 35,
  quota = 36,
  storage = 37,
  connection = 38,
  uncertain = 39,
  discarded = 40,
  hookFailed = 41,
};

inline constexpr std::uint8_t kErrorCodeLast = 41;

// The code's name as TypeScript, logs and documentation spell it, such as "INVALID_KEY".
const char* errorName(ErrorCode code);

}  // namespace danji
