// Definition: what a key is, as data: scope, plane, strategy and the strategy's parameters.
//
// One key has one definition. It travels to other replicas, so an authority can decide keys
// that its own page never registered; its fingerprint travels with every undecided op, so an op
// that was made under another definition is refused instead of misread.
//
//   definition := scope u8, plane u8, strategy u8, parameters text        (rules.h says which)
#pragma once

#include <cstdint>
#include <string>

#include "core/base/bytes.h"
#include "core/entry/rules.h"

namespace danji {

enum class Scope : std::uint8_t { privateToUnit = 0, building = 1, apartment = 2, global = 3 };

// Who can see a space, and so who decides it: this tab, the tabs of this browser, the server.
enum class Plane : std::uint8_t { tab = 0, device = 1, server = 2 };

// Numbers are wire-stable. A strategy that this build doesn't know is refused, never guessed.
enum class StrategyKind : std::uint8_t {
  lastWriteWins = 0,
  firstWriteWins = 1,
  merge = 2,
  sum = 3,
  userResolve = 4,
  custom = 5,
};

inline constexpr StrategyKind kStrategyLast = StrategyKind::custom;

struct Definition {
  Scope scope = Scope::apartment;
  Plane plane = Plane::device;
  StrategyKind strategy = StrategyKind::lastWriteWins;
  std::string parameters;

  bool operator==(const Definition&) const = default;
};

void encode(ByteWriter& out, const Definition& definition);
// Fails the reader on a strategy or on parameters that can't be read.
Definition decodeDefinition(ByteReader& in);

// 64 bits that differ when two definitions do. Never 0.
std::uint64_t fingerprintOf(const Definition& definition);

// A definition that this core has met, with what follows from it.
struct KnownDefinition {
  Definition definition;
  std::uint64_t fingerprint = 0;
  Rules rules;
};

}  // namespace danji
