// Wire: reading any message by its type, and saying what must be true of every one.
#pragma once

#include <array>

#include "core/wire/frame.h"
#include "core/wire/messages.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {

inline constexpr std::array kFrameTypes = {
    FrameType::hello,   FrameType::prepare, FrameType::promise, FrameType::refuse,
    FrameType::lead,    FrameType::welcome, FrameType::push,    FrameType::records,
    FrameType::event,   FrameType::bye,     FrameType::part,    FrameType::stored,
    FrameType::snapshot};

// Whatever is accepted has one meaning: said again and read again, it is the same bytes.
// Tells whether it was accepted, and with nothing left over.
template <class Message>
bool claimOneMeaning(ByteView body, Message (*decode)(ByteReader&)) {
  ByteReader in(body);
  const Message message = decode(in);
  if (in.failed()) return false;
  const Bytes said = encoded(message);
  ByteReader again(said);
  const Bytes saidAgain = encoded(decode(again));
  claim(again.finished(), "a message that was accepted is accepted when it is said again");
  claim(said == saidAgain, "a message that was accepted has one meaning");
  return in.finished();
}

inline bool claimOneMeaning(FrameType type, ByteView body) {
  switch (type) {
    case FrameType::hello:
      return claimOneMeaning(body, decodeHello);
    case FrameType::prepare:
      return claimOneMeaning(body, decodePrepare);
    case FrameType::promise:
      return claimOneMeaning(body, decodePromise);
    case FrameType::refuse:
      return claimOneMeaning(body, decodeRefuse);
    case FrameType::lead:
      return claimOneMeaning(body, decodeLead);
    case FrameType::welcome:
      return claimOneMeaning(body, decodeWelcome);
    case FrameType::push:
      return claimOneMeaning(body, decodePush);
    case FrameType::records:
      return claimOneMeaning(body, decodeRecords);
    case FrameType::event:
      return claimOneMeaning(body, decodeEvent);
    case FrameType::bye:
      return claimOneMeaning(body, decodeBye);
    case FrameType::stored:
      return claimOneMeaning(body, decodeStored);
    case FrameType::part:
    case FrameType::snapshot:
      return false;
  }
  return false;
}

template <class Message>
std::uint64_t leaderEpochIn(ByteView body, Message (*decode)(ByteReader&)) {
  ByteReader in(body);
  const Message message = decode(in);
  if (in.failed()) return 0;
  if constexpr (requires { message.promised; }) {
    return message.promised;
  } else {
    return message.leaderEpoch;
  }
}

// The leader epoch that a message speaks of; 0 when it speaks of none.
inline std::uint64_t leaderEpochIn(FrameType type, ByteView body) {
  switch (type) {
    case FrameType::prepare:
      return leaderEpochIn(body, decodePrepare);
    case FrameType::promise:
      return leaderEpochIn(body, decodePromise);
    case FrameType::refuse:
      return leaderEpochIn(body, decodeRefuse);
    case FrameType::lead:
      return leaderEpochIn(body, decodeLead);
    case FrameType::welcome:
      return leaderEpochIn(body, decodeWelcome);
    case FrameType::records:
      return leaderEpochIn(body, decodeRecords);
    default:
      return 0;
  }
}

}  // namespace danji::fuzz
