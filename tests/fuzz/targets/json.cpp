// The JSON checker accepts what another parser accepts, and nothing else.
//
// The first byte says how deep the text may be nested. nlohmann::json has other opinions on
// three things that the grammar leaves no doubt about, or nothing to say: it takes a zero byte
// for the end and skips a byte order mark, and it refuses numbers that no double can hold.

#include "core/value/json.h"

#include <nlohmann/json.hpp>

#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

// Counts how deep a text is nested, and keeps nothing of it.
struct Depth : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    constexpr int kNumberOutOfRange = 406;
    isNumberTooLarge = error.id == kNumberOutOfRange;
    return false;
  }

  bool enter() {
    most = std::max(most, ++depth);
    return true;
  }
  bool leave() {
    --depth;
    return true;
  }

  std::size_t depth = 0;
  std::size_t most = 0;
  bool isNumberTooLarge = false;
};

void checkUtf8(std::string_view text) {
  for (const char byte : text) {
    if (byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20) return;
  }
  claim(isUtf8(text) == isJson('"' + std::string(text) + '"', 0),
        "a text is UTF-8 when it can stand between quotes");
}

void checkJson(std::string_view text, std::size_t nestingMax) {
  checkUtf8(text);
  const bool accepted = isJson(text, nestingMax);
  if (text.find('\0') != std::string_view::npos || text.substr(0, 3) == "\xEF\xBB\xBF") {
    return claim(!accepted, "JSON has no zero bytes, and no byte order mark");
  }
  Depth depth;
  const bool parsed = nlohmann::json::sax_parse(text, &depth);
  if (depth.isNumberTooLarge) return;
  const std::size_t most = std::min<std::size_t>(nestingMax, 64);
  claim(accepted == (parsed && depth.most <= most), "the checker and the parser agree");
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(json, bytes, size) {
  if (size == 0) return 0;
  const danji::ByteView text(bytes + 1, size - 1);
  danji::fuzz::checkJson(danji::asText(text), bytes[0] % 80);
  return 0;
}
