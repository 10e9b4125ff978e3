// Target: one thing that made-up bytes are thrown at, known by the name of its file.
//
//   DANJI_FUZZ_TARGET(value, bytes, size) {
//     …
//     return 0;
//   }
//
// A target tells of itself before main() runs, so that one program can hold all of them
// (replay.cpp, in `npm test`, where each program more is time) and libfuzzer.cpp the one that it
// was linked with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace danji::fuzz {

struct Target {
  std::string_view name;
  int (*run)(const std::uint8_t* bytes, std::size_t size);
};

inline std::vector<Target>& targets() {
  static std::vector<Target> targets;
  return targets;
}

inline bool addTarget(const Target& target) {
  targets().push_back(target);
  return true;
}

}  // namespace danji::fuzz

#define DANJI_FUZZ_TARGET(name, bytes, size)                                            \
  static int runTarget_##name(const std::uint8_t* bytes, std::size_t size);             \
  static const bool isAdded_##name = danji::fuzz::addTarget({#name, runTarget_##name}); \
  static int runTarget_##name(const std::uint8_t* bytes, std::size_t size)
