#include "core/entry/address.h"

#include <algorithm>
#include <cstring>

#include "core/base/limits.h"

namespace danji {
namespace {

// The length is known when this is compiled: each frame names a space or two.
template <std::size_t kSize>
bool takePrefix(std::string_view& text, const char (&prefix)[kSize]) {
  constexpr std::size_t length = kSize - 1;
  if (text.size() < length || std::memcmp(text.data(), prefix, length) != 0) return false;
  text.remove_prefix(length);
  return true;
}

bool isPath(std::string_view text, int ids) {
  for (int i = 1; i < ids; ++i) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || !isId(text.substr(0, slash))) return false;
    text.remove_prefix(slash + 1);
  }
  return isId(text);
}

}  // namespace

bool isId(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

Result<Address> Address::parse(std::string_view text) {
  Address address{.text = std::string(text)};
  std::string_view rest = text;
  if (takePrefix(rest, "tab/")) {
    address.plane = Plane::tab;
  } else if (takePrefix(rest, "device/")) {
    address.plane = Plane::device;
  } else if (takePrefix(rest, "server/")) {
    address.plane = Plane::server;
  } else {
    return Error{ErrorCode::invalidId, "an address starts with its plane"};
  }

  bool valid = false;
  if (rest == "global") {
    address.scope = Scope::global;
    valid = true;
  } else if (takePrefix(rest, "apartment:")) {
    address.scope = Scope::apartment;
    valid = isPath(rest, 1);
  } else if (takePrefix(rest, "building:")) {
    address.scope = Scope::building;
    valid = isPath(rest, 2);
  } else if (takePrefix(rest, "private:")) {
    address.scope = Scope::privateToUnit;
    valid = isPath(rest, 3);
  }
  if (!valid) return Error{ErrorCode::invalidId, "no such place: " + std::string(text)};
  return address;
}

}  // namespace danji
