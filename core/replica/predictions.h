// Predictions: entries as readers see them, the confirmed ones with the pending ops folded over
// them in the overlay's order.
//
// A page that was away for long may have thousands of ops over one entry. What was folded last is
// kept together with all that it came from, so that one more op on top costs one fold.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/entry/definitions.h"
#include "core/entry/entry.h"
#include "core/replica/overlay.h"
#include "core/space/space.h"

namespace danji {

class Predictions {
 public:
  Predictions(const Space& space, const Overlay& overlay, const Definitions& definitions)
      : space_(&space), overlay_(&overlay), definitions_(&definitions) {}

  // `seesHeld`: with what waits for a word from elsewhere, as readers of this tab see it.
  Entry of(EntryId id, bool seesHeld);

 private:
  // While all of it is the same, so is what was folded, but for layers that came on top.
  struct Ground {
    EntryId entry = 0;
    std::uint64_t epoch = 0;
    std::uint64_t index = 0;
    std::uint64_t revision = 0;
    std::uint64_t reshaped = 0;
    std::size_t definitions = 0;
    bool operator==(const Ground&) const = default;
  };
  // An entry with the first so many layers over it.
  struct Fold {
    Entry entry;
    std::size_t layers = 0;
    std::uint64_t index = 0;
  };
  void add(const Overlay::Layer& layer, Fold& fold) const;

  const Space* space_;
  const Overlay* overlay_;
  const Definitions* definitions_;
  Ground ground_;
  Fold kept_;
};

}  // namespace danji
