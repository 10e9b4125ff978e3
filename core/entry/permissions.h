// Permissions: the grants that reading and writing a key needs, and those for parts of its value.
//
//   permissions := empty, or the JSON text of an object with these members, all optional:
//     "read"  list                          only whom the glue shows it
//     "write" list
//     "paths" {"a.b": {"write": list}, …}   besides "write", whoever changes what is below a.b
//     "base"  JSON                          the default, if it is an object: what a first write
//                                           is compared with
//   list := "*" | ["unit:cart", "role:staff", …]
//
// One grant of a list is enough; "*" is everybody, as if the list were left out; of an empty list
// nobody has one. Members that this build doesn't know are kept and mean nothing to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/entry/grants.h"
#include "core/value/value.h"

namespace danji {

// Nothing: everybody.
using GrantList = std::optional<std::vector<std::string>>;

struct PathPermission {
  std::string path;  // A JSON Pointer.
  GrantList write;
};

struct Permissions {
  GrantList read;
  GrantList write;
  std::vector<PathPermission> paths;
  Value base;

  // Whether any write needs a look at all.
  bool guardWrites() const { return write.has_value() || !paths.empty(); }
};

// Nothing when a known member has the wrong shape.
std::optional<Permissions> readPermissions(std::string_view text);

// Whether one of the list is held.
bool isGranted(const GrantList& list, const Grants& grants);

}  // namespace danji
