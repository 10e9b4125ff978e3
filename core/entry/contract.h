// Contract: what a key's value must look like, who may use it, and how long it lives, as data.
//
// It rides beside the definition. A definition says what a key is and never changes; a contract
// may be replaced while the key lives, by one with a higher schema version. So it is no part of
// the definition's fingerprint, and pages of an old and a new release can share a key. The entry
// in the log has one contract at a time; a `define` with a lower version changes nothing, and one
// with an equal version only when its values live longer.
//
//   contract    := parts u8, [version text, schema text], [permissions text], [lifetime u8]
//   parts       := 1 a schema + 2 permissions + 4 a lifetime other than memory, never 0
//   version     := number ("." number)*                       such as "1" or "1.10.0"
//   schema      := JSON text (schema/schema.h)
//   permissions := JSON text of an object
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace danji {

// How long a value lives: while a tab has it, until the browser forgets the tab, or until it is
// taken away. Numbers are wire-stable.
enum class Lifetime : std::uint8_t { memory = 0, session = 1, persistent = 2 };

struct Contract {
  std::string version;      // Of the schema; empty: there is no schema.
  std::string schema;
  std::string permissions;  // Empty: everybody may do everything.
  Lifetime lifetime = Lifetime::memory;

  // Values outlive the page.
  bool lasts() const { return lifetime == Lifetime::persistent; }
  bool isEmpty() const {
    return version.empty() && permissions.empty() && lifetime == Lifetime::memory;
  }
  bool operator==(const Contract&) const = default;
};

// Up to eight numbers of up to nine digits, without leading zeros.
bool isSchemaVersion(std::string_view version);

// Below, at or above zero as `a` is below, at or above `b`. Compared number by number: 1.9 is
// below 1.10, and 1 is 1.0. An empty one is below all.
int compareVersions(std::string_view a, std::string_view b);

void encode(ByteWriter& out, const Contract& contract);
// Fails the reader on what is not a contract.
Contract decodeContract(ByteReader& in);

}  // namespace danji
