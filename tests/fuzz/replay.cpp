// Replays one fuzz target without a fuzzer: its corpus, then random bytes and damaged corpus
// files from a fixed seed. Part of `npm test`, so that no finding comes back unnoticed.
//
//   danji_fuzz value tests/fuzz/corpus/value 300         all of it, damaged 300 times
//   danji_fuzz value build/fuzz/findings/value-crash-1   one file, to look at a finding
//
// Whatever ends the process, a sanitizer or a claim, leaves the bytes in <target>.reproducer.

#include <sanitizer/common_interface_defs.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "core/base/random.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

constexpr std::size_t kRandomBytesMax = 200;

struct Running {
  Target target;
  std::string what;
  Bytes bytes;
};

Running& running() {
  static Running running;
  return running;
}

void keepReproducer() {
  const std::string path = std::string(running().target.name) + ".reproducer";
  std::ofstream file(path, std::ios::binary);
  file << asText(running().bytes);
  std::fprintf(stderr, "It happened with %s; the bytes are in %s\n", running().what.c_str(),
               path.c_str());
}

// A copy of exactly this size, so that a read behind its end is seen.
void feed(std::string what, const Bytes& bytes) {
  running().what = std::move(what);
  running().bytes = bytes;
  const std::unique_ptr<std::uint8_t[]> copy(new std::uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), copy.get());
  running().target.run(copy.get(), bytes.size());
}

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::filesystem::path> filesIn(const std::filesystem::path& place) {
  if (!std::filesystem::is_directory(place)) return {place};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(place)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Damage {
 public:
  Damage() : random_(kSeed) {}

  Bytes anyBytes() {
    Bytes bytes(below(kRandomBytesMax));
    for (std::uint8_t& byte : bytes) byte = anyByte();
    return bytes;
  }

  Bytes damaged(Bytes bytes) {
    for (std::size_t i = 1 + below(4); i > 0 && !bytes.empty(); --i) damageOnce(bytes);
    return bytes;
  }

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_.next() % end); }

 private:
  static constexpr std::uint64_t kSeed = 20'261;

  std::uint8_t anyByte() { return static_cast<std::uint8_t>(random_.next()); }

  void damageOnce(Bytes& bytes) {
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size()));
    switch (below(4)) {
      case 0:
        *place = anyByte();
        return;
      case 1:
        *place ^= static_cast<std::uint8_t>(1u << below(8));
        return;
      case 2:
        bytes.insert(place, anyByte());
        return;
      default: {
        const auto length = static_cast<std::ptrdiff_t>(1 + below(4));
        bytes.erase(place, place + std::min(length, bytes.end() - place));
      }
    }
  }

  Random random_;
};

int replay(const std::filesystem::path& place, int rounds) {
  std::vector<Bytes> corpus;
  for (const auto& file : filesIn(place)) {
    corpus.push_back(read(file));
    feed(file.string(), corpus.back());
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "There is nothing in %s.\n", place.c_str());
    return 1;
  }
  Damage damage;
  for (int i = 0; i < rounds; ++i) {
    if (i % 4 == 0) feed("random bytes", damage.anyBytes());
    feed("damaged bytes", damage.damaged(corpus[damage.below(corpus.size())]));
  }
  std::printf("%zu files, and %d times damaged ones\n", corpus.size(), rounds);
  return 0;
}

}  // namespace
}  // namespace danji::fuzz

// A claim that is false is an illegal instruction, which ASan by itself leaves alone.
extern "C" const char* __asan_default_options() { return "handle_sigill=1:handle_abort=1"; }

int main(int count, char** words) {
  using namespace danji::fuzz;
  const auto named = std::find_if(targets().begin(), targets().end(), [&](const Target& target) {
    return count > 1 && target.name == words[1];
  });
  if (named == targets().end() || count < 3 || count > 4 || !std::filesystem::exists(words[2])) {
    std::fprintf(stderr,
                 "Say which target, which folder or file to replay, and how often to damage it. "
                 "There are:");
    for (const Target& target : targets()) std::fprintf(stderr, " %s", target.name.data());
    std::fprintf(stderr, "\n");
    return 1;
  }
  running().target = *named;
  __sanitizer_set_death_callback(keepReproducer);
  return replay(words[2], count == 4 ? std::atoi(words[3]) : 0);
}
