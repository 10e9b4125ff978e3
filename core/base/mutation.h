// Mutations: rules of the core taken out on purpose, to prove that a test would notice.
//
// They exist only in builds made for them; every other build compiles these functions to nothing.
// -DDANJI_MUTATION_DROP_SECOND_SET is for scripts/mutation.mjs, which counts the tests that turn
// red. -DDANJI_MUTATIONS lets the simulator take out one rule at a time by name
// (`npm run sim -- --mutations`); each rule is asked for at the one place that keeps it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace danji::mutation {

// Every second set is counted, answered and forgotten.
#ifdef DANJI_MUTATION_DROP_SECOND_SET
inline bool dropsSet(std::uint64_t index) { return index % 2 == 0; }
#else
inline constexpr bool dropsSet(std::uint64_t) { return false; }
#endif

// What must hold for replicas to agree and for no write to be lost.
enum class Rule : std::uint8_t {
  none,
  opDecidedOnce,            // An op at or below its session's floor is not decided again.
  opsInOrder,               // An op waits for those before it.
  rejectionMovesFloor,      // A refused op is decided like any other.
  batchIsWhole,             // All of an op's changes are applied.
  recordsInOrder,           // Records are folded without gaps,
  recordsFoldedOnce,        // and none twice.
  durableBeforeTold,        // A server tells of what its disk has.
  logChainChecked,          // A torn row ends a log.
  pendingUntilDecided,      // An op that was sent is not forgotten.
  resentAfterReconnect,     // What a connection took with it is sent again.
  resentToNewLeader,        // A new leader is told of everything undecided.
  toldAgain,                // A leader without a connection is told again of what the server gets.
  gapAsksAgain,             // Whoever misses records asks for them,
  gapAsksLater,             // even right after an answer.
  newEpochUnlessComplete,   // If someone was silent, he may be ahead: the log gets a new epoch.
  furthestAdopted,          // A new leader goes on from the furthest state.
  promiseKept,              // Frames of a leader below the promise are ignored.
  returnsAsNew,             // A tab back from the cache goes on under an epoch of its own.
  ownOpsRescued,            // Ops that a log which ended had decided are sent to the new one.
  fillsRescued,             // So are values that the new log lacks.
  gapsClosed,               // What a session that died can't send any more is closed by a void.
  rejectionsInState,        // Whoever missed the record of a refusal learns of it by the state.
  stateRelayed,             // The other tabs hear of a state that the server sent.
  oldStateIgnored,          // A welcome that comes late doesn't take anything back.
  ownAbove,                 // A writer's later write is never older than its earlier one.
  ageNotTime,               // Who writes says how long ago, never when by its own clock.
  firstStands,              // first_write_wins: the first one stands.
  expectationChecked,       // A write that expects a version is refused when another is there.
  diskAwaited,              // Nothing is decided that the disk may know better.
  writerFenced,             // A leader that was replaced writes nothing to the disk.
  outboxKept,               // An undecided op stays on the disk,
  outboxRead,               // and whoever decides next sends it.
  incarnationChecked,       // What was made before a key was taken away is no part of it after.
  seenReplaced,             // A value to choose from takes the place of those its author saw.
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::seenReplaced) + 1;

#ifdef DANJI_MUTATIONS
inline Rule removed = Rule::none;
inline bool isRemoved(Rule rule) { return removed == rule; }
#else
inline constexpr bool isRemoved(Rule) { return false; }
#endif

}  // namespace danji::mutation
