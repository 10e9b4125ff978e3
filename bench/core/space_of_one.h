// SpaceOfOne: a space with one key, into which one session's numbers are folded.
#pragma once

#include <string>

#include "bench/core/tab.h"
#include "core/space/space.h"

namespace danji::bench {

class SpaceOfOne {
 public:
  SpaceOfOne() : space_(Address::parse(kAddress).value(), names_, names_, definitions_) {
    names_.intern(std::string(16, 'a'));
    const KnownDefinition* known = definitions_.learn(Definition());
    entry_ = space_.entryOf("count");
    record_ = {.op = {.id = {.session = 0, .sequence = 1},
                      .unit = 0,
                      .createdMillis = kNowMillis,
                      .observed = {},
                      .voids = false,
                      .changes = {{.kind = ChangeKind::define,
                                   .entry = entry_,
                                   .fingerprint = known->fingerprint,
                                   .definition = known}}},
               .stamp = Stamp::atMillis(kNowMillis)};
    space_.fold(record_);
    record_.op.changes.front() = {
        .kind = ChangeKind::set, .entry = entry_, .fingerprint = 0, .value = Value::number(7)};
  }

  void foldNext() {
    ++record_.op.id.sequence;
    record_.stamp = record_.stamp.next();
    space_.fold(record_);
  }

  bool hasFoldedAll() const { return space_.entry(entry_).version == space_.index(); }

 private:
  Names names_;
  Definitions definitions_;
  Space space_;
  EntryId entry_ = 0;
  Record record_;
};

}  // namespace danji::bench
