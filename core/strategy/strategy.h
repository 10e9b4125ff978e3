// Strategy: what an accepted op does to an entry, and what it would show before it is decided.
//
// Every replica calls fold() for each change of each accepted record, in log order. fold() is a
// pure function of its arguments: same entry, same change, same record, same result everywhere.
// preview() gives the value a reader sees while the change is still undecided.
//
// A strategy is one pair of files with these functions, named here in one switch; it is done
// when tests/core/strategy_laws_test.cpp lists it and is green.
#pragma once

#include "core/entry/entry.h"

namespace danji {

// The facts about a record that a fold may look at.
struct Decided {
  std::uint64_t index = 0;
  Stamp stamp;
  OpId id;
  NameId unit = 0;
};

// True when the entry's canonical state changed.
bool foldChange(Entry& entry, const Change& change, const Decided& decided);

// Applies an undecided change to a value that readers see.
void previewChange(Value& visible, bool written, const Change& change, StrategyKind strategy);

}  // namespace danji
