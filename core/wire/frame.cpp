#include "core/wire/frame.h"

#include <algorithm>

#include "core/base/checksum.h"
#include "core/base/limits.h"

namespace danji {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kSenderBytes = 16;
constexpr std::size_t kPartHeadBytesMax = 64;

bool isFrameType(std::uint8_t type) {
  return (type >= static_cast<std::uint8_t>(FrameType::hello) &&
          type <= static_cast<std::uint8_t>(FrameType::stored)) ||
         type == static_cast<std::uint8_t>(FrameType::snapshot);
}

}  // namespace

Bytes sealFrame(FrameType type, ByteView body) {
  ByteWriter out;
  out.u32(kFrameMagic);
  out.u8(kFrameMajor);
  out.u8(kFrameMinor);
  out.u8(static_cast<std::uint8_t>(type));
  out.u8(0);
  out.u32(static_cast<std::uint32_t>(body.size()));
  out.raw(body);
  out.u32(crc32c(out.view()));
  return out.take();
}

Result<Frame> openFrame(ByteView bytes) {
  ByteReader in(bytes);
  const std::uint32_t magic = in.u32();
  const std::uint8_t major = in.u8();
  in.u8();  // Minor versions only add fields behind the ones we know.
  const std::uint8_t type = in.u8();
  const std::uint8_t flags = in.u8();
  const std::uint32_t length = in.u32();
  if (in.failed() || magic != kFrameMagic) return Error{ErrorCode::malformed, "not a Danji frame"};
  if (major != kFrameMajor) {
    return Error{ErrorCode::protocol,
                 "format version " + std::to_string(major) + "; this build reads version " +
                     std::to_string(kFrameMajor)};
  }
  if (in.remaining() != std::uint64_t{length} + kChecksumBytes) {
    return Error{ErrorCode::malformed, "the frame is cut off or has bytes behind its end"};
  }
  const ByteView body = in.raw(length);
  if (in.u32() != crc32c(bytes.first(kHeaderBytes + length))) {
    return Error{ErrorCode::checksum, "the frame is damaged"};
  }
  if (flags != 0 || !isFrameType(type)) {
    return Error{ErrorCode::malformed, "unknown frame type " + std::to_string(type)};
  }
  return Frame{static_cast<FrameType>(type), body};
}

std::vector<Bytes> sealMessage(FrameType type, ByteView body, std::string_view sender,
                               std::uint32_t messageNumber) {
  std::vector<Bytes> frames;
  Bytes whole = sealFrame(type, body);
  if (whole.size() <= kFrameBytesMax) {
    frames.push_back(std::move(whole));
    return frames;
  }
  const std::size_t room =
      kFrameBytesMax - kHeaderBytes - kChecksumBytes - kPartHeadBytesMax;
  const std::size_t count = (whole.size() + room - 1) / room;
  for (std::size_t place = 0; place < count; ++place) {
    ByteWriter part;
    part.raw(sender);
    part.u32(messageNumber);
    part.varint(place);
    part.varint(count);
    const std::size_t from = place * room;
    part.raw(ByteView(whole).subspan(from, std::min(room, whole.size() - from)));
    frames.push_back(sealFrame(FrameType::part, part.view()));
  }
  return frames;
}

Result<Bytes> PartCollector::collect(ByteView partBody) {
  ByteReader in(partBody);
  const std::string sender(asText(in.raw(kSenderBytes)));
  const std::uint32_t number = in.u32();
  const std::uint64_t place = in.varint();
  const std::uint64_t count = in.varint();
  if (in.failed() || place >= count || count > kMessageBytesMax / 1024) {
    return Error{ErrorCode::malformed, "a part without a place"};
  }
  const ByteView bytes = in.raw(in.remaining());

  Message& message = messages_[sender];
  if (place == 0) message = {.number = number, .nextPlace = 0, .bytes = {}};
  // A part that is missing spoils its message; the sender's next message starts afresh.
  const bool follows = message.number == number && message.nextPlace == place &&
                       message.bytes.size() + bytes.size() <= kMessageBytesMax;
  if (!follows) {
    messages_.erase(sender);
    return Error{ErrorCode::gap, "a part of a message is missing"};
  }
  message.bytes.insert(message.bytes.end(), bytes.begin(), bytes.end());
  ++message.nextPlace;
  if (place + 1 < count) return Bytes{};
  Bytes whole = std::move(message.bytes);
  messages_.erase(sender);
  return whole;
}

void PartCollector::forget(std::string_view sender) { messages_.erase(std::string(sender)); }

}  // namespace danji
