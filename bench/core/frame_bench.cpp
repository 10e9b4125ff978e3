// Frames between two tabs: a hundred writes of one task, at the leader and at the follower.
//
// A frame can be received once: after that it is a repetition and costs less. So frames are
// made in advance, some hundred at a time, while the clock stands still.

#include <benchmark/benchmark.h>

#include <memory>

#include "bench/core/tab.h"

namespace danji::bench {
namespace {

constexpr std::size_t kCount = 100;
constexpr std::size_t kKeys = 10;
constexpr std::size_t kFramesMade = 100;

// What one task of `author` makes, again and again; nobody answers it.
std::vector<Bytes> framesOf(Tab& author) {
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < kFramesMade; ++i) {
    author.setNumbers(kCount);
    for (Bytes& frame : author.settle()) frames.push_back(std::move(frame));
  }
  DANJI_ASSERT(frames.size() == kFramesMade);
  return frames;
}

void report(benchmark::State& state, const Bytes& frame) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCount));
  state.counters["bytesPerItem"] = static_cast<double>(frame.size()) / kCount;
}

// The leader decides the ops of a PUSH frame and answers with a RECORDS frame.
void leaderReceives100Ops(benchmark::State& state) {
  std::unique_ptr<Pair> pair;
  std::vector<Bytes> frames;
  std::size_t next = 0;
  for (auto _ : state) {
    if (next == frames.size()) {
      state.PauseTiming();
      pair = std::make_unique<Pair>(kKeys);
      frames = framesOf(pair->follower);
      next = 0;
      state.ResumeTiming();
    }
    pair->leader.peer().receive(frames[next++]);
    benchmark::DoNotOptimize(pair->leader.settle());
  }
  report(state, frames.front());
  DANJI_ASSERT(pair->leader.engine().replicaAt(0).space().index() >= next * kCount);
}
BENCHMARK(leaderReceives100Ops)->Unit(benchmark::kMicrosecond);

// A follower folds the records of a RECORDS frame.
void followerReceives100Records(benchmark::State& state) {
  std::unique_ptr<Pair> pair;
  std::vector<Bytes> frames;
  std::size_t next = 0;
  for (auto _ : state) {
    if (next == frames.size()) {
      state.PauseTiming();
      pair = std::make_unique<Pair>(kKeys);
      frames = framesOf(pair->leader);
      next = 0;
      state.ResumeTiming();
    }
    pair->follower.peer().receive(frames[next++]);
    benchmark::DoNotOptimize(pair->follower.settle());
  }
  report(state, frames.front());
  DANJI_ASSERT(pair->follower.engine().replicaAt(0).space().index() >= next * kCount);
}
BENCHMARK(followerReceives100Records)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace danji::bench
