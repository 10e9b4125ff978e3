// Limits: how large anything may get. Every bound of the core stands here and nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace danji {

inline constexpr std::size_t kKeyBytesMax = 512;
inline constexpr std::size_t kIdBytesMax = 64;
// A session is exactly so long.
inline constexpr std::size_t kSessionBytes = 16;
inline constexpr std::size_t kValueBytesMax = 256 * 1024;
inline constexpr std::size_t kNestingMax = 32;
// A schema, and permissions, as JSON text.
inline constexpr std::size_t kContractBytesMax = 32 * 1024;
inline constexpr std::size_t kSchemaNestingMax = 64;
// What a unit may call itself besides its name, as text.
inline constexpr std::size_t kGrantsBytesMax = 4 * 1024;
// Fields of one value under the strategy merge, those that were taken away included.
inline constexpr std::size_t kFieldsMax = 10'000;
// Values of one key that wait for somebody to choose.
inline constexpr std::size_t kSiblingsMax = 16;
// Places at which the ops change sides that a value brought back from another log includes.
inline constexpr std::size_t kIncludedMax = 256;
inline constexpr std::size_t kAddressBytesMax = 16 + 3 * (kIdBytesMax + 1) + 16;

inline constexpr std::size_t kBatchChangesMax = 4096;
inline constexpr std::size_t kBatchBytesMax = 1024 * 1024;

// One message on the channel; a longer body travels in parts and is put together again.
inline constexpr std::size_t kFrameBytesMax = 1024 * 1024;
inline constexpr std::size_t kMessageBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kRecordsPerFrameMax = 512;

// Keys of one space at a server, those that were only named included.
inline constexpr std::size_t kEntriesMax = 100'000;
inline constexpr std::size_t kPendingOpsMax = 100'000;
// Ops at a server for which others have to come first. Who has them all sends them in order.
inline constexpr std::size_t kWaitingOpsMax = 256;
// What a server counts for taking note of a session, which it keeps for good, in ops.
inline constexpr std::uint64_t kSessionEffort = 100;
// As many bytes of a message count as one op, beside those that are in it.
inline constexpr std::size_t kEffortBytes = 1024;
inline constexpr std::size_t kRecordsKept = 1000;
inline constexpr std::size_t kOwnOpsKept = 1000;
// Refusals that a state remembers: more than a page is likely to miss of its own and all others'
// while it is frozen or without a network.
inline constexpr std::size_t kRejectionsKept = 4096;
inline constexpr std::uint64_t kSequenceMax = (std::uint64_t{1} << 53) - 1;

// Stamps end in the year 6429, so that no stranger's stamp leaves too little room for the next.
inline constexpr std::uint64_t kStampTicksMax = (std::uint64_t{1} << 63) - 1;

// How long a new leader waits for the other tabs' answers.
inline constexpr double kPromiseWaitMillis = 200;
// Two tabs that both believe to hold the lock ask in turns: a pause from the third time on.
inline constexpr std::uint32_t kContestsMax = 2;
inline constexpr double kContestPauseMillis = 10;
inline constexpr double kContestPauseMillisMax = 160;
// After so much silence, ask or push again.
inline constexpr double kResendMillis = 1000;
// Another tab's op that nobody decided for so long is told once more: its author may be gone.
inline constexpr double kForeignResendMillis = 5000;
// Ops of one session that are on their way to the server at a time.
inline constexpr std::size_t kOpsInFlightMax = 512;
// After so much silence of the server, everything undecided is sent once more.
inline constexpr double kUplinkResendMillis = 5000;
// A server that speaks may have passed an op over: twice so long for it, each time twice as long,
// at most so many times twice.
inline constexpr std::uint32_t kUplinkDoublingsMax = 4;
// How long after the last time, a tab's ops for the server are told to the leader once more.
inline constexpr double kServerPushMillis = 2000;
inline constexpr double kServerPushMillisMax = 30'000;
// After so much silence of the leader, a visible tab takes its lock away.
inline constexpr double kStealMillis = 15'000;
// How long after its last record a leader says once more where its logs end.
inline constexpr double kBeaconMillis = 1000;

// A disk that refused is asked again after so long, doubled up to 32 times.
inline constexpr double kStorageRetryMillis = 500;
// A space on the disk is written anew when it has more changes than this, or when they outweigh it.
// A larger one may have more, lest each write of a large space pay for much of it.
inline constexpr std::size_t kDeltasMax = 64;
inline constexpr std::size_t kBaseBytesPerDelta = 2048;
inline constexpr std::size_t kDeltaBytesMin = 16 * 1024;

// Versions of one entry that a page may keep.
inline constexpr std::uint32_t kHistoryMax = 1'000;

}  // namespace danji
