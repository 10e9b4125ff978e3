// Definition: what a key is, as data: scope, plane, strategy and the strategy's parameters.
//
// One key has one definition. It travels to other replicas, so an authority can decide keys
// that its own page never registered; its fingerprint travels with every undecided op, so an op
// that was made under another definition is refused instead of misread.
//
//   definition := scope u8, plane u8, strategy u8, parameters text        (rules.h says which)
//   meaning    := the same, with 128 added to strategy when a contract follows: contract
#pragma once

#include <cstdint>
#include <string>

#include "core/base/bytes.h"
#include "core/entry/contract.h"
#include "core/entry/permissions.h"
#include "core/entry/rules.h"
#include "core/schema/schema.h"

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

// A definition and the contract beside it.
void encode(ByteWriter& out, const Definition& definition, const Contract& contract = {});
// Fails the reader on a strategy, parameters or a contract that can't be read.
Definition decodeDefinition(ByteReader& in, Contract& contract);

// 64 bits that differ when two definitions do. Never 0.
std::uint64_t fingerprintOf(const Definition& definition);

// A definition with a contract that this core has met, and what follows from them.
struct KnownDefinition {
  Definition definition;
  std::uint64_t fingerprint = 0;  // Of the definition alone.
  Rules rules;
  Contract contract;
  Schema schema;
  Permissions permissions;

  // Whether the key's value has to be brought into its schema's form.
  bool raisesVersion(const KnownDefinition& standing) const {
    return this != &standing && fingerprint == standing.fingerprint &&
           compareVersions(contract.version, standing.contract.version) > 0;
  }
  // Whether its contract replaces that of another one of the same key.
  bool replaces(const KnownDefinition& standing) const {
    if (this == &standing || fingerprint != standing.fingerprint) return false;
    const int versions = compareVersions(contract.version, standing.contract.version);
    return versions > 0 ||
           (versions == 0 && contract.lifetime > standing.contract.lifetime);
  }
};

}  // namespace danji
