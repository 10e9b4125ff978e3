#include "core/entry/definition.h"

#include "core/base/checksum.h"

namespace danji {
namespace {

constexpr std::size_t kParameterBytesMax = 16 * 1024;
// Added to the strategy.
constexpr std::uint8_t kHasContract = 128;

}  // namespace

void encode(ByteWriter& out, const Definition& definition, const Contract& contract) {
  out.u8(static_cast<std::uint8_t>(definition.scope));
  out.u8(static_cast<std::uint8_t>(definition.plane));
  out.u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(definition.strategy) |
                                   (contract.isEmpty() ? 0 : kHasContract)));
  out.text(definition.parameters);
  if (!contract.isEmpty()) encode(out, contract);
}

Definition decodeDefinition(ByteReader& in, Contract& contract) {
  Definition definition;
  definition.scope = static_cast<Scope>(in.bounded(static_cast<std::uint64_t>(Scope::global)));
  definition.plane = static_cast<Plane>(in.bounded(static_cast<std::uint64_t>(Plane::server)));
  const std::uint8_t strategy = in.u8();
  definition.strategy = static_cast<StrategyKind>(strategy & ~kHasContract);
  if (definition.strategy > kStrategyLast) in.fail();
  definition.parameters = std::string(in.text(kParameterBytesMax));
  if (!readRules(definition.parameters)) in.fail();
  contract = (strategy & kHasContract) != 0 ? decodeContract(in) : Contract();
  return definition;
}

std::uint64_t fingerprintOf(const Definition& definition) {
  ByteWriter bytes;
  encode(bytes, definition);
  return digestOf(bytes.view()).low | 1;
}

}  // namespace danji
