#include "core/authority/definitions.h"

#include "core/base/limits.h"
#include "core/value/json.h"

namespace danji {

Result<DefinitionId> Definitions::registerKey(std::string_view key, const Definition& definition) {
  if (key.empty()) return Error{ErrorCode::invalidKey, "a key must not be empty"};
  if (key.size() > kKeyBytesMax) {
    return Error{ErrorCode::invalidKey, "a key has at most 512 bytes"};
  }
  if (!isUtf8(key)) return Error{ErrorCode::invalidKey, "a key is well-formed Unicode"};

  const std::string name(key);
  if (const auto found = byKey_.find(name); found != byKey_.end()) {
    if (registrations_[found->second].definition == definition) return found->second;
    return Error{ErrorCode::definitionClash,
                 "'" + name + "' is already registered with another scope, plane or strategy"};
  }
  const auto id = static_cast<DefinitionId>(registrations_.size());
  registrations_.push_back(
      {.key = name, .definition = definition, .fingerprint = fingerprintOf(definition)});
  byKey_.emplace(name, id);
  learn(definition);
  return id;
}

void Definitions::learn(const Definition& definition) {
  known_.emplace(fingerprintOf(definition), definition);
}

const Definition* Definitions::find(std::uint64_t fingerprint) const {
  const auto found = known_.find(fingerprint);
  return found == known_.end() ? nullptr : &found->second;
}

}  // namespace danji
