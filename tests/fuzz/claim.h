// Claims: what a fuzz target says must be true of any bytes whatsoever.
//
// Each file in tests/fuzz/targets is a target (tests/fuzz/target.h) and claims more than that
// nothing crashes. A claim that is false ends the process: libFuzzer (`npm run fuzz`) and
// tests/fuzz/replay.cpp (`npm test`) both take that for a finding and keep the bytes.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "tests/fuzz/target.h"

namespace danji::fuzz {

inline void claim(bool isTrue, std::string_view sentence) {
  if (isTrue) return;
  std::fprintf(stderr, "Not true: %s\n", std::string(sentence).c_str());
  __builtin_trap();
}

inline bool isSame(ByteView one, ByteView other) { return asText(one) == asText(other); }

template <class... Part>
Bytes encoded(const Part&... parts) {
  ByteWriter out;
  (encode(out, parts), ...);
  return out.take();
}

}  // namespace danji::fuzz
