#include "core/entry/definitions.h"

#include "core/base/assert.h"
#include "core/base/checksum.h"
#include "core/base/limits.h"
#include "core/value/json.h"

namespace danji {

Result<DefinitionId> Definitions::registerKey(std::string_view key, const Definition& definition,
                                              const Contract& contract) {
  if (key.empty()) return Error{ErrorCode::invalidKey, "a key must not be empty"};
  if (key.size() > kKeyBytesMax) {
    return Error{ErrorCode::invalidKey, "a key has at most 512 bytes"};
  }
  if (!isUtf8(key)) return Error{ErrorCode::invalidKey, "a key is well-formed Unicode"};
  if (!readRules(definition.parameters) || !readPermissions(contract.permissions)) {
    return Error{ErrorCode::invalidDefinition, "parameters or permissions that can't be read"};
  }

  if (!contract.version.empty() && !isSchemaVersion(contract.version)) {
    return Error{ErrorCode::invalidDefinition,
                 "a schema's version is numbers with dots between them, such as 1 or 1.10.0"};
  }
  if (!contract.schema.empty()) {
    const Result<Schema> schema = Schema::parse(contract.schema);
    if (!schema.ok()) return schema.error();
  }

  const auto found = byKey_.lower_bound(key);
  if (found != byKey_.end() && found->first == key) {
    Registration& standing = registrations_[found->second];
    const KnownDefinition* known = learn(definition, contract);
    if (known->replaces(*standing.known)) standing.known = known;
    if (standing.known->fingerprint == known->fingerprint) return found->second;
    return Error{ErrorCode::definitionClash,
                 "'" + standing.key +
                     "' is already registered with another scope, plane or strategy"};
  }
  const auto id = static_cast<DefinitionId>(registrations_.size());
  registrations_.push_back({.key = std::string(key), .known = learn(definition, contract)});
  byKey_.emplace_hint(found, registrations_.back().key, id);
  return id;
}

const Registration* Definitions::registrationOf(std::string_view key) const {
  const auto found = byKey_.find(key);
  return found == byKey_.end() ? nullptr : &registrations_[found->second];
}

const KnownDefinition* Definitions::learn(const Definition& definition,
                                          const Contract& contract,
                                          std::uint64_t fingerprint) {
  std::uint64_t place = fingerprint;
  if (!contract.isEmpty()) {
    ByteWriter bytes;
    encode(bytes, definition, contract);
    place = digestOf(bytes.view()).low;
  }
  std::unique_ptr<KnownDefinition>& known = known_[place];
  if (known == nullptr) {
    const std::optional<Rules> rules = readRules(definition.parameters);
    std::optional<Permissions> permissions = readPermissions(contract.permissions);
    DANJI_ASSERT(rules.has_value() && permissions.has_value());
    known = std::make_unique<KnownDefinition>(
        KnownDefinition{.definition = definition, .fingerprint = fingerprint, .rules = *rules,
                        .contract = contract, .schema = {},
                        .permissions = std::move(*permissions)});
    if (!contract.schema.empty()) known->schema = Schema::parse(contract.schema).value();
    byFingerprint_.emplace(fingerprint, known.get());
  }
  last_ = known.get();
  return last_;
}

const KnownDefinition* Definitions::find(std::uint64_t fingerprint) const {
  const auto found = byFingerprint_.find(fingerprint);
  return found == byFingerprint_.end() ? nullptr : found->second;
}

}  // namespace danji
