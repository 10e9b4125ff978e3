#include "core/base/bytes.h"

#include <cstring>

namespace danji {

void ByteWriter::fixed(std::uint64_t n, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    bytes_.push_back(static_cast<std::uint8_t>(n >> (8 * i)));
  }
}

void ByteWriter::f64(double n) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &n, sizeof bits);
  u64(bits);
}

void ByteWriter::varint(std::uint64_t n) {
  while (n >= 0x80) {
    bytes_.push_back(static_cast<std::uint8_t>(n | 0x80));
    n >>= 7;
  }
  bytes_.push_back(static_cast<std::uint8_t>(n));
}

void ByteWriter::zigzag(std::int64_t n) {
  varint((static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63));
}

void ByteWriter::raw(std::string_view text) { raw(asBytes(text)); }

void ByteWriter::text(std::string_view text) {
  varint(text.size());
  raw(text);
}

std::uint8_t ByteReader::u8() {
  if (failed_ || remaining() < 1) {
    failed_ = true;
    return 0;
  }
  return bytes_[at_++];
}

std::uint64_t ByteReader::fixed(int bytes) {
  if (failed_ || remaining() < static_cast<std::size_t>(bytes)) {
    failed_ = true;
    return 0;
  }
  std::uint64_t n = 0;
  for (int i = 0; i < bytes; ++i) n |= std::uint64_t{bytes_[at_++]} << (8 * i);
  return n;
}

double ByteReader::f64() {
  const std::uint64_t bits = u64();
  double n = 0;
  std::memcpy(&n, &bits, sizeof n);
  return n;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t n = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if (failed_) return 0;
    // The tenth byte has room for one bit, and a last byte of zero was not the shortest form.
    if ((shift == 63 && byte > 1) || (byte == 0 && shift > 0)) break;
    n |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return n;
  }
  failed_ = true;
  return 0;
}

std::int64_t ByteReader::zigzag() {
  const std::uint64_t n = varint();
  return static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1));
}

std::uint64_t ByteReader::bounded(std::uint64_t max) {
  const std::uint64_t n = varint();
  if (n > max) {
    failed_ = true;
    return 0;
  }
  return n;
}

std::size_t ByteReader::count(std::size_t bytesEach) {
  return static_cast<std::size_t>(bounded(remaining() / bytesEach));
}

std::string_view ByteReader::text(std::size_t bytesMax) {
  const std::uint64_t length = varint();
  if (length > bytesMax) failed_ = true;
  return failed_ ? std::string_view{} : asText(raw(static_cast<std::size_t>(length)));
}

ByteView ByteReader::raw(std::size_t length) {
  if (failed_ || remaining() < length) {
    failed_ = true;
    return {};
  }
  const ByteView view = bytes_.subspan(at_, length);
  at_ += length;
  return view;
}

bool ByteReader::skip(ByteView bytes) {
  if (failed_ || bytes.empty() || remaining() < bytes.size()) return false;
  if (std::memcmp(&bytes_[at_], bytes.data(), bytes.size()) != 0) return false;
  at_ += bytes.size();
  return true;
}

}  // namespace danji
