#include "core/value/json.h"

#include <cstdint>

namespace danji {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text`, or 0.
std::size_t sequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;  // Longer than it need be.
    if (first == 0xed && byte(1) > 0x9f) return 0;  // A surrogate.
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;  // Above U+10FFFF.
    return 4;
  }
  return 0;
}

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t nestingMax) : rest_(text), nestingMax_(nestingMax) {}

  bool scan() {
    skipSpace();
    if (!value()) return false;
    while (depth_ > 0) {
      if (!afterValue()) return false;
    }
    skipSpace();
    return rest_.empty();
  }

 private:
  // One value, or the opening of a container together with its first key if it has one.
  bool value() {
    for (;;) {
      skipSpace();
      if (rest_.empty()) return false;
      const char first = rest_.front();
      if (first == '"') return string();
      if (first == '{' || first == '[') {
        if (depth_ == nestingMax_) return false;
        const bool object = first == '{';
        rest_.remove_prefix(1);
        skipSpace();
        if (take(object ? '}' : ']')) return true;
        // One bit a level tells objects from arrays; nestingMax is at most 64.
        isObject_ = (isObject_ & ~(std::uint64_t{1} << depth_)) | (std::uint64_t{object} << depth_);
        ++depth_;
        if (object && !key()) return false;
        continue;
      }
      if (first == 't') return word("true");
      if (first == 'f') return word("false");
      if (first == 'n') return word("null");
      return number();
    }
  }

  // What may stand behind a value inside a container: its end, or a comma and the next value.
  bool afterValue() {
    const bool object = ((isObject_ >> (depth_ - 1)) & 1) != 0;
    skipSpace();
    if (take(object ? '}' : ']')) {
      --depth_;
      return true;
    }
    if (!take(',')) return false;
    if (object && !key()) return false;
    return value();
  }

  bool key() {
    skipSpace();
    if (!string()) return false;
    skipSpace();
    return take(':');
  }

  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      if (byte == '"') {
        rest_.remove_prefix(1);
        return true;
      }
      if (byte < 0x20) return false;
      if (byte == '\\') {
        if (!escape()) return false;
        continue;
      }
      const std::size_t length = byte < 0x80 ? 1 : sequenceLength(rest_);
      if (length == 0) return false;
      rest_.remove_prefix(length);
    }
    return false;
  }

  bool escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
    const int unit = hexUnit();
    if (unit < 0) return false;
    if (unit >= 0xdc00 && unit <= 0xdfff) return false;
    if (unit < 0xd800 || unit > 0xdbff) return true;
    if (!take('\\') || !take('u')) return false;
    const int low = hexUnit();
    return low >= 0xdc00 && low <= 0xdfff;
  }

  int hexUnit() {
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
      if (rest_.empty()) return -1;
      const char digit = rest_.front();
      rest_.remove_prefix(1);
      if (digit >= '0' && digit <= '9') {
        unit = unit * 16 + (digit - '0');
      } else if (digit >= 'a' && digit <= 'f') {
        unit = unit * 16 + (digit - 'a' + 10);
      } else if (digit >= 'A' && digit <= 'F') {
        unit = unit * 16 + (digit - 'A' + 10);
      } else {
        return -1;
      }
    }
    return unit;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool digits() {
    std::size_t length = 0;
    while (length < rest_.size() && rest_[length] >= '0' && rest_[length] <= '9') ++length;
    rest_.remove_prefix(length);
    return length > 0;
  }

  bool word(std::string_view expected) {
    if (rest_.substr(0, expected.size()) != expected) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skipSpace() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' ||
                              rest_.front() == '\n' || rest_.front() == '\r')) {
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
  std::size_t nestingMax_;
  std::size_t depth_ = 0;
  std::uint64_t isObject_ = 0;
};

}  // namespace

bool isJson(std::string_view text, std::size_t nestingMax) {
  return Scanner(text, nestingMax < 64 ? nestingMax : 64).scan();
}

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace danji
