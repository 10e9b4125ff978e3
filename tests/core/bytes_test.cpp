// Bytes are written in one way and read within bounds.

#include "core/base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

Bytes bytesOf(std::initializer_list<int> bytes) {
  Bytes result;
  for (const int byte : bytes) result.push_back(static_cast<std::uint8_t>(byte));
  return result;
}

TEST(Bytes, everything_written_reads_back_equal) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 5'000; ++round) {
    const std::uint64_t n = random.any() >> random.below(64);
    const auto signedNumber = static_cast<std::int64_t>(n) * (random.oneIn(2) ? 1 : -1);
    const std::string text(random.below(40), 'a');
    ByteWriter out;
    out.varint(n);
    out.zigzag(signedNumber);
    out.text(text);
    out.u32(static_cast<std::uint32_t>(n));
    out.u64(n);
    out.f64(static_cast<double>(n) / 3);

    ByteReader in(out.view());
    EXPECT_EQ(in.varint(), n);
    EXPECT_EQ(in.zigzag(), signedNumber);
    EXPECT_EQ(in.text(64), text);
    EXPECT_EQ(in.u32(), static_cast<std::uint32_t>(n));
    EXPECT_EQ(in.u64(), n);
    EXPECT_EQ(in.f64(), static_cast<double>(n) / 3);
    EXPECT_TRUE(in.finished());
  }
}

TEST(Bytes, the_extremes_of_zigzag_survive) {
  for (const std::int64_t n : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                               std::int64_t{0}, std::numeric_limits<std::int64_t>::max()}) {
    ByteWriter out;
    out.zigzag(n);

    EXPECT_EQ(ByteReader(out.view()).zigzag(), n);
  }
}

TEST(Bytes, a_varint_has_only_its_shortest_form) {
  const Bytes zeroInTwoBytes = bytesOf({0x80, 0x00});
  const Bytes oneInThreeBytes = bytesOf({0x81, 0x80, 0x00});

  for (const Bytes& bytes : {zeroInTwoBytes, oneInThreeBytes}) {
    ByteReader in(bytes);
    in.varint();
    EXPECT_TRUE(in.failed());
  }
}

TEST(Bytes, an_endless_or_too_large_varint_is_refused) {
  const Bytes endless(32, 0xff);
  Bytes tooLarge(9, 0xff);
  tooLarge.push_back(0x02);  // The 65th bit.

  for (const Bytes& bytes : {endless, tooLarge}) {
    ByteReader in(bytes);
    in.varint();
    EXPECT_TRUE(in.failed());
  }
}

TEST(Bytes, a_failed_reader_stays_failed_and_yields_zeros) {
  const Bytes one = bytesOf({7});
  ByteReader in(one);

  in.u32();

  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.u8(), 0);
  EXPECT_EQ(in.text(10), "");
  EXPECT_FALSE(in.finished());
}

TEST(Bytes, a_count_is_at_most_what_the_rest_could_hold) {
  ByteWriter out;
  out.varint(1'000'000'000);
  out.raw(std::string_view("ten bytes."));
  ByteReader in(out.view());

  in.count(1);

  EXPECT_TRUE(in.failed());
}

TEST(Bytes, a_text_over_its_limit_is_refused) {
  ByteWriter out;
  out.text("seven..");
  ByteReader in(out.view());

  EXPECT_EQ(in.text(6), "");
  EXPECT_TRUE(in.failed());
}

TEST(Bytes, reading_any_bytes_stays_within_them) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes(random.below(24));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.any());
    ByteReader in(bytes);
    while (!in.failed() && in.remaining() > 0) {
      switch (random.below(5)) {
        case 0:
          in.varint();
          break;
        case 1:
          in.text(1'000);
          break;
        case 2:
          in.u64();
          break;
        case 3:
          in.count(3);
          break;
        default:
          in.zigzag();
      }
    }
    EXPECT_LE(in.remaining(), bytes.size());
  }
}

}  // namespace
}  // namespace danji
