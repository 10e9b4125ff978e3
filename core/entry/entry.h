// Entry: a key's confirmed value in one space, with its version, stamp and author.
#pragma once

#include <cstdint>
#include <string>

#include "core/entry/op.h"

namespace danji {

struct Entry {
  std::string key;
  Value value;
  Stamp stamp;                    // Of the last accepted write, a deletion included.
  std::uint64_t version = 0;      // Index of the record that changed it last; 0: never written.
  std::uint64_t sequence = 0;     // The author's op number.
  NameId session = 0;
  NameId unit = 0;
  std::uint64_t fingerprint = 0;  // Of the decided definition; 0: none yet.
  Definition definition;

  bool isDefined() const { return fingerprint != 0; }
  bool isWritten() const { return version != 0; }
};

}  // namespace danji
