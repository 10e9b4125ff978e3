// A message of any type is refused, or has one meaning. The first byte is the type.

#include "tests/fuzz/wire.h"

DANJI_FUZZ_TARGET(messages, bytes, size) {
  using namespace danji;
  if (size == 0) return 0;
  const FrameType type = fuzz::kFrameTypes[bytes[0] % fuzz::kFrameTypes.size()];
  fuzz::claimOneMeaning(type, ByteView(bytes + 1, size - 1));
  return 0;
}
