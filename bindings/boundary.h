// The boundary: what the two doors share: the engine, one buffer in, one buffer out, and the
// status block.
//
// All calls go from JavaScript into C++. Numbers cross as numbers; texts and bytes are written
// to input() before a call and read from output() after it. A failure is a number (ErrorCode).
//
//   status[0]  index of the record a write became, 0 while undecided
//   status[1]  number of the op in its space
//   status[2]  what waits: 1 changes to drain, 2 frames to flush, 4 wishes, 8 storageWants
//   status[3]  when the next `tick` is due, milliseconds since 1970; Infinity: never
#pragma once

#include <cstdint>
#include <memory>

#include "core/engine/engine.h"

// Wasm exports keep these names; a native build has no use for the attribute.
#ifdef __wasm__
#define DANJI_EXPORT(name) extern "C" __attribute__((export_name(#name), used))
#else
#define DANJI_EXPORT(name) extern "C"
#endif

namespace danji::bindings {

struct Boundary {
  std::unique_ptr<Engine> engine;
  Bytes input;
  ByteWriter output;
  std::string detail;
  double status[4] = {0, 0, 0, 0};
};

Boundary& boundary();

inline Engine& engine() { return *boundary().engine; }
inline ByteView input(std::uint32_t length) { return ByteView(boundary().input).first(length); }

// Fills the output: count varint, (length u32, bytes)*.
void writeFrames(const std::vector<Bytes>& frames);

// Renews status[2] and [3]; every call that may change anything ends with it.
std::uint32_t finish(ErrorCode code);
std::uint32_t finish(const Status& status);

}  // namespace danji::bindings
