// A frame is whole or refused, and a long message arrives in parts.

#include "core/wire/frame.h"

#include <gtest/gtest.h>

#include "core/base/checksum.h"
#include "core/base/limits.h"
#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

const std::string kSender(16, 's');

Bytes bodyOf(std::size_t size) {
  Bytes body(size);
  for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<std::uint8_t>(i * 7);
  return body;
}

Bytes resealed(Bytes bytes) {
  ByteWriter out;
  out.raw(ByteView(bytes).first(bytes.size() - 4));
  out.u32(crc32c(out.view()));
  return out.take();
}

TEST(Frame, opening_gives_back_what_was_sealed) {
  const Bytes body = bodyOf(100);
  const Bytes frame = sealFrame(FrameType::push, body);

  const Result<Frame> opened = openFrame(frame);

  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().type, FrameType::push);
  EXPECT_EQ(Bytes(opened.value().body.begin(), opened.value().body.end()), body);
}

TEST(Frame, no_truncation_and_no_flipped_bit_goes_unnoticed) {
  const Bytes frame = sealFrame(FrameType::records, bodyOf(40));

  for (std::size_t length = 0; length < frame.size(); ++length) {
    EXPECT_FALSE(openFrame(ByteView(frame).first(length)).ok()) << length;
  }
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    Bytes damaged = frame;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    EXPECT_FALSE(openFrame(damaged).ok()) << bit;
  }
  Bytes longer = frame;
  longer.push_back(0);
  EXPECT_EQ(openFrame(longer).error().code, ErrorCode::malformed);
}

TEST(Frame, another_major_version_is_told_from_damage) {
  Bytes newer = sealFrame(FrameType::hello, bodyOf(4));
  newer[4] = kFrameMajor + 1;

  EXPECT_EQ(openFrame(resealed(newer)).error().code, ErrorCode::protocol);
}

TEST(Frame, a_newer_minor_version_is_read) {
  Bytes newer = sealFrame(FrameType::hello, bodyOf(4));
  newer[5] = kFrameMinor + 1;

  EXPECT_TRUE(openFrame(resealed(newer)).ok());
}

TEST(Frame, unknown_types_and_flags_are_refused) {
  Bytes unknownType = sealFrame(FrameType::hello, bodyOf(4));
  unknownType[6] = 77;
  Bytes flagged = sealFrame(FrameType::hello, bodyOf(4));
  flagged[7] = 1;

  EXPECT_EQ(openFrame(resealed(unknownType)).error().code, ErrorCode::malformed);
  EXPECT_EQ(openFrame(resealed(flagged)).error().code, ErrorCode::malformed);
}

TEST(Parts, a_long_message_is_put_together_again) {
  const Bytes body = bodyOf(3 * kFrameBytesMax);
  const std::vector<Bytes> frames = sealMessage(FrameType::welcome, body, kSender, 7);
  ASSERT_GT(frames.size(), 2u);
  PartCollector parts;

  Bytes whole;
  for (const Bytes& frame : frames) {
    EXPECT_LE(frame.size(), kFrameBytesMax);
    const Result<Bytes> collected = parts.collect(openFrame(frame).value().body);
    ASSERT_TRUE(collected.ok());
    if (!collected.value().empty()) whole = collected.value();
  }

  const Result<Frame> opened = openFrame(whole);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().type, FrameType::welcome);
  EXPECT_EQ(opened.value().body.size(), body.size());
}

TEST(Parts, a_missing_part_spoils_only_its_message) {
  const std::vector<Bytes> first =
      sealMessage(FrameType::welcome, bodyOf(2 * kFrameBytesMax), kSender, 1);
  const std::vector<Bytes> second =
      sealMessage(FrameType::welcome, bodyOf(kFrameBytesMax + 1), kSender, 2);
  PartCollector parts;

  ASSERT_TRUE(parts.collect(openFrame(first[0]).value().body).ok());
  EXPECT_EQ(parts.collect(openFrame(first[2]).value().body).error().code, ErrorCode::gap);

  ASSERT_TRUE(parts.collect(openFrame(second[0]).value().body).ok());
  const Result<Bytes> whole = parts.collect(openFrame(second[1]).value().body);
  ASSERT_TRUE(whole.ok());
  EXPECT_TRUE(openFrame(whole.value()).ok());
}

TEST(Parts, nonsense_is_refused) {
  RandomInput random;
  SCOPED_TRACE(random.trace());
  PartCollector parts;

  for (int round = 0; round < 2'000; ++round) {
    Bytes body(random.below(64));
    for (std::uint8_t& byte : body) byte = static_cast<std::uint8_t>(random.any());
    const Result<Bytes> collected = parts.collect(body);
    if (collected.ok()) {
      EXPECT_LE(collected.value().size(), body.size());
    }
  }
}

}  // namespace
}  // namespace danji
