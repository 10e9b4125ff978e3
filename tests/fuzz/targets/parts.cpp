// Parts: a message is put together only from all of its parts, in order, of one sender.
//
//   input := (chunk: a part's body)*

#include <vector>

#include "core/wire/frame.h"
#include "tests/fuzz/claim.h"
#include "tests/fuzz/script.h"

namespace danji::fuzz {
namespace {

struct Part {
  std::string sender;
  std::uint32_t number = 0;
  std::uint64_t place = 0;
  std::uint64_t count = 0;
  Bytes bytes;
};

Part read(ByteView body) {
  ByteReader in(body);
  Part part{.sender = std::string(asText(in.raw(16))),
            .number = in.u32(),
            .place = in.varint(),
            .count = in.varint(),
            .bytes = {}};
  const ByteView bytes = in.raw(in.remaining());
  part.bytes.assign(bytes.begin(), bytes.end());
  return part;
}

// The last parts of the last one's sender are all of one message, and `whole` is made of them.
void checkWhole(const std::vector<Part>& parts, ByteView whole) {
  const Part& last = parts.back();
  claim(last.place + 1 == last.count, "the last part completes a message");
  Bytes expected;
  std::uint64_t wanted = last.count;
  for (auto part = parts.rbegin(); part != parts.rend() && wanted > 0; ++part) {
    if (part->sender != last.sender) continue;
    claim(part->place == --wanted, "the parts came in order");
    claim(part->number == last.number, "the parts are of one message");
    expected.insert(expected.begin(), part->bytes.begin(), part->bytes.end());
  }
  claim(wanted == 0, "no part is missing");
  claim(isSame(whole, expected), "a message is made of its parts");
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(parts, bytes, size) {
  using namespace danji;
  fuzz::Script script({bytes, size});
  PartCollector collector;
  std::vector<fuzz::Part> parts;
  while (!script.isOver()) {
    const Bytes body = script.chunk();
    const Result<Bytes> whole = collector.collect(body);
    if (!whole.ok() && whole.error().code == ErrorCode::malformed) continue;
    parts.push_back(fuzz::read(body));
    if (whole.ok() && !whole.value().empty()) fuzz::checkWhole(parts, whole.value());
  }
  return 0;
}
