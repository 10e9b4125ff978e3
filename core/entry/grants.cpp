#include "core/entry/grants.h"

#include "core/base/limits.h"
#include "core/entry/address.h"

namespace danji {
namespace {

constexpr std::string_view kUnitPrefix = "unit:";

// Takes the first of a list away and gives it.
std::string_view takeFirst(std::string_view& list) {
  const std::size_t end = list.find(' ');
  const std::string_view first = list.substr(0, end);
  list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  return first;
}

}  // namespace

bool Grants::hold(std::string_view grant) const {
  if (isAll_) return true;
  const bool isUnit = grant.substr(0, kUnitPrefix.size()) == kUnitPrefix;
  if (isUnit && !unit_.empty() && grant.substr(kUnitPrefix.size()) == unit_) return true;
  for (std::string_view rest = others_; !rest.empty();) {
    if (takeFirst(rest) == grant) return true;
  }
  return false;
}

bool isGrant(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && isId(text.substr(0, colon)) &&
         isId(text.substr(colon + 1));
}

bool isGrants(std::string_view text) {
  if (text.size() > kGrantsBytesMax || (!text.empty() && text.back() == ' ')) return false;
  std::string_view before;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view grant = takeFirst(rest);
    if (!isGrant(grant) || grant <= before) return false;
    before = grant;
  }
  return true;
}

}  // namespace danji
