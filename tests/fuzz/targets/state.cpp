// A state that is accepted has one encoding, and a space that adopts it has exactly this state.

#include "core/entry/state.h"

#include "core/space/space.h"
#include "tests/fuzz/claim.h"

DANJI_FUZZ_TARGET(state, bytes, size) {
  using namespace danji;
  const ByteView all(bytes, size);
  ByteReader in(all);
  const SpaceState state = decodeState(in);
  if (in.failed()) return 0;
  const ByteView read = all.first(size - in.remaining());
  fuzz::claim(fuzz::isSame(fuzz::encoded(state), read), "a state has one encoding");

  Names sessions;
  Names units;
  Definitions definitions;
  Space space(Address::parse(state.address).value(), sessions, units, definitions);
  space.entryOf("a key that was named before");
  space.adopt(state);
  fuzz::claim(fuzz::isSame(fuzz::encoded(space.state()), read), "what is adopted is what is had");
  fuzz::claim(space.index() == state.index && space.epoch() == state.epoch,
              "the space is where the state was");
  return 0;
}
