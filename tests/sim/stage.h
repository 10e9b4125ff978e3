// Stage: what everything in one simulated world shares: the time, the dice, the scene, what went
// wrong first, and whether the play is told aloud.
#pragma once

#include <cstdio>
#include <string>

#include "tests/sim/agenda.h"
#include "tests/sim/history.h"
#include "tests/sim/report.h"
#include "tests/sim/scene.h"

namespace danji::sim {

// How a world is played: aloud, and with clocks that are wrong as the seed has it, not at all, or
// each by up to a day, always by the same.
struct Manner {
  enum class Skew { drawn, none, day };
  bool tells = false;
  bool notes = false;  // What each step does, for a schedule.
  Skew skew = Skew::drawn;
};

struct Stage {
  Stage(std::uint64_t seed, Report& to, Manner manner)
      : dice(seed),
        diskDice(seed ^ 0xd15cd15cd15cd15cull),
        contractDice(seed ^ 0x67a275e0aa0e0aa0ull),
        scene(Scene::draw(dice)),
        report(&to),
        tells(manner.tells),
        notes(manner.notes) {
    scene.drawDisk(diskDice);
    scene.drawContracts(contractDice);
    if (manner.skew == Manner::Skew::drawn) return;
    scene.skewMax = manner.skew == Manner::Skew::day ? 86'400'000 : 0;
    scene.clockJumps = false;
  }

  bool isOver() const { return !failure.empty(); }
  void fail(const std::string& what) {
    if (failure.empty()) failure = what;
  }
  bool isHeard() const { return tells || notes; }
  void tell(const std::string& who, const char* what) {
    if (notes) heard += (heard.empty() ? "" : ", ") + who + ' ' + what;
    if (tells) std::printf("%10.3f %s %s\n", agenda.now() - 1.7e12, who.c_str(), what);
  }

  Dice dice;
  // Of their own: a world with a disk goes as it would without until the disk speaks.
  Dice diskDice;
  Dice contractDice;
  Scene scene;
  Agenda agenda;
  History history;
  Report* report;
  bool tells;
  bool notes;
  std::string heard;  // Since somebody took it.
  bool isHealing = false;
  bool someoneDied = false;
  std::uint64_t values = 0;    // No two written values are equal.
  std::size_t tabs = 0;        // Ever opened, on all devices.
  std::string failure;
};

}  // namespace danji::sim
