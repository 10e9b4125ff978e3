// Permissions that are accepted judge any change of any value, and judge it the same however the
// change is said.
//
// Three lines: the permissions, a value before and a value after.

#include "core/entry/permissions.h"

#include "core/authority/guard.h"
#include "core/base/limits.h"
#include "core/strategy/field_difference.h"
#include "core/value/json.h"
#include "core/value/json_object.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

std::string_view takeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool isValue(std::string_view json) { return isJson(json, kNestingMax) && isJsonObject(json); }

void judge(const Permissions& permissions, Entry entry, const Value& after) {
  const Grants guest("cart", "role:staff");
  const auto may = [&](const Change& change, const Grants& grants) {
    return mayChange(entry, change, permissions, grants);
  };
  const Change set{.kind = ChangeKind::set, .value = after};
  claim(may(set, Grants::all()), "who may do everything may do this");
  claim(may({.kind = ChangeKind::set, .value = entry.value}, guest) ==
            isGranted(permissions.write, guest),
        "a value that is written again changes no part");
  for (const bool isDeep : {false, true}) {
    const MergeRules rules{.isDeep = isDeep, .groups = {}, .base = "", .baseFields = {}};
    const Change patch{.kind = ChangeKind::patch,
                       .fields = differenceOf(entry.value, after, rules)};
    claim(!may(set, guest) || may(patch, guest), "fields need no more than the whole value does");
  }
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(permissions, bytes, size) {
  using namespace danji;
  std::string_view rest = asText({bytes, size});
  const std::string_view text = fuzz::takeLine(rest);
  const std::optional<Permissions> permissions = readPermissions(text);
  if (!permissions) return 0;
  fuzz::claim(text.empty() || fuzz::isValue(text), "permissions are an object");
  const std::string_view before = fuzz::takeLine(rest);
  if (!fuzz::isValue(before) || !fuzz::isValue(rest)) return 0;
  Entry entry;
  entry.value = Value::json(std::string(before));
  fuzz::judge(*permissions, entry, Value::json(std::string(rest)));
  return 0;
}
