// T13: keys that somebody chose to collide under a hash without a secret are keys like others.
//
// Under such a hash each of them would be compared with all before it, two billion times in
// all: then this test would take many minutes. Nobody looks at a clock.

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/names.h"
#include "core/entry/definitions.h"
#include "core/space/space.h"

namespace danji {
namespace {

constexpr std::size_t kForks = 16;
constexpr std::size_t kForkBytes = 16;
constexpr std::uint64_t kFactor = 0xc6a4a7935bd1e995;  // Of the hash that libstdc++ has.
constexpr std::uint64_t kSeed = 0xc70f6907;

std::uint64_t folded(std::uint64_t bits) { return bits ^ (bits >> 47); }
std::uint64_t mixed(std::uint64_t block) { return folded(block * kFactor) * kFactor; }

std::uint64_t unmixed(std::uint64_t mix) {
  std::uint64_t inverse = kFactor;  // By Newton: each round doubles the bits that are right.
  for (int round = 0; round < 6; ++round) inverse *= 2 - kFactor * inverse;
  return folded(mix * inverse) * inverse;
}

std::uint64_t blockOf(std::uint64_t number) {
  std::uint64_t block = 0;
  for (int place = 0; place < 8; ++place, number /= 26) block = block << 8 | ('a' + number % 26);
  return block;
}

bool isPlain(std::uint64_t block) {
  for (; block != 0; block >>= 8) {
    if ((block & 0xff) < ' ' || (block & 0xff) > '~') return false;
  }
  return true;
}

void write(std::string& text, std::size_t at, std::uint64_t block) {
  for (std::size_t place = 0; place < 8; ++place) {
    text[at + place] = static_cast<char>(block >> (8 * place) & 0xff);
  }
}

// Texts that all have one hash: at each fork there are two ways to the same state.
std::vector<std::string> collidingTexts() {
  std::vector<std::string> texts(std::size_t{1} << kForks,
                                 std::string(kForks * kForkBytes, ' '));
  std::uint64_t state = kSeed ^ (kForks * kForkBytes * kFactor);
  std::uint64_t number = 0;
  for (std::size_t fork = 0; fork < kForks; ++fork) {
    const std::uint64_t first = (state ^ mixed(blockOf(0))) * kFactor;
    const std::uint64_t other = (state ^ mixed(blockOf(1))) * kFactor;
    std::uint64_t second = 0;
    do {
      second = unmixed(mixed(blockOf(++number)) ^ first ^ other);
    } while (!isPlain(second));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const bool isOther = (i >> fork & 1) != 0;
      write(texts[i], fork * kForkBytes, blockOf(isOther ? 1 : 0));
      write(texts[i], fork * kForkBytes + 8, isOther ? second : blockOf(number));
    }
    state = (first ^ mixed(blockOf(number))) * kFactor;
  }
  return texts;
}

TEST(Flood, T13_keys_chosen_to_collide_are_keys_like_others) {
  const std::vector<std::string> keys = collidingTexts();
#ifdef __GLIBCXX__
  for (const std::string& key : keys) {
    ASSERT_EQ(std::hash<std::string>{}(key), std::hash<std::string>{}(keys[0]));
  }
#endif
  Names sessions;
  Names units;
  Definitions definitions;
  Space space(Address::parse("device/apartment:main").value(), sessions, units, definitions);

  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(definitions.registerKey(keys[i], Definition{}, Contract{}).value(), i);
    ASSERT_EQ(space.entryOf(keys[i]), i);
    ASSERT_EQ(units.intern(keys[i]), i);
  }

  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(definitions.registrationOf(keys[i])->key, keys[i]);
    ASSERT_EQ(space.entryOf(keys[i]), i);
    ASSERT_EQ(units.intern(keys[i]), i);
  }
}

}  // namespace
}  // namespace danji
