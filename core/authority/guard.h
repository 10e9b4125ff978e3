// Guard: whether somebody with these grants may make a change, by the permissions of its key.
//
// Of a path only what the change makes of it counts: a whole value that is the same below the
// path as what is there changes nothing there. Where a path leads through a list, or to where
// there is no object, the list or the value there counts as a whole.
#pragma once

#include "core/entry/entry.h"
#include "core/entry/permissions.h"

namespace danji {

// `entry` as the change finds it. A definition may always be brought.
bool mayChange(const Entry& entry, const Change& change, const Permissions& permissions,
               const Grants& grants);

}  // namespace danji
