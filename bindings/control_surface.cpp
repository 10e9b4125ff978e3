// Door one: everything that is called now and then.

#include "bindings/boundary.h"

namespace danji::bindings {

Boundary& boundary() {
  static Boundary shared;
  return shared;
}

std::uint32_t finish(ErrorCode code) {
  Boundary& shared = boundary();
  const Peer& peer = shared.engine->peer();
  shared.status[2] = (shared.engine->hasChanges() ? 1 : 0) + (peer.mayHaveFrames() ? 2 : 0) +
                     (peer.hasWishes() ? 4 : 0) + (shared.engine->storage().mayWant() ? 8 : 0);
  shared.status[3] = std::min(peer.deadline(), shared.engine->storage().deadline());
  return static_cast<std::uint32_t>(code);
}

void writeFrames(const std::vector<Bytes>& frames) {
  ByteWriter& out = boundary().output;
  out.clear();
  out.varint(frames.size());
  for (const Bytes& frame : frames) {
    out.u32(static_cast<std::uint32_t>(frame.size()));
    out.raw(frame);
  }
}

std::uint32_t finish(const Status& status) {
  if (status.ok()) return finish(ErrorCode::ok);
  boundary().detail = status.error().detail;
  return finish(status.error().code);
}

// Input: session (16 bytes), seed u64. `keepsJournal`: a test's wish.
DANJI_EXPORT(danji_create) void danji_create(std::uint32_t keepsJournal) {
  ByteReader in(boundary().input);
  const std::string session(asText(in.raw(16)));
  boundary().engine = std::make_unique<Engine>(session, in.u64());
  if (keepsJournal != 0) engine().keepJournal();
}

// Room for `length` bytes of input; valid until the next call of this function.
DANJI_EXPORT(danji_reserve) std::uint8_t* danji_reserve(std::uint32_t length) {
  Bytes& bytes = boundary().input;
  if (bytes.size() < length) bytes.resize(length);
  return bytes.data();
}

DANJI_EXPORT(danji_output) const std::uint8_t* danji_output() {
  return boundary().output.view().data();
}

DANJI_EXPORT(danji_outputLength) std::uint32_t danji_outputLength() {
  return static_cast<std::uint32_t>(boundary().output.size());
}

DANJI_EXPORT(danji_status) const double* danji_status() { return boundary().status; }

// What was wrong, for people: text in the output.
DANJI_EXPORT(danji_detail) void danji_detail() {
  boundary().output.clear();
  boundary().output.raw(boundary().detail);
}

// Input: key text, the definition with its contract, and behind a schema the default, if it is to
// be looked at (else unset). The id is in status[0].
DANJI_EXPORT(danji_define)
std::uint32_t danji_define(std::uint32_t length, std::uint32_t history) {
  ByteReader in(input(length));
  const std::string key(in.text(length));
  Contract contract;
  const Definition definition = decodeDefinition(in, contract);
  const Value standard = contract.schema.empty() ? Value() : decodeValue(in);
  if (!in.finished()) {
    return finish(Status(Error{ErrorCode::invalidDefinition, "unknown scope or strategy"}));
  }
  const Result<DefinitionId> id =
      engine().define(key, definition, contract, history, standard);
  if (!id.ok()) return finish(Status(id.error()));
  boundary().status[0] = id.value();
  return finish(ErrorCode::ok);
}

// Input: an address. The slot is in status[0], the space in status[1].
DANJI_EXPORT(danji_open)
std::uint32_t danji_open(std::uint32_t definition, std::uint32_t length) {
  const Result<Slot> slot = engine().open(definition, asText(input(length)));
  if (!slot.ok()) return finish(Status(slot.error()));
  boundary().status[0] = slot.value();
  boundary().status[1] = engine().spaceOf(slot.value());
  return finish(ErrorCode::ok);
}

// Input: a unit's name text, [what it may call itself, text]. Its number is in status[0].
DANJI_EXPORT(danji_unit) std::uint32_t danji_unit(std::uint32_t length) {
  ByteReader in(input(length));
  const Result<NameId> unit = engine().unit(in.text(length));
  if (!unit.ok()) return finish(Status(unit.error()));
  boundary().status[0] = unit.value();
  if (in.finished()) return finish(ErrorCode::ok);
  return finish(engine().grant(unit.value(), in.text(length)));
}

DANJI_EXPORT(danji_unitName) void danji_unitName(std::uint32_t unit) {
  boundary().output.clear();
  if (engine().knowsUnit(unit)) boundary().output.raw(engine().unitName(unit));
}

// What happened to this tab: the numbers are js/src/bridge.ts's `Signal`.
DANJI_EXPORT(danji_signal) void danji_signal(std::uint32_t signal) {
  Peer& peer = engine().peer();
  switch (signal) {
    case 0:
      peer.join();
      break;
    case 1:
      peer.lockGranted();
      break;
    case 2:
      peer.lockLost();
      break;
    case 3:
      peer.tick();
      engine().storage().tick();
      break;
    case 4:
      peer.suspend();
      break;
    case 5:
      peer.resume();
      break;
    case 6:
      peer.leave();
      break;
    case 7:
      peer.setVisible(true);
      break;
    case 8:
      peer.setVisible(false);
      break;
    default:
      break;
  }
  finish(ErrorCode::ok);
}

// Input: the sessions whose lock is held, 16 bytes each.
DANJI_EXPORT(danji_sessions) void danji_sessions(std::uint32_t length) {
  std::vector<std::string> sessions;
  ByteReader in(input(length));
  while (in.remaining() >= 16) sessions.emplace_back(asText(in.raw(16)));
  engine().peer().sessionsFound(sessions);
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_wishes) std::uint32_t danji_wishes() {
  const std::uint32_t wishes = engine().peer().takeWishes();
  finish(ErrorCode::ok);
  return wishes;
}

// Input: a container event as core/wire/messages.h writes it.
DANJI_EXPORT(danji_emit) std::uint32_t danji_emit(std::uint32_t length) {
  ByteReader in(input(length));
  const Event event = decodeEvent(in);
  if (!in.finished()) {
    return finish(Status(Error{ErrorCode::invalidValue, "an event that can't be sent"}));
  }
  engine().peer().sendEvent(event);
  return finish(ErrorCode::ok);
}

// What became of the connection to the server: the numbers are js/src/bridge.ts's `UplinkSignal`.
DANJI_EXPORT(danji_uplink) void danji_uplink(std::uint32_t signal) {
  Uplink& uplink = engine().uplink();
  if (signal == 0) uplink.connected();
  if (signal == 1) uplink.disconnected();
  if (signal == 2) uplink.tick();
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_uplinkReceive) void danji_uplinkReceive(std::uint32_t length) {
  engine().uplink().receive(input(length));
  finish(ErrorCode::ok);
}

// Frames for the server, as of danji_flush. status[0]: 1 it wants a connection, 2 it is online;
// status[1]: when the next tick is due.
DANJI_EXPORT(danji_uplinkFlush) void danji_uplinkFlush() {
  Uplink& uplink = engine().uplink();
  writeFrames(uplink.flush());
  boundary().status[0] = (uplink.wantsConnection() ? 1 : 0) + (uplink.isOnline() ? 2 : 0);
  boundary().status[1] = uplink.deadline();
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_snapshot) std::uint32_t danji_snapshot(std::uint32_t length) {
  boundary().output.clear();
  return finish(engine().snapshot(input(length), boundary().output));
}

DANJI_EXPORT(danji_entries) std::uint32_t danji_entries(std::uint32_t length) {
  boundary().output.clear();
  return finish(engine().entries(input(length), boundary().output));
}

DANJI_EXPORT(danji_outdated) std::uint32_t danji_outdated(std::uint32_t length) {
  boundary().output.clear();
  return finish(engine().outdated(input(length), boundary().output));
}

// The input is the snapshot, and after its `length` bytes what was renewed.
DANJI_EXPORT(danji_restore)
std::uint32_t danji_restore(std::uint32_t length, std::uint32_t rest, std::uint32_t mode,
                            NameId unit) {
  boundary().output.clear();
  const RestoreMode chosen = mode == 1 ? RestoreMode::replace : RestoreMode::merge;
  const ByteView snapshot = input(length);
  const ByteView renewed = input(length + rest).subspan(length);
  return finish(engine().restore(snapshot, chosen, unit, boundary().output, renewed));
}

DANJI_EXPORT(danji_history) void danji_history(Slot slot) {
  boundary().output.clear();
  if (engine().knowsSlot(slot)) engine().history(slot, boundary().output);
}

DANJI_EXPORT(danji_inspect) void danji_inspect() {
  boundary().output.clear();
  boundary().output.raw(engine().inspect());
}

DANJI_EXPORT(danji_outbox) void danji_outbox() {
  boundary().output.clear();
  engine().outbox(boundary().output);
}

// Input: an undecided op's address text, session (16 bytes) and number, varint.
DANJI_EXPORT(danji_withdraw) std::uint32_t danji_withdraw(std::uint32_t length) {
  ByteReader in(input(length));
  const std::string_view address = in.text(length);
  const std::string_view session = asText(in.raw(16));
  const std::uint64_t sequence = in.varint();
  if (!in.finished()) return finish(Status(Error{ErrorCode::invalidValue, "no op's id"}));
  return finish(engine().withdraw(address, session, sequence));
}

DANJI_EXPORT(danji_digest) void danji_digest(SpaceId space) {
  boundary().output.clear();
  if (space < engine().spaceCount()) boundary().output.raw(engine().digest(space));
}

DANJI_EXPORT(danji_journal) void danji_journal() {
  boundary().output.clear();
  engine().journal(boundary().output);
}

}  // namespace danji::bindings
