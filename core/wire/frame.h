// Frame: the envelope of everything that leaves a core as bytes.
//
//   frame := magic u32, major u8, minor u8, type u8, flags u8, length u32, body, crc u32
//
// The checksum (CRC-32C) covers every byte before it; flags are zero. A reader refuses another
// major version. A body over the frame limit is cut into frames of type `part`:
//
//   part  := sender 16 bytes, message u32, place varint, count varint, bytes of the whole frame
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace danji {

inline constexpr std::uint32_t kFrameMagic = 0x314a4e44;  // "DNJ1"
inline constexpr std::uint8_t kFrameMajor = 1;
inline constexpr std::uint8_t kFrameMinor = 0;

// Wire-stable.
enum class FrameType : std::uint8_t {
  hello = 1,
  prepare = 2,
  promise = 3,
  refuse = 4,
  lead = 5,
  welcome = 6,
  push = 7,
  records = 8,
  event = 9,
  bye = 10,
  part = 11,
  stored = 12,
  snapshot = 32,
};

struct Frame {
  FrameType type = FrameType::hello;
  ByteView body;
};

Bytes sealFrame(FrameType type, ByteView body);

// MALFORMED, PROTOCOL (another major version) or CHECKSUM. The body is a view into `bytes`.
Result<Frame> openFrame(ByteView bytes);

// Seals a body of any size up to the message limit as one frame, or as parts.
std::vector<Bytes> sealMessage(FrameType type, ByteView body, std::string_view sender,
                               std::uint32_t messageNumber);

// Puts the parts of messages together again, one message per sender at a time.
class PartCollector {
 public:
  // The whole frame once its last part is here, empty before. MALFORMED or CHECKSUM.
  Result<Bytes> collect(ByteView partBody);
  // Calls `use` with the frame in the bytes, or with the message that their part completes; with
  // nothing while parts are missing. MALFORMED, PROTOCOL or CHECKSUM.
  template <class Use>
  ErrorCode open(ByteView bytes, const Use& use) {
    const Result<Frame> frame = openFrame(bytes);
    if (!frame.ok()) return frame.error().code;
    if (frame.value().type != FrameType::part) {
      use(frame.value());
      return ErrorCode::ok;
    }
    const Result<Bytes> whole = collect(frame.value().body);
    if (!whole.ok()) return whole.error().code;
    if (whole.value().empty()) return ErrorCode::ok;
    const Result<Frame> inner = openFrame(whole.value());
    if (inner.ok()) use(inner.value());
    return inner.ok() ? ErrorCode::ok : inner.error().code;
  }
  void forget(std::string_view sender);

 private:
  struct Message {
    std::uint32_t number = 0;
    std::uint64_t nextPlace = 0;
    Bytes bytes;
  };
  std::map<std::string, Message, std::less<>> messages_;  // Strangers choose the names.
};

}  // namespace danji
