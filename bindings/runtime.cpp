// What the C and C++ libraries would ask the page for, answered inside the module.
//
// The module imports nothing: scripts/lib/core-build.mjs refuses to build one that does. Whatever
// the libraries consider the end of the program is a trap, which the glue sees as a poisoned
// instance; so no allocation ever returns null and goes on.
#include <cstddef>
#include <cstdlib>
#include <new>
#include <version>

#if __has_include(<__verbose_abort>)
#include <__verbose_abort>
#endif

// Called when memory has grown by what was wanted. Each time costs more than what it brings, so it
// grows by half at once; what nobody touches weighs nothing. The glue looks at `memory.buffer`
// after each call.
extern "C" void emscripten_notify_memory_growth(std::size_t) {
  __builtin_wasm_memory_grow(0, __builtin_wasm_memory_size(0) / 2);
}

// Where abort() and exit() end.
extern "C" __attribute__((noreturn)) void _Exit(int) { __builtin_trap(); }

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) __builtin_trap();
  return memory;
}

void* operator new[](std::size_t size) { return operator new(size); }

// Newer C++ libraries print a message before they give up, and would bring printf along.
#if __has_include(<__verbose_abort>)
#ifndef _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#define _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#endif
void std::__libcpp_verbose_abort(char const*, ...) _LIBCPP_VERBOSE_ABORT_NOEXCEPT {
  __builtin_trap();
}
#endif
