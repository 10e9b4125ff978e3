// Frames of a stranger, thrown at two tabs that live together: one leads, one follows.
//
//   input := step*
//   step  := what, …
//            0 frame: tab, type, chunk (its body; the frame around it is made here)
//            1 bytes: tab, chunk
//            2 time passes: how much
//            3 a write: tab, slot, number
//            4 the tabs talk until they are done
//            5 a tab steals the lock: tab
//            6 a page is put away: tab
//            7 it comes back: tab
//            8 it says goodbye: tab
//
// What is claimed after every step stands in live_tab.h.

#include "tests/fuzz/script.h"
#include "tests/fuzz/tabs.h"

namespace danji::fuzz {
namespace {

void play(Tabs& tabs, Script& script) {
  switch (script.below(9)) {
    case 0: {
      LiveTab& tab = tabs[script.below(tabs.count())];
      const FrameType type = kFrameTypes[script.below(kFrameTypes.size())];
      return tab.receive(type, script.chunk());
    }
    case 1: {
      LiveTab& tab = tabs[script.below(tabs.count())];
      return tab.receive(script.chunk());
    }
    case 2:
      return tabs.advance(script.byte() * 10.0);
    case 3: {
      LiveTab& tab = tabs[script.below(tabs.count())];
      const std::size_t slot = script.below(tab.slots().size());
      return tab.checkGoodWrite(slot, script.byte());
    }
    case 4:
      tabs.exchange();
      return;
    case 5:
      return tabs.steal(script.below(tabs.count()));
    case 6:
      return tabs.task(script.below(tabs.count()), [](Peer& peer) { peer.suspend(); });
    case 7:
      return tabs.task(script.below(tabs.count()), [](Peer& peer) { peer.resume(); });
    default:
      return tabs.task(script.below(tabs.count()), [](Peer& peer) { peer.leave(); });
  }
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(receive, bytes, size) {
  using namespace danji::fuzz;
  constexpr int kStepsMax = 100;
  Script script({bytes, size});
  Tabs tabs(2);
  for (std::size_t tab = 0; tab < tabs.count(); ++tab) tabs[tab].hearsStrangers = true;
  for (int step = 0; step < kStepsMax && !script.isOver(); ++step) play(tabs, script);
  tabs.exchange();
  for (std::size_t tab = 0; tab < tabs.count(); ++tab) {
    for (std::size_t slot = 0; slot < tabs[tab].slots().size(); ++slot) {
      tabs[tab].checkGoodWrite(slot, 42);
    }
    tabs[tab].flush();
  }
  return 0;
}
