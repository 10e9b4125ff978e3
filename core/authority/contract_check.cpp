#include "core/authority/contract_check.h"

#include <algorithm>

#include "core/strategy/strategy.h"

namespace danji {
namespace {

Entry after(const Entry& entry, const Change& change, const KnownDefinition& meant,
            const Decided& decided) {
  Entry left = entry;
  if (!left.isDefined() || meant.replaces(*left.known)) left.known = &meant;
  foldChange(left, change, decided);
  return left;
}

// Whether all that is left of the entry is the work of this record.
bool leavesNothingOld(const Entry& entry, const Change& change, const KnownDefinition& meant,
                      const Decided& decided) {
  if (!entry.value.isSet()) return true;
  if (change.kind == ChangeKind::define || change.kind == ChangeKind::add) return false;
  const Entry left = after(entry, change, meant, decided);
  return left.version == decided.index &&
         std::all_of(left.parts.begin(), left.parts.end(), [&](const Part& part) {
           return part.version == decided.index || !part.value.isSet();
         });
}

}  // namespace

ErrorCode admitVersion(const Entry& entry, const Change& change, const KnownDefinition& meant,
                       const Decided& decided) {
  if (!entry.isDefined() || entry.known == &meant) return ErrorCode::ok;
  if (meant.replaces(*entry.known)) {
    const bool isFit = !meant.raisesVersion(*entry.known) ||
                       leavesNothingOld(entry, change, meant, decided);
    return isFit ? ErrorCode::ok : ErrorCode::stale;
  }
  // A page without a schema speaks of no version: its values are looked at as they are.
  const bool isBehind = !meant.contract.version.empty() && entry.known->raisesVersion(meant);
  return isBehind && change.kind != ChangeKind::define ? ErrorCode::readOnlySchema
                                                       : ErrorCode::ok;
}

std::optional<Mismatch> mismatchOf(const Entry& entry, const Change& change,
                                   const KnownDefinition& meant, const Decided& decided) {
  const bool isRaised = !entry.isDefined() || meant.replaces(*entry.known);
  const Schema& schema = isRaised ? meant.schema : entry.known->schema;
  if (schema.isOpen() || change.kind == ChangeKind::define || change.kind == ChangeKind::unset) {
    return std::nullopt;
  }
  const StrategyKind strategy =
      entry.isDefined() ? entry.strategy() : meant.definition.strategy;
  const bool isComposed = strategy == StrategyKind::merge || strategy == StrategyKind::sum;
  if (!isComposed) {
    const bool hasEffect = change.kind != ChangeKind::fill || !entry.isWritten();
    return hasEffect && change.value.isSet() ? schema.check(change.value) : std::nullopt;
  }
  const Entry left = after(entry, change, meant, decided);
  return left.value.isSet() ? schema.check(left.value) : std::nullopt;
}

}  // namespace danji
