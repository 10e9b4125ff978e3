#include "core/entry/contract.h"

#include <algorithm>
#include <cstdint>

#include "core/base/limits.h"
#include "core/entry/permissions.h"
#include "core/schema/schema.h"
#include "core/value/json.h"
#include "core/value/json_object.h"

namespace danji {
namespace {

constexpr std::size_t kNumbersMax = 8;
constexpr std::size_t kDigitsMax = 9;
constexpr std::size_t kVersionBytesMax = kNumbersMax * (kDigitsMax + 1);

enum Piece : std::uint8_t { kSchema = 1, kPermissions = 2, kLifetime = 4 };

// Takes the first number off a version; 0 when nothing is left.
std::uint32_t takeNumber(std::string_view& version) {
  std::uint32_t number = 0;
  while (!version.empty() && version.front() != '.') {
    number = number * 10 + static_cast<std::uint32_t>(version.front() - '0');
    version.remove_prefix(1);
  }
  if (!version.empty()) version.remove_prefix(1);
  return number;
}

std::string objectText(ByteReader& in) {
  const std::string_view text = in.text(kContractBytesMax);
  if (!isJson(text, kSchemaNestingMax) || !isJsonObject(text)) in.fail();
  return std::string(text);
}

}  // namespace

bool isSchemaVersion(std::string_view version) {
  std::size_t numbers = 0;
  for (;;) {
    const std::size_t end = std::min(version.find('.'), version.size());
    const std::string_view number = version.substr(0, end);
    const bool isNumber = !number.empty() && number.size() <= kDigitsMax &&
                          number.find_first_not_of("0123456789") == std::string_view::npos;
    if (!isNumber || (number.size() > 1 && number.front() == '0')) return false;
    if (++numbers > kNumbersMax) return false;
    if (end == version.size()) return true;
    version.remove_prefix(end + 1);
  }
}

int compareVersions(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
  while (!a.empty() || !b.empty()) {
    const std::uint32_t left = takeNumber(a);
    const std::uint32_t right = takeNumber(b);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

void encode(ByteWriter& out, const Contract& contract) {
  const bool hasSchema = !contract.version.empty();
  const bool hasPermissions = !contract.permissions.empty();
  const bool hasLifetime = contract.lifetime != Lifetime::memory;
  out.u8(static_cast<std::uint8_t>((hasSchema ? kSchema : 0) |
                                   (hasPermissions ? kPermissions : 0) |
                                   (hasLifetime ? kLifetime : 0)));
  if (hasSchema) {
    out.text(contract.version);
    out.text(contract.schema);
  }
  if (hasPermissions) out.text(contract.permissions);
  if (hasLifetime) out.u8(static_cast<std::uint8_t>(contract.lifetime));
}

Contract decodeContract(ByteReader& in) {
  Contract contract;
  const std::uint8_t parts = in.u8();
  if (parts == 0 || parts > (kSchema | kPermissions | kLifetime)) in.fail();
  if ((parts & kSchema) != 0) {
    contract.version = std::string(in.text(kVersionBytesMax));
    if (!isSchemaVersion(contract.version)) in.fail();
    contract.schema = objectText(in);
    if (!in.failed() && !Schema::parse(contract.schema).ok()) in.fail();
  }
  if ((parts & kPermissions) != 0) {
    contract.permissions = objectText(in);
    if (!readPermissions(contract.permissions)) in.fail();
  }
  if ((parts & kLifetime) != 0) {
    const std::uint8_t lifetime = in.u8();
    if (lifetime == 0 || lifetime > static_cast<std::uint8_t>(Lifetime::persistent)) in.fail();
    contract.lifetime = static_cast<Lifetime>(lifetime);
  }
  return contract;
}

}  // namespace danji
