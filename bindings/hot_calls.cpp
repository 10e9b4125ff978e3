// Door two: the calls that run for every write.

#include "bindings/boundary.h"

namespace danji::bindings {
namespace {

// Tells the glue that this value's text is wanted at once; not an error, so not an ErrorCode.
constexpr std::uint32_t kNeedsText = 255;
// Added to a code when memory has grown, so that the glue renews its views of it. Asking the
// memory object after every set would cost more than the set.
constexpr std::uint32_t kGrew = 256;

std::uint32_t grew() {
#ifdef __wasm__
  static std::size_t pagesKnown = 0;
  const std::size_t pages = __builtin_wasm_memory_size(0);
  if (pages != pagesKnown) {
    pagesKnown = pages;
    return kGrew;
  }
#endif
  return 0;
}

std::uint32_t report(const Outcome& outcome) {
  Boundary& shared = boundary();
  shared.status[0] = static_cast<double>(outcome.index);
  shared.status[1] = static_cast<double>(outcome.sequence);
  if (outcome.code == ErrorCode::validation) shared.detail = engine().mismatch();
  if (outcome.needsText) return kNeedsText + grew();
  return finish(outcome.code) + grew();
}

Value valueOf(Value::Kind kind, ByteView text) {
  switch (kind) {
    case Value::Kind::null:
      return Value::null();
    case Value::Kind::falseValue:
      return Value::boolean(false);
    case Value::Kind::trueValue:
      return Value::boolean(true);
    default:
      return Value::json(std::string(asText(text)));
  }
}

}  // namespace

DANJI_EXPORT(danji_clock) void danji_clock(double nowMillis) { engine().setClock(nowMillis); }

DANJI_EXPORT(danji_setNumber)
std::uint32_t danji_setNumber(Slot slot, NameId unit, double number) {
  return report(engine().setNumber(slot, unit, number));
}

// `kind` is a Value::Kind; the text of kind 6 is `length` bytes of the input.
DANJI_EXPORT(danji_set)
std::uint32_t danji_set(Slot slot, NameId unit, std::uint32_t kind, std::uint32_t length) {
  switch (static_cast<Value::Kind>(kind)) {
    case Value::Kind::unset:
      return report(engine().unset(slot, unit));
    case Value::Kind::deferred:
      return report(engine().touch(slot, unit));
    default:
      return report(
          engine().set(slot, unit, valueOf(static_cast<Value::Kind>(kind), input(length))));
  }
}

// The text of a value that was set as deferred.
DANJI_EXPORT(danji_fill) void danji_fill(Slot slot, std::uint32_t length) {
  engine().fill(slot, Value::json(std::string(asText(input(length)))));
}

DANJI_EXPORT(danji_commit) std::uint32_t danji_commit(std::uint32_t length) {
  boundary().output.clear();
  return finish(engine().commit(input(length), boundary().output));
}

DANJI_EXPORT(danji_hold) std::uint32_t danji_hold(std::uint32_t length) {
  boundary().output.clear();
  return finish(engine().hold(input(length), boundary().output));
}

DANJI_EXPORT(danji_drain) void danji_drain() {
  boundary().output.clear();
  engine().drain(boundary().output);
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_receive) void danji_receive(std::uint32_t length) {
  engine().peer().receive(input(length));
  finish(ErrorCode::ok);
}

// Frames to post.
DANJI_EXPORT(danji_flush) void danji_flush() {
  writeFrames(engine().peer().flush());
  finish(ErrorCode::ok);
}

}  // namespace danji::bindings
