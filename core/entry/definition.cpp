#include "core/entry/definition.h"

#include "core/base/checksum.h"

namespace danji {
namespace {

constexpr std::size_t kParameterBytesMax = 16 * 1024;

}  // namespace

void encode(ByteWriter& out, const Definition& definition) {
  out.u8(static_cast<std::uint8_t>(definition.scope));
  out.u8(static_cast<std::uint8_t>(definition.plane));
  out.u8(static_cast<std::uint8_t>(definition.strategy));
  out.text(definition.parameters);
}

Definition decodeDefinition(ByteReader& in) {
  Definition definition;
  definition.scope = static_cast<Scope>(in.bounded(static_cast<std::uint64_t>(Scope::global)));
  definition.plane = static_cast<Plane>(in.bounded(static_cast<std::uint64_t>(Plane::server)));
  definition.strategy = static_cast<StrategyKind>(
      in.bounded(static_cast<std::uint64_t>(kStrategyLast)));
  definition.parameters = std::string(in.text(kParameterBytesMax));
  if (!readRules(definition.parameters)) in.fail();
  return definition;
}

std::uint64_t fingerprintOf(const Definition& definition) {
  ByteWriter bytes;
  encode(bytes, definition);
  return digestOf(bytes.view()).low | 1;
}

}  // namespace danji
