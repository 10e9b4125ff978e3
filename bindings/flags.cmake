# How the core becomes WebAssembly: every flag with its reason.
#
# All of them exist in emscripten 3.1.6 (Debian 12) and in today's; nothing here may need more.

# One -O flag per source: emcc makes worse code of two than of the last alone.
set(DANJI_WASM_COLD_FLAG -Os)   # 20 kB of brotli less than -O3 everywhere
set(DANJI_WASM_HOT_FLAG -O3)

set(DANJI_WASM_COMPILE_FLAGS
  -flto             # lets the exports inline the core, and drops what no export reaches
  -fno-exceptions   # the core's failures are values, so nothing needs to unwind
  -fno-rtti         # nothing asks for the type of an object
  -DNDEBUG          # the C library's assert() would print; DANJI_ASSERT stays on in every build
)

# What runs for every set. These come first in the link, so that of a template which several
# sources use the fast copy is kept.
set(DANJI_WASM_HOT_SOURCES
  core/engine/engine_writes.cpp
  core/engine/engine_drain.cpp
  bindings/hot_calls.cpp
)

set(DANJI_WASM_LINK_FLAGS
  -O3               # -Os here makes a set and its drain six times slower for one kilobyte
  -flto
  -fno-exceptions   # also chooses the C++ library that was built without exceptions

  # One .wasm file, no JavaScript from emscripten: the loader is ours (js/src). So there is no eval,
  # no fetch, no document and no global object in the way, and a strict CSP is content.
  --no-entry                       # a library: `_initialize` once, then the exports
  -sSTANDALONE_WASM=1              # what little runtime there is lives inside the module

  # Memory. It starts small, grows as needed and ends somewhere: a page must not be eaten up by a
  # state layer. A refused allocation stops the instance (bindings/runtime.cpp).
  -sALLOW_MEMORY_GROWTH=1
  -sINITIAL_MEMORY=1048576         # 1 MiB: stack, constants and the state of a usual page
  -sMAXIMUM_MEMORY=268435456       # 256 MiB
  -sTOTAL_STACK=262144             # 256 KiB: values nest at most 32 deep; today's name is an alias
  -Wl,--stack-first                # an overflow of the stack traps instead of overwriting state
  -sMALLOC=emmalloc                # 1.5 kB of brotli less than dlmalloc; one thread needs no more

  # Nothing of an operating system.
  -sFILESYSTEM=0                   # no files
  -sSUPPORT_LONGJMP=0              # no setjmp, so no helpers for it
  -sASSERTIONS=0                   # no texts for emscripten's own messages
)

# A server keeps many spaces; these come last, so they win.
set(DANJI_HOST_LINK_FLAGS
  -sINITIAL_MEMORY=16777216        # 16 MiB
  -sMAXIMUM_MEMORY=2147483648      # 2 GiB
)
