// Random inputs for laws: seeded, so that a failure can be played again.
//
//   DANJI_SEED=123 ctest -R laws
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/random.h"

namespace danji::testing_input {

class RandomInput {
 public:
  RandomInput() : RandomInput(chosenSeed()) {}
  explicit RandomInput(std::uint64_t seed) : seed_(seed), random_(seed) {}

  std::uint64_t seed() const { return seed_; }
  std::string trace() const { return "DANJI_SEED=" + std::to_string(seed_); }

  std::uint64_t any() { return random_.next(); }
  std::uint64_t below(std::uint64_t end) { return random_.next() % end; }
  bool oneIn(std::uint64_t n) { return below(n) == 0; }

  template <class T>
  const T& oneOf(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  std::string session() {
    std::string bytes;
    for (int i = 0; i < 16; ++i) bytes += static_cast<char>(below(256));
    return bytes;
  }

 private:
  static std::uint64_t chosenSeed() {
    const char* text = std::getenv("DANJI_SEED");
    return text == nullptr ? 20'261 : std::strtoull(text, nullptr, 10);
  }

  std::uint64_t seed_;
  Random random_;
};

}  // namespace danji::testing_input
