// Address: which space is meant.
//
//   address := plane '/' place
//   plane   := 'tab' | 'device' | 'server'
//   place   := 'global' | 'apartment:' id | 'building:' id '/' id
//            | 'private:' id '/' id '/' id                     (apartment, building, unit)
//   id      := 1 to 64 of A-Z a-z 0-9 . _ -
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/entry/definition.h"

namespace danji {

struct Address {
  Plane plane = Plane::tab;
  Scope scope = Scope::global;
  std::string text;  // The canonical form; two addresses are equal when their texts are.

  static Result<Address> parse(std::string_view text);
};

bool isId(std::string_view text);

}  // namespace danji
