#include "core/base/checksum.h"

#include <array>

namespace danji {
namespace {

// Slicing by eight (Kounavis and Berry, 2005): table k has what a byte does to the crc when k more
// bytes follow, so eight bytes are looked up at once. Made when first used: 8 kB that no page
// loads.
using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

CrcTables makeCrcTables() {
  CrcTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t n = i;
    for (int bit = 0; bit < 8; ++bit) n = (n & 1) != 0 ? (n >> 1) ^ 0x82f63b78u : n >> 1;
    tables[0][i] = n;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[k - 1][i];
      tables[k][i] = tables[0][before & 0xff] ^ (before >> 8);
    }
  }
  return tables;
}

std::uint32_t littleEndian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

std::uint64_t rotateLeft(std::uint64_t n, int bits) { return (n << bits) | (n >> (64 - bits)); }

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = rotateLeft(v1, 13) ^ v0;
      v3 = rotateLeft(v3, 16) ^ v2;
      v0 = rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = rotateLeft(v1, 17) ^ v2;
      v3 = rotateLeft(v3, 21) ^ v0;
      v2 = rotateLeft(v2, 32);
    }
  }
  std::uint64_t fold() const { return v0 ^ v1 ^ v2 ^ v3; }
};

}  // namespace

std::uint32_t crc32c(ByteView bytes) {
  static const CrcTables tables = makeCrcTables();
  std::uint32_t crc = 0xffffffffu;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    const std::uint32_t low = crc ^ littleEndian(&bytes[at]);
    const std::uint32_t high = littleEndian(&bytes[at + 4]);
    crc = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      crc ^= tables[7 - k][(low >> (8 * k)) & 0xff] ^ tables[3 - k][(high >> (8 * k)) & 0xff];
    }
  }
  for (; at < bytes.size(); ++at) crc = tables[0][(crc ^ bytes[at]) & 0xff] ^ (crc >> 8);
  return ~crc;
}

Digest digestOf(ByteView bytes) {
  // The key spells "danji state dige" and is part of the format: digests are compared, they
  // hide nothing.
  constexpr std::uint64_t kKey0 = 0x7320696a6e6164ull;
  constexpr std::uint64_t kKey1 = 0x6567696420657461ull;
  SipState state{kKey0 ^ 0x736f6d6570736575ull, kKey1 ^ 0x646f72616e646f6dull ^ 0xee,
                 kKey0 ^ 0x6c7967656e657261ull, kKey1 ^ 0x7465646279746573ull};

  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) word |= std::uint64_t{bytes[at + i]} << (8 * i);
    state.v3 ^= word;
    state.rounds(2);
    state.v0 ^= word;
  }
  std::uint64_t last = std::uint64_t{bytes.size() & 0xff} << 56;
  for (std::size_t i = 0; at + i < bytes.size(); ++i) {
    last |= std::uint64_t{bytes[at + i]} << (8 * i);
  }
  state.v3 ^= last;
  state.rounds(2);
  state.v0 ^= last;

  state.v2 ^= 0xee;
  state.rounds(4);
  const std::uint64_t low = state.fold();
  state.v1 ^= 0xdd;
  state.rounds(4);
  return {.high = state.fold(), .low = low};
}

std::string hex64(std::uint64_t n) {
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[15 - i] = "0123456789abcdef"[(n >> (4 * i)) & 15];
  return text;
}

std::string hexOf(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto n = static_cast<unsigned char>(byte);
    text += "0123456789abcdef"[n >> 4];
    text += "0123456789abcdef"[n & 15];
  }
  return text;
}

std::string Digest::hex() const { return hex64(high) + hex64(low); }

}  // namespace danji
