// Checksums: CRC-32C against damage, a 128-bit digest for comparing states.
//
// crc32c is the Castagnoli polynomial (RFC 3720, appendix B.4). Digest is SipHash-2-4 with
// 128 bits of output (Aumasson and Bernstein, 2012) under a fixed key: equal states have
// equal digests on every machine. Neither proves who wrote the bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace danji {

std::uint32_t crc32c(ByteView bytes);

struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const Digest&) const = default;
  std::string hex() const;  // 32 lower-case digits
};

Digest digestOf(ByteView bytes);

// 16 lower-case digits.
std::string hex64(std::uint64_t n);
// Two lower-case digits a byte.
std::string hexOf(std::string_view bytes);

}  // namespace danji
