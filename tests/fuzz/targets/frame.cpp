// A frame is whole or refused, and nothing but the bytes that were sealed opens to a body.
//
// The first byte says whether length and checksum are put right first, so that the fuzzer gets
// past them.

#include "core/wire/frame.h"

#include "core/base/checksum.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kMinorAt = 5;
constexpr std::size_t kFrameBytesMin = 16;

Bytes putRight(ByteView bytes) {
  ByteWriter out;
  out.raw(bytes.first(kLengthAt));
  out.u32(static_cast<std::uint32_t>(bytes.size() - kFrameBytesMin));
  out.raw(bytes.subspan(kLengthAt + 4, bytes.size() - kLengthAt - 8));
  out.u32(crc32c(out.view()));
  return out.take();
}

// One flipped bit, another one for each frame, never goes unnoticed.
void checkDamage(ByteView bytes) {
  Bytes damaged(bytes.begin(), bytes.end());
  const std::size_t bit = crc32c(bytes.first(bytes.size() - 1)) % (8 * bytes.size());
  damaged[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  claim(!openFrame(damaged).ok(), "a damaged frame is not opened");
}

void checkFrame(ByteView bytes) {
  const Result<Frame> frame = openFrame(bytes);
  if (!frame.ok()) {
    const ErrorCode code = frame.error().code;
    return claim(code == ErrorCode::malformed || code == ErrorCode::protocol ||
                     code == ErrorCode::checksum,
                 "a frame is refused for one of three reasons");
  }
  claim(frame.value().body.size() + kFrameBytesMin == bytes.size(), "a body fills its frame");
  checkDamage(bytes);
  if (bytes[kMinorAt] != kFrameMinor) return;
  claim(isSame(sealFrame(frame.value().type, frame.value().body), bytes),
        "a frame has one encoding");
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(frame, bytes, size) {
  using namespace danji;
  if (size == 0) return 0;
  const ByteView frame(bytes + 1, size - 1);
  const bool isPutRight = bytes[0] % 2 == 1 && frame.size() >= fuzz::kFrameBytesMin;
  if (!isPutRight) fuzz::checkFrame(frame);
  if (isPutRight) fuzz::checkFrame(fuzz::putRight(frame));
  return 0;
}
