#include "core/strategy/custom.h"

namespace danji {

ErrorCode Custom::admit(const Entry&, const Change& change) {
  const bool isWrite = change.kind == ChangeKind::set || change.kind == ChangeKind::unset;
  // The author's result holds for the entry it was computed from, and for no other.
  const bool isBound = change.expectation == Expectation::writtenBy;
  return isWrite && isBound ? ErrorCode::ok : ErrorCode::malformed;
}

bool Custom::fold(Entry& entry, const Change& change, const Decided& decided) {
  entry.value = change.value;
  entry.sign(decided);
  return true;
}

void Custom::restart(Entry& entry, const Change& change, const Decided&) {
  entry.value = change.value;
}

Result<Change> Custom::intend(const Entry& shown, Intent intent) {
  const bool isSet = intent.kind != Intent::Kind::unset;
  return Change{.kind = isSet ? ChangeKind::set : ChangeKind::unset,
                .value = isSet ? std::move(intent.value) : Value(),
                .expectation = Expectation::writtenBy,
                .expected = shown.isWritten() ? shown.writer() : OpId{}};
}

}  // namespace danji
