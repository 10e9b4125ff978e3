// A value has one encoding, and a reader takes no other.

#include "core/value/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/limits.h"
#include "tests/core/random_input.h"

namespace danji {
namespace {

using testing_input::RandomInput;

Bytes encoded(const Value& value) {
  ByteWriter out;
  encode(out, value);
  return out.take();
}

bool isAccepted(const Bytes& bytes) {
  ByteReader in(bytes);
  decodeValue(in);
  return in.finished();
}

Value anyValue(RandomInput& random) {
  switch (random.below(7)) {
    case 0:
      return Value();
    case 1:
      return Value::null();
    case 2:
      return Value::boolean(random.oneIn(2));
    case 3:
      return Value::number(static_cast<double>(static_cast<std::int64_t>(random.any()) >>
                                               random.below(63)));
    case 4: {
      const std::uint64_t bits = random.any();
      double n = 0;
      std::memcpy(&n, &bits, sizeof n);
      return Value::number(std::isfinite(n) ? n : 0.5);
    }
    case 5:
      return Value::json("\"Ada " + std::to_string(random.below(100)) + "\"");
    default:
      return Value::json("{\"total\":" + std::to_string(random.below(1000)) + ",\"items\":[1,2]}");
  }
}

TEST(ValueLaws, decoding_gives_back_what_was_encoded_and_encoding_gives_the_same_bytes) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 20'000; ++round) {
    const Value value = anyValue(random);
    const Bytes bytes = encoded(value);

    ByteReader in(bytes);
    const Value again = decodeValue(in);

    ASSERT_TRUE(in.finished());
    EXPECT_EQ(again, value);
    EXPECT_EQ(encoded(again), bytes);
  }
}

TEST(ValueLaws, whatever_bytes_are_accepted_encode_to_themselves) {
  RandomInput random;
  SCOPED_TRACE(random.trace());
  int accepted = 0;

  for (int round = 0; round < 50'000; ++round) {
    Bytes bytes = encoded(anyValue(random));
    bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.any());
    ByteReader in(bytes);
    const Value value = decodeValue(in);
    if (!in.finished()) continue;
    ++accepted;
    EXPECT_EQ(encoded(value), bytes);
  }
  EXPECT_GT(accepted, 1'000);
}

TEST(Value, there_is_one_zero) {
  EXPECT_EQ(encoded(Value::number(-0.0)), encoded(Value::number(0.0)));
  Value value;
  value.become(-0.0);
  EXPECT_FALSE(std::signbit(value.number()));
}

TEST(Value, a_number_that_could_be_an_integer_is_not_read_as_a_double) {
  ByteWriter out;
  out.u8(5);
  out.f64(3);

  EXPECT_FALSE(isAccepted(out.take()));
}

TEST(Value, what_is_not_finite_is_refused) {
  for (const double n : {std::numeric_limits<double>::quiet_NaN(),
                         std::numeric_limits<double>::infinity(),
                         -std::numeric_limits<double>::infinity()}) {
    ByteWriter out;
    out.u8(5);
    out.f64(n);
    EXPECT_FALSE(isAccepted(out.take()));
  }
}

TEST(Value, an_integer_beyond_two_to_the_53_is_refused) {
  ByteWriter out;
  out.u8(4);
  out.zigzag(std::numeric_limits<std::int64_t>::max());

  EXPECT_FALSE(isAccepted(out.take()));
}

TEST(Value, text_that_spells_a_number_or_a_word_is_refused) {
  for (const char* text : {"5", "true", "null", "", " {}", "{", "nonsense"}) {
    EXPECT_FALSE(isAccepted(encoded(Value::json(text)))) << text;
  }
  EXPECT_TRUE(isAccepted(encoded(Value::json("\"5\""))));
}

TEST(Value, a_text_over_the_limit_is_refused) {
  const std::string within = "\"" + std::string(kValueBytesMax - 2, 'x') + "\"";

  EXPECT_TRUE(isAccepted(encoded(Value::json(within))));
  EXPECT_FALSE(isAccepted(encoded(Value::json(within + " "))));
}

TEST(Value, an_unknown_tag_is_refused) {
  for (const std::uint8_t tag : {7, 8, 100, 255}) EXPECT_FALSE(isAccepted(Bytes{tag}));
}

}  // namespace
}  // namespace danji
