// Machine: one process of a small world: a page, the lock manager or the server. It does nothing
// by itself. It meets events, one at a time, and says what it sends because of each. The same
// events in the same order end in the same state, wherever and whenever they are met.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/checksum.h"

namespace danji::scope {

using MessageId = std::uint32_t;
using Millis = std::uint32_t;  // Since the world began.

inline constexpr Millis kNever = std::numeric_limits<Millis>::max();

enum class Note : std::uint8_t {
  frame,  // Between pages, or between a page and the server.
  holdsSession, requestsLock, stealsLock, releasesLock, queriesSessions, isGone,  // To the locks,
  granted, lost, sessions,                                                        // and from them.
  opens, closed,  // A connection. The server may close it too.
};

// Every message that was ever sent, once.
class Messages {
 public:
  MessageId idOf(Note note, ByteView content = {}) {
    std::string text(1, static_cast<char>(note));
    text += asText(content);
    const auto [found, isNew] = ids_.emplace(std::move(text), static_cast<MessageId>(all_.size()));
    if (isNew) all_.push_back(&found->first);
    return found->second;
  }
  Note noteOf(MessageId id) const { return static_cast<Note>(all_[id]->front()); }
  ByteView contentOf(MessageId id) const {
    return asBytes(std::string_view(*all_[id]).substr(1));
  }

 private:
  std::unordered_map<std::string, MessageId> ids_;
  std::vector<const std::string*> all_;
};

struct Event {
  enum class Kind : std::uint8_t {
    start,    // A page joins the others.
    op,       // The next of its script.
    hear,     // The oldest message of a channel.
    crash,    // Of the server: with so many rows that were not synced and are there all the same.
    tick,     // Its timer is due.
    connect,  // A connection that the page wants is there.
    sync,     // The oldest rows that were not synced are.
    read,     // The page notes at which versions its keys are.
  };
  Kind kind = Kind::start;
  std::uint8_t from = 0;
  std::uint32_t what = 0;  // The message, or the rows.

  bool operator==(const Event&) const = default;
};

struct Sent {
  std::uint8_t to = 0;
  MessageId message = 0;

  bool operator==(const Sent&) const = default;
};

// What others may know of a machine's state without asking how it came about.
struct Facts {
  bool isAlive = true;
  bool isSettled = true;  // Waits for no time to pass before it can go on.
  bool wantsConnection = false;
  std::uint32_t unsynced = 0;
  Millis deadline = kNever;

  // Of a page: the log that all share.
  bool leads = false;
  bool hasPending = false;
  std::uint64_t epoch = 0;
  std::uint64_t index = 0;
  Digest state;
  std::string leader;
  std::string told;                    // Of each op that it made; kUntold.
  std::vector<std::string> confirmed;  // By key: what is decided,
  std::vector<std::string> shown;      // and what readers see.
};

inline constexpr char kUntold = '\x7f';

class Machine {
 public:
  virtual ~Machine() = default;
  virtual void meet(const Event& event, Millis now, std::vector<Sent>& sent) = 0;
  virtual Facts facts() const = 0;
  // All that its future depends on.
  virtual Digest digest() const = 0;
  // It has met this before: nobody looks at what it sends or complains of.
  void rehearse(bool isRehearsal) { isRehearsal_ = isRehearsal; }
  // What went wrong first; empty as long as nothing did.
  const std::string& complaint() const { return complaint_; }

 protected:
  bool isRehearsal() const { return isRehearsal_; }
  void complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = what;
  }

 private:
  std::string complaint_;
  bool isRehearsal_ = false;
};

}  // namespace danji::scope
