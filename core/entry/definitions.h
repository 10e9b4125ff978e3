// Definitions: every definition this core has met, by fingerprint, and this page's own, by key.
//
// A page registers a key once; the same definition again is the same registration, another one
// is DEFINITION_CLASH. Of its contracts the one with the highest schema version stands, and of
// several with that version the first. Definitions that arrive with other tabs' ops are learned,
// so that this tab can decide keys its own page never registered.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/entry/change.h"
#include "core/entry/definition.h"

namespace danji {

using DefinitionId = std::uint32_t;

struct Registration {
  std::string key;
  const KnownDefinition* known = nullptr;
};

class Definitions {
 public:
  // INVALID_KEY, INVALID_DEFINITION, or DEFINITION_CLASH when the key means something else on
  // this page.
  Result<DefinitionId> registerKey(std::string_view key, const Definition& definition,
                                   const Contract& contract);
  const Registration& registration(DefinitionId id) const { return registrations_[id]; }
  // Null where this page has no such key.
  const Registration* registrationOf(std::string_view key) const;
  std::size_t size() const { return registrations_.size(); }
  // So many were met; what a change means can differ only when it grows.
  std::size_t knownCount() const { return known_.size(); }

  // The one place where a definition with this contract lives; it never moves. Its parameters
  // can be read.
  const KnownDefinition* learn(const Definition& definition, const Contract& contract = {}) {
    // Of a space that is read, most keys mean the same as the one before.
    const bool isLast = last_ != nullptr && last_->definition == definition &&
                        last_->contract == contract;
    return isLast ? last_ : learn(definition, contract, fingerprintOf(definition));
  }
  // The same for a definition whose fingerprint is known already.
  const KnownDefinition* learn(const Definition& definition, const Contract& contract,
                               std::uint64_t fingerprint);
  // With the contract that was met first. Null when it was never met.
  const KnownDefinition* find(std::uint64_t fingerprint) const;
  // What the author of a change takes its key for.
  const KnownDefinition* meantBy(const Change& change) const {
    return change.definition != nullptr ? change.definition : find(change.fingerprint);
  }

 private:
  std::deque<Registration> registrations_;  // Never moves: the views in byKey_ stay valid.
  // Strangers choose keys and what fingerprints are made of: nothing to flood.
  std::map<std::string_view, DefinitionId> byKey_;
  std::map<std::uint64_t, std::unique_ptr<KnownDefinition>> known_;  // By both.
  std::map<std::uint64_t, const KnownDefinition*> byFingerprint_;
  const KnownDefinition* last_ = nullptr;  // The one that was asked for last.
};

}  // namespace danji
