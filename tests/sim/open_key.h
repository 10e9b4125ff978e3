// OpenKey: a key that a simulated page uses, and what the page believes and wishes of it.
#pragma once

#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "tests/sim/scene.h"

namespace danji::sim {

inline std::string textOf(const Value& value) {
  if (value.kind() == Value::Kind::number) return std::to_string(value.number());
  return value.kind() == Value::Kind::text ? value.text() : value.isDeferred() ? "later" : "nothing";
}

enum class Life { opening, running, frozen, suspended, cached, gone };

struct OpenKey {
  KeyPlan plan;
  Slot slot = 0;
  SpaceId space = 0;
  EntryId entry = 0;
  Value mirror;
  Value lastWritten;
  bool isWritten = false;
  bool isDeferred = false;
  bool isForeignDefinition = false;  // This page says of the key what no other page says.
  bool wasToldOfClash = false;
  std::vector<std::string> choices;  // Sessions and numbers as a batch spells them.
  double added = 0;                  // tally: all that was not refused.
  std::string ownField;              // profile: what this tab wrote last.
};

}  // namespace danji::sim
