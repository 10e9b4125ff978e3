// What libFuzzer (`npm run fuzz`) calls: the one target that this program was linked with.

#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return danji::fuzz::targets().front().run(bytes, size);
}
