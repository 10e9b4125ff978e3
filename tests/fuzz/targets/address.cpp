// An address that is accepted is canonical, short enough to travel, and made of ids.

#include "core/entry/address.h"

#include <algorithm>

#include "core/base/limits.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

void checkAddress(const Address& address) {
  const std::string& text = address.text;
  claim(text.size() <= kAddressBytesMax, "an address is short enough to travel");
  const std::size_t colon = text.find(':');
  std::size_t ids = 0;
  for (std::size_t at = colon; at != std::string::npos; ++ids) {
    const std::size_t end = std::min(text.find('/', at + 1), text.size());
    claim(isId(std::string_view(text).substr(at + 1, end - at - 1)), "a place is made of ids");
    at = end == text.size() ? std::string::npos : end;
  }
  const std::size_t wanted = address.scope == Scope::global      ? 0
                             : address.scope == Scope::apartment ? 1
                             : address.scope == Scope::building  ? 2
                                                                 : 3;
  claim(ids == wanted, "each scope has its number of ids");
  const std::string plane = address.plane == Plane::tab      ? "tab/"
                            : address.plane == Plane::device ? "device/"
                                                             : "server/";
  claim(text.substr(0, plane.size()) == plane, "an address begins with its plane");
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(address, bytes, size) {
  using namespace danji;
  const std::string_view text = asText({bytes, size});
  const Result<Address> address = Address::parse(text);
  if (!address.ok()) return 0;
  fuzz::claim(address.value().text == text, "an address has one spelling");
  fuzz::checkAddress(address.value());
  return 0;
}
