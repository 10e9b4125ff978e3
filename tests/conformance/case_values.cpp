#include "tests/conformance/case_values.h"

namespace danji::conformance {

std::string textOf(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.contains("hex")) {
    const Bytes bytes = bytesOfHex(json["hex"].get<std::string>());
    return std::string(asText(bytes));
  }
  const bool isQuoted = json.contains("quoted");
  const Json& repeated = json[isQuoted ? "quoted" : "repeat"];
  const std::string part = repeated[0].get<std::string>();
  std::string text(isQuoted ? "\"" : "");
  for (int count = repeated[1].get<int>(); count > 0; --count) text += part;
  return text + (isQuoted ? "\"" : "");
}

Value valueOf(const Json& step) {
  if (step.contains("text")) return Value::json(textOf(step["text"]));
  if (!step.contains("value")) return Value();
  const Json& value = step["value"];
  if (value.is_null()) return Value::null();
  if (value.is_boolean()) return Value::boolean(value.get<bool>());
  return Value::number(value.get<double>());
}

Json jsonOf(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null:
      return nullptr;
    case Value::Kind::falseValue:
      return false;
    case Value::Kind::trueValue:
      return true;
    case Value::Kind::number:
      return value.number();
    case Value::Kind::text:
      return {{"text", value.text()}};
    default:
      return "unset";
  }
}

Bytes bytesOfHex(const std::string& hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string hexOfBytes(ByteView bytes) { return hexOf(asText(bytes)); }

std::uint64_t hashOn(std::uint64_t hash, ByteView bytes) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3ull;
  return hash;
}

ByteWriter filterOf(const Json& step) {
  ByteWriter out;
  for (const char* list : {"addresses", "keys"}) {
    const Json texts = step.value(list, Json::array());
    out.varint(texts.size());
    for (const Json& text : texts) out.text(textOf(text));
  }
  return out;
}

}  // namespace danji::conformance
