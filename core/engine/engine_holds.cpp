// Engine, what this tab keeps for itself: writes that wait for their author's word, and versions
// of the past.

#include "core/base/checksum.h"
#include "core/base/limits.h"
#include "core/engine/engine.h"

namespace danji {
namespace {

enum class HoldStep : std::uint8_t { begin = 1, submit = 2, drop = 3 };

Error unreadable() { return {ErrorCode::malformed, "a held write that can't be read"}; }

}  // namespace

Status Engine::hold(ByteView bytes, ByteWriter& out) {
  ByteReader in(bytes);
  switch (static_cast<HoldStep>(in.u8())) {
    case HoldStep::begin:
      return beginHold(in, out);
    case HoldStep::submit:
      return submitHeld(in, out);
    case HoldStep::drop: {
      const auto id = static_cast<HoldId>(in.bounded(0xffffffffu));
      const auto found = held_.find(id);
      if (!in.finished() || found == held_.end()) return unreadable();
      found->second.place.replica->release(id);
      held_.erase(found);
      return Done{};
    }
  }
  return unreadable();
}

Status Engine::beginHold(ByteReader& in, ByteWriter& out) {
  Write write;
  const bool isRead = readWrite(in, write) && in.finished();
  const bool isBareSet = write.kind == Intent::Kind::set && write.choices.empty() &&
                         !write.ifVersion && !write.ifOwn && !write.isHidden;
  if (!isRead || !isBareSet) return unreadable();
  Drafts drafts;
  if (const Status status = add(drafts, write); !status.ok()) return status;
  if (const Status status = checkAll(drafts); !status.ok()) return status;

  const HoldId id = ++realm_.lastHold;
  write.place.replica->hold(id, std::move(drafts.list.front().op));
  held_[id] = {.place = write.place, .unit = write.unit};
  expectSeen(drafts);
  out.varint(id);
  return Done{};
}

Status Engine::submitHeld(ByteReader& in, ByteWriter& out) {
  const auto id = static_cast<HoldId>(in.bounded(0xffffffffu));
  const Value value = decodeValue(in);
  const auto found = held_.find(id);
  if (!in.finished() || found == held_.end()) return unreadable();
  const OpenSlot place = found->second.place;
  const NameId unit = found->second.unit;
  held_.erase(found);
  std::optional<Overlay::HeldOp> op = place.replica->release(id);
  if (!op) return unreadable();

  Change change = std::move(op->pending.op.changes.front());
  if (value.isSet()) {
    // Made from what was seen at the call, like the value that it replaces: what others have
    // written since is none of its business.
    Result<Change> made = intendChange(op->held.seen, {.kind = Intent::Kind::set, .value = value,
                                                       .definition = place.known});
    if (!made.ok()) return made.error();
    made.value().entry = place.entry;
    made.value().fingerprint = place.known->fingerprint;
    made.value().definition = place.known;
    change = op->held.restOf(std::move(made.value()));
  }
  const bool isCovered = change.kind == ChangeKind::define;
  Drafts drafts;
  Draft& draft = addChange(drafts, *place.replica, unit, std::move(change), false);
  draft.op.observed = op->pending.op.observed;
  if (const Status status = checkAll(drafts); !status.ok()) return status;
  // What was held after it stays above it.
  place.replica->raiseHeld(id);
  submitAll(std::move(drafts), out);
  out.u8(isCovered ? 1 : 0);
  return Done{};
}

void Engine::history(Slot slot, ByteWriter& out) const {
  const OpenSlot& place = slots_[slot];
  const History* history = place.replica->historyOf(place.entry);
  out.u8(history != nullptr && history->isWhole() ? 1 : 0);
  out.varint(history == nullptr ? 0 : history->versions().size());
  if (history == nullptr) return;
  for (const History::Version& version : history->versions()) {
    out.f64(static_cast<double>(version.index));
    out.text(hex64(version.epoch));
    out.f64(version.stamp.millis());
    out.f64(static_cast<double>(version.id.sequence));
    out.text(hexOf(realm_.sessions.text(version.id.session)));
    out.text(realm_.units.text(version.unit));
    encode(out, version.value);
  }
}

}  // namespace danji
