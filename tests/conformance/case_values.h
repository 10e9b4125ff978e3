// What a case file says as JSON, as the core's own things: texts, values, bytes, definitions.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/engine/engine.h"

namespace danji::conformance {

using Json = nlohmann::json;

// "text", { "repeat": ["x", 513] }, the same as { "quoted": … } in quotes, or { "hex": "c328" }.
std::string textOf(const Json& json);
// "value": a number, a boolean or null; "text": JSON text; neither: unset.
Value valueOf(const Json& step);
// The same the other way round, for messages and for comparing.
Json jsonOf(const Value& value);

Bytes bytesOfHex(const std::string& hex);
std::string hexOfBytes(ByteView bytes);
// FNV-1a, 64 bits, going on from `hash`.
std::uint64_t hashOn(std::uint64_t hash, ByteView bytes);

ByteWriter filterOf(const Json& step);

}  // namespace danji::conformance
