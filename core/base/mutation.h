// Mutations: rules of the core taken out on purpose, to prove that a test would notice.
//
// A mutation exists only in a build made for it (-DDANJI_MUTATION_name); every other build
// compiles these functions to nothing. scripts/mutation.mjs makes such builds and counts the
// tests that turn red.
#pragma once

#include <cstdint>

namespace danji::mutation {

// Every second set is counted, answered and forgotten.
#ifdef DANJI_MUTATION_DROP_SECOND_SET
inline bool dropsSet(std::uint64_t index) { return index % 2 == 0; }
#else
inline constexpr bool dropsSet(std::uint64_t) { return false; }
#endif

}  // namespace danji::mutation
