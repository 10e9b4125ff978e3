// DANJI_ASSERT: stops the instance when an invariant of ours is broken, in every build.
//
// Better a closed store than a corrupt one: in WebAssembly the trap poisons the instance and
// the glue refuses to use it again. Remote bytes must never be able to reach an assertion.
#pragma once

#define DANJI_ASSERT(claim)    \
  do {                         \
    if (!(claim)) {            \
      __builtin_trap();        \
    }                          \
  } while (false)
