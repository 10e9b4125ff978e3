// Script: a fuzzer's bytes, read as a list of things to do. When they end, everything is zero.
//
//   chunk := length u16, bytes          (cut off where the script ends)
//
// ScriptWriter writes the scripts that the fuzzer starts from.
#pragma once

#include <algorithm>

#include "core/base/bytes.h"

namespace danji::fuzz {

class Script {
 public:
  explicit Script(ByteView bytes) : bytes_(bytes) {}

  bool isOver() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (isOver()) return 0;
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  std::size_t below(std::size_t end) { return byte() % end; }
  // A copy, so that the sanitizers see whoever reads beyond its end.
  Bytes chunk() {
    const std::size_t low = byte();
    const std::size_t high = byte();
    const std::size_t length = std::min(low + 256 * high, bytes_.size());
    Bytes bytes(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(length));
    bytes_ = bytes_.subspan(length);
    return bytes;
  }
  Bytes rest() {
    Bytes bytes(bytes_.begin(), bytes_.end());
    bytes_ = {};
    return bytes;
  }

 private:
  ByteView bytes_;
};

class ScriptWriter {
 public:
  ScriptWriter& byte(std::size_t n) {
    out_.u8(static_cast<std::uint8_t>(n));
    return *this;
  }
  ScriptWriter& chunk(ByteView bytes) {
    byte(bytes.size() & 0xff).byte(bytes.size() >> 8);
    return rest(bytes);
  }
  ScriptWriter& rest(ByteView bytes) {
    out_.raw(bytes);
    return *this;
  }
  Bytes take() { return out_.take(); }

 private:
  ByteWriter out_;
};

}  // namespace danji::fuzz
