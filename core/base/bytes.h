// ByteWriter and ByteReader: the only way bytes are made and read.
//
//   varint := 1 to 10 bytes, 7 bits each, lowest first, shortest form only
//   zigzag := varint of (n << 1) ^ (n >> 63)
//   text   := varint length, then that many bytes
//   fixed  := little-endian
//
// A reader never reads past its end and never allocates more than it was given: after the
// first violation it is failed(), yields zeros, and stays so. Callers check once, at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace danji {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

class ByteWriter {
 public:
  void u8(std::uint8_t n) { bytes_.push_back(n); }
  void u32(std::uint32_t n) { fixed(n, 4); }
  void u64(std::uint64_t n) { fixed(n, 8); }
  void f64(double n);
  void varint(std::uint64_t n);
  void zigzag(std::int64_t n);
  void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void raw(std::string_view text);
  void text(std::string_view text);

  std::size_t size() const { return bytes_.size(); }
  ByteView view() const { return bytes_; }
  void clear() { bytes_.clear(); }
  Bytes take() { return std::move(bytes_); }

 private:
  void fixed(std::uint64_t n, int bytes);

  Bytes bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t u8();
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }
  double f64();
  std::uint64_t varint();
  std::int64_t zigzag();
  // A varint that must be at most `max`.
  std::uint64_t bounded(std::uint64_t max);
  // A count of things that take at least `bytesEach` bytes each in the rest of the input.
  std::size_t count(std::size_t bytesEach);
  std::string_view text(std::size_t bytesMax);
  ByteView raw(std::size_t length);
  // True, and behind them, when these bytes come next; false when they are none.
  bool skip(ByteView bytes);

  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  std::size_t remaining() const { return bytes_.size() - at_; }
  // All was read, and all of it was well-formed.
  bool finished() const { return !failed_ && at_ == bytes_.size(); }

 private:
  std::uint64_t fixed(int bytes);

  ByteView bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

inline std::string_view asText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteView asBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace danji
