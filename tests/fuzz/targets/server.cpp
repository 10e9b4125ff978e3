// Frames of a stranger, thrown at a server and at a page that it serves.
//
//   input := ways, step*      ways: 1 the server knows its users, 2 it asks who may do what
//   step  := what, …
//            0 frame to the server: by whom, type, chunk (its body; the frame is made here)
//            1 bytes to the server: by whom, chunk
//            2 frame to the page: type, chunk
//            3 bytes to the page: chunk
//            4 a write of the page: slot, number
//            5 page and server talk until they are done
//            6 time passes: how much
//            7 the page's connection breaks, and there is another
//            8 the server dies, and starts with its log
//            9 somebody says what a connection may do: whose, what
//
// What is claimed stands in served.h.

#include "tests/fuzz/script.h"
#include "tests/fuzz/served.h"

namespace danji::fuzz {
namespace {

ConnectionId whose(Script& script) {
  return script.below(2) == 0 ? Served::kStranger : Served::kPage;
}

Bytes frameIn(Script& script) {
  const FrameType type = kFrameTypes[script.below(kFrameTypes.size())];
  return sealFrame(type, script.chunk());
}

void play(Served& served, Script& script) {
  switch (script.below(10)) {
    case 0: {
      const ConnectionId from = whose(script);
      return served.toServer(from, frameIn(script));
    }
    case 1: {
      const ConnectionId from = whose(script);
      return served.toServer(from, script.chunk());
    }
    case 2:
      return served.toPage(frameIn(script));
    case 3:
      return served.toPage(script.chunk());
    case 4: {
      const std::size_t slot = script.below(served.slotCount());
      return served.write(slot, script.byte());
    }
    case 5:
      return served.talk();
    case 6:
      return served.pass(script.byte() * 100.0);
    case 7:
      return served.reconnect();
    case 8:
      return served.restart();
    default: {
      const ConnectionId connection = whose(script);
      return served.allow(connection, static_cast<Access>(script.below(3)));
    }
  }
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(server, bytes, size) {
  using namespace danji::fuzz;
  constexpr int kStepsMax = 100;
  Script script({bytes, size});
  const std::uint8_t ways = script.byte();
  Served served({.knowsUsers = (ways & 1) != 0, .asksFirst = (ways & 2) != 0});
  for (int step = 0; step < kStepsMax && !script.isOver(); ++step) play(served, script);
  served.checkEnd();
  return 0;
}
