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
  std::string standing;              // form: the schema version that its value is under,
  double version = 0;                // the confirmed one,
  std::uint32_t pending = 0;         // and how many writes of it are undecided.
};

// What the two releases know of a form: each has its own name for the same number.
inline const char* formField(int release) { return release == 1 ? "name" : "title"; }

inline Contract formContract(int release) {
  const std::string field = std::string("\"") + formField(release) + "\"";
  Contract contract;
  contract.version = std::to_string(release);
  contract.schema = "{\"type\":\"object\",\"properties\":{" + field +
                    ":{\"type\":\"number\"}},\"required\":[" + field + "]}";
  return contract;
}

inline Value formOf(int release, const std::string& number) {
  return Value::json(std::string("{\"") + formField(release) + "\":" + number + "}");
}

// The number in it; empty when it has none under that release's name.
inline std::string numberIn(int release, const Value& value) {
  if (value.kind() != Value::Kind::text) return {};
  const std::string begin = std::string("{\"") + formField(release) + "\":";
  if (value.text().rfind(begin, 0) != 0) return {};
  return value.text().substr(begin.size(), value.text().size() - begin.size() - 1);
}

}  // namespace danji::sim
