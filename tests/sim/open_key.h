// OpenKey: a key that a simulated page uses, and what the page believes and wishes of it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/engine.h"
#include "tests/sim/scene.h"

namespace danji::sim {

inline std::string textOf(const Value& value) {
  if (value.kind() == Value::Kind::number) {
    // Most are whole, and those are said in a tenth of the time.
    const double number = value.number();
    const bool isWhole = std::trunc(number) == number && std::fabs(number) < 1e15;
    return isWhole ? std::to_string(static_cast<std::int64_t>(number)) : std::to_string(number);
  }
  return value.kind() == Value::Kind::text ? value.text() : value.isDeferred() ? "later" : "nothing";
}

enum class Life { opening, running, frozen, suspended, cached, gone };

// What a page wrote of a key of its device's disk, and what it was told that the disk has of it.
class Saved {
 public:
  // `index`: in the log of its space; 0: undecided.
  void write(std::uint64_t sequence, std::uint64_t index, std::string text, double amount) {
    writes_.push_back({sequence, index, std::move(text), amount});
  }
  void decided(std::uint64_t sequence, std::uint64_t index) {
    for (Write& one : writes_) {
      if (one.sequence == sequence) one.index = index;
    }
  }
  void renumbered(std::uint64_t before, std::uint64_t now) {
    for (Write& one : writes_) {
      if (one.sequence == before) one.sequence = now;
    }
  }
  // Indexes are those of another log from now on.
  void logEnded() {
    for (Write& one : writes_) one.index = 0;
  }
  void upTo(std::uint64_t index) {
    std::size_t last = writes_.size();
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      Write& one = writes_[i];
      if (one.index == 0 || one.index > index) continue;
      amount_ += std::exchange(one.amount, 0);
      last = i;
    }
    if (last == writes_.size()) return;
    writes_.erase(writes_.begin(), writes_.begin() + static_cast<std::ptrdiff_t>(last));
    isSaved_ = true;
  }
  // The disk lost what it had.
  void forget() {
    isSaved_ = false;
    amount_ = 0;
  }

  double amount() const { return amount_; }
  // Whether the disk may have this text of a key that nobody else writes.
  bool allows(const std::string& text) const {
    return !isSaved_ || std::any_of(writes_.begin(), writes_.end(),
                                    [&](const Write& one) { return one.text == text; });
  }

 private:
  struct Write {
    std::uint64_t sequence = 0;
    std::uint64_t index = 0;
    std::string text;
    double amount = 0;
  };
  std::vector<Write> writes_;  // The last that was saved, and all since.
  bool isSaved_ = false;
  double amount_ = 0;
};

struct OpenKey {
  KeyPlan plan;
  Slot slot = 0;
  SpaceId space = 0;
  EntryId entry = 0;
  Value mirror;
  Value lastWritten;
  bool isWritten = false;
  std::uint64_t writes = 0;
  std::uint64_t refused = 0;  // The last of them that was, where pages dispute what the key means.
  bool isDeferred = false;
  bool isForeignDefinition = false;  // This page says of the key what no other page says.
  bool wasToldOfClash = false;
  std::vector<std::string> choices;  // Sessions and numbers as a batch spells them.
  double added = 0;                  // tally: all that was not refused.
  std::string ownField;              // profile: what this tab wrote last.
  Saved saved;                       // Keys of the device.
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
