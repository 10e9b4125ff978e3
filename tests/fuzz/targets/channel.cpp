// Honest tabs joined by a channel that loses, repeats, reorders and damages frames as the fuzzer
// wishes. When it works again they agree, and no write is lost.
//
//   input := tabs, step*                        2 or 3 tabs
//   step  := what, tab, argument

#include <deque>

#include "tests/fuzz/script.h"
#include "tests/fuzz/tabs.h"

namespace danji::fuzz {
namespace {

class Game {
 public:
  explicit Game(std::size_t count) : tabs_(count), inbox_(count), written_(count, 0) {
    for (std::size_t tab = 0; tab < count; ++tab) {
      tabs_[tab].open({.key = ownKey(tab), .address = kOwnAddress});
      tabs_[tab].settle();
    }
    tabs_.exchange();
  }

  void play(Script& script) {
    const std::size_t what = script.below(12);
    const std::size_t tab = script.below(tabs_.count());
    const std::uint8_t argument = script.byte();
    if (what <= 1) return write(tab, argument);
    if (what == 2) return post(tab);
    if (what == 3) return deliver(tab, inbox_[tab].size());
    if (what == 4) return tabs_.advance(argument * (argument < 128 ? 1.0 : 100.0));
    if (what == 5) return tabs_.steal(tab);
    if (what == 6) return tabs_.grantWishes();
    if (what == 7) return deliver(tab, 1);
    disturb(what, inbox_[tab], argument);
  }

  // Everything works again, for as long as it takes the tabs to notice.
  void heal() {
    for (std::size_t tab = 0; tab < tabs_.count(); ++tab) {
      post(tab);
      deliver(tab, inbox_[tab].size());
    }
    for (int round = 0; round < 30; ++round) {
      claim(tabs_.exchange(), "tabs that hear each other come to an end");
      tabs_.advance(500);
    }
  }

  void checkAgreement() {
    std::size_t leaders = 0;
    for (std::size_t tab = 0; tab < tabs_.count(); ++tab) {
      const Engine& engine = tabs_[tab].engine();
      leaders += engine.peer().role() == Role::leading ? 1 : 0;
      claim(sharedPicture(tab) == sharedPicture(0), "tabs agree in the end");
      claim(tabs_[tab].refusedWrites() == 0, "every write of a tab that lives is accepted");
    }
    claim(leaders == 1, "one tab leads");
    for (std::size_t tab = 0; tab < tabs_.count(); ++tab) {
      if (written_[tab] == 0) continue;
      const std::optional<Value> value = tabs_[0].visible(kOwnAddress, ownKey(tab));
      claim(value == Value::number(written_[tab]), "what only one tab writes is not lost");
    }
  }

 private:
  static constexpr const char* kOwnAddress = "device/apartment:main";

  static std::string ownKey(std::size_t tab) { return "own." + std::to_string(tab); }

  void write(std::size_t tab, std::uint8_t argument) {
    LiveTab& live = tabs_[tab];
    if (argument % 2 == 0) return live.checkGoodWrite(argument / 2 % 3, ++writes_);
    written_[tab] = ++writes_;
    live.checkGoodWrite(live.slots().size() - 1, written_[tab]);
  }

  void post(std::size_t sender) {
    for (const Bytes& frame : tabs_[sender].flush()) {
      for (std::size_t receiver = 0; receiver < tabs_.count(); ++receiver) {
        if (receiver != sender) inbox_[receiver].push_back(frame);
      }
    }
  }

  void deliver(std::size_t tab, std::size_t count) {
    for (; count > 0 && !inbox_[tab].empty(); --count) {
      const Bytes frame = std::move(inbox_[tab].front());
      inbox_[tab].pop_front();
      tabs_[tab].receive(frame);
    }
  }

  static void disturb(std::size_t what, std::deque<Bytes>& inbox, std::uint8_t argument) {
    if (inbox.empty()) return;
    const Bytes first = inbox.front();
    if (what == 8) inbox.pop_front();
    if (what == 9 && inbox.size() < kInboxMax) inbox.push_back(first);
    if (what == 10) {
      inbox.pop_front();
      inbox.push_back(first);
    }
    if (what != 11) return;
    // Damage that the checksum cannot miss; the same damage twice would be none.
    if (!openFrame(first).ok()) return;
    inbox.front()[argument % first.size()] ^= static_cast<std::uint8_t>(1 + argument % 255);
    claim(!openFrame(inbox.front()).ok(), "a damaged frame is not opened");
  }

  static constexpr std::size_t kInboxMax = 200;

  std::string sharedPicture(std::size_t tab) {
    std::map<std::string, std::string> spaces;
    const Engine& engine = tabs_[tab].engine();
    for (SpaceId id = 0; id < engine.spaceCount(); ++id) {
      const Replica& replica = engine.replicaAt(id);
      if (!replica.isShared()) continue;
      claim(replica.overlay().empty(), "everything is decided in the end");
      spaces[replica.space().address().text] = engine.digest(id);
    }
    std::string text;
    for (const auto& [address, digest] : spaces) text += address + " " + digest + "\n";
    return text;
  }

  Tabs tabs_;
  std::vector<std::deque<Bytes>> inbox_;
  std::vector<double> written_;
  double writes_ = 0;
};

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(channel, bytes, size) {
  using namespace danji::fuzz;
  constexpr int kStepsMax = 300;
  Script script({bytes, size});
  Game game(2 + script.below(2));
  for (int step = 0; step < kStepsMax && !script.isOver(); ++step) game.play(script);
  game.heal();
  game.checkAgreement();
  return 0;
}
