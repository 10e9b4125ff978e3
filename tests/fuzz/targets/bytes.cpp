// ByteReader: whatever it gives is within bounds and has one encoding, and a failure is for ever.

#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

// Reads one thing, and writes it as it was understood.
void readOne(std::uint8_t kind, ByteReader& in, ByteWriter& out) {
  switch (kind % 8) {
    case 0:
      return out.u8(in.u8());
    case 1:
      return out.u32(in.u32());
    case 2:
      return out.u64(in.u64());
    case 3:
      return out.f64(in.f64());
    case 4:
      return out.varint(in.varint());
    case 5:
      return out.zigzag(in.zigzag());
    case 6:
      return out.text(in.text(kind));
    default:
      return out.varint(in.count(1 + kind / 64));
  }
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(bytes, bytes, size) {
  using namespace danji;
  if (size == 0) return 0;
  const std::size_t kinds = bytes[0] % size;
  const ByteView text = ByteView(bytes, size).subspan(1 + kinds);
  ByteReader in(text);
  ByteWriter out;
  for (std::size_t i = 1; i <= kinds && !in.failed(); ++i) {
    const std::size_t before = text.size() - in.remaining();
    out.clear();
    fuzz::readOne(bytes[i], in, out);
    if (in.failed()) break;
    const std::size_t length = text.size() - in.remaining() - before;
    fuzz::claim(fuzz::isSame(out.view(), text.subspan(before, length)),
                "what was read has one encoding");
  }
  if (!in.failed()) return 0;
  for (std::uint8_t kind = 0; kind < 8; ++kind) {
    out.clear();
    fuzz::readOne(kind, in, out);
    for (const std::uint8_t byte : out.view()) {
      fuzz::claim(byte == 0, "a failed reader gives zeros");
    }
  }
  fuzz::claim(in.failed() && !in.finished(), "a failed reader stays so");
  return 0;
}
