#include "core/strategy/strategy.h"

#include <algorithm>

#include "core/base/mutation.h"
#include "core/strategy/custom.h"
#include "core/strategy/first_write_wins.h"
#include "core/strategy/last_write_wins.h"
#include "core/strategy/merge.h"
#include "core/strategy/sum.h"
#include "core/strategy/user_resolve.h"

namespace danji {
namespace {

// Calls `use` with the strategy's functions.
template <class Use>
auto with(StrategyKind strategy, Use use) {
  switch (strategy) {
    case StrategyKind::firstWriteWins:
      return use(FirstWriteWins());
    case StrategyKind::merge:
      return use(Merge());
    case StrategyKind::sum:
      return use(Sum());
    case StrategyKind::userResolve:
      return use(UserResolve());
    case StrategyKind::custom:
      return use(Custom());
    case StrategyKind::lastWriteWins:
      break;
  }
  return use(LastWriteWins());
}

bool isMet(const Entry& entry, const Change& change) {
  switch (change.expectation) {
    case Expectation::nothing:
      return true;
    case Expectation::absent:
      return !entry.value.isSet();
    case Expectation::writtenBy:
      return change.expected.sequence == 0 ? !entry.isWritten()
                                           : entry.isWritten() && entry.writer() == change.expected;
  }
  return false;
}

}  // namespace

Result<Change> intendChange(const Entry& shown, Intent intent) {
  const StrategyKind strategy = intent.definition->definition.strategy;
  if (intent.kind == Intent::Kind::reset && strategy != StrategyKind::lastWriteWins) {
    return Change{.kind = ChangeKind::reset, .value = std::move(intent.value)};
  }
  if (intent.kind == Intent::Kind::add && strategy != StrategyKind::sum) {
    return Error{ErrorCode::invalidValue, "only a key with the strategy sum can be added to"};
  }
  return with(strategy, [&](auto functions) {
    return decltype(functions)::intend(shown, std::move(intent));
  });
}

Value shownAfter(const KnownDefinition& definition, const Value& value) {
  if (definition.definition.strategy != StrategyKind::merge || !value.isSet()) return value;
  Entry entry;
  entry.known = &definition;
  foldChange(entry,
             {.kind = ChangeKind::patch,
              .fields = Merge::writesOf(entry, value, definition.rules.merge)},
             {.index = 1, .stamp = {1}, .id = {}, .unit = 0});
  return entry.value;
}

Change choose(Value value, std::vector<OpId> observed) {
  return {.kind = ChangeKind::resolve, .value = std::move(value), .observed = std::move(observed)};
}

ErrorCode admitChange(const Entry& entry, const Change& change, OpId op) {
  if (includes(entry.included, op)) return ErrorCode::ok;
  const bool mayBeUnmet = mutation::isRemoved(mutation::Rule::expectationChecked);
  if (!isMet(entry, change) && !mayBeUnmet) return ErrorCode::stale;
  switch (change.kind) {
    case ChangeKind::define:
    case ChangeKind::fill:
    case ChangeKind::reset:
      return ErrorCode::ok;
    default:
      return with(entry.strategy(), [&](auto functions) {
        return decltype(functions)::admit(entry, change);
      });
  }
}

bool foldChange(Entry& entry, const Change& change, const Decided& decided) {
  const bool isDefine = change.kind == ChangeKind::define;
  if (!isDefine && includes(entry.included, decided.id)) return false;
  switch (change.kind) {
    case ChangeKind::define:
      if (!entry.isDefined() || change.definition->replaces(*entry.known)) {
        entry.known = change.definition;
      }
      return false;
    case ChangeKind::fill:
      if (entry.isWritten()) return false;
      break;
    case ChangeKind::reset:
      break;
    default:
      return with(entry.strategy(), [&](auto functions) {
        return decltype(functions)::fold(entry, change, decided);
      });
  }
  Decided as = decided;
  const bool isFill = change.kind == ChangeKind::fill;
  // What was brought back from another log is older than anything that is written.
  if (isFill) as.stamp = {};
  if (isFill && keepsIncluded(entry.strategy())) entry.included = sorted(change.observed);
  // What was under way towards the old value must not be applied to the new one. Fields may:
  // a field that is sent again is the same field. An addition that is sent again counts twice.
  const bool startsOver = isFill ? entry.strategy() == StrategyKind::sum
                                 : keepsIncarnation(entry.strategy());
  if (startsOver) entry.incarnation = std::max(entry.incarnation, change.incarnation) + 1;
  with(entry.strategy(), [&](auto functions) {
    decltype(functions)::restart(entry, change, as);
  });
  entry.sign(as);
  return true;
}

}  // namespace danji
