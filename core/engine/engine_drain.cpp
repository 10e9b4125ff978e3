// Engine, what the glue is told: the drain, and texts for panels and tests.
//
//   drained  := item* 0
//   item     := 1 slot u32, flags u8, version f64, millis f64, pending u32, unit u32,
//                 author u8, [value]          flags 1: what readers see changed; value follows
//             | 2 space u32, sequence f64, code u8, index f64, superseded u8
//                                                                      an own op is decided
//             | 3 slot u32                                             its definition clashes
//             | 4 scope u8, apartment text, building text, unit text, name text, json text
//             | 5                                                      role, leader or peers
//             | 6 space u32, epoch text                                the log epoch, 16 digits
//             | 7 slot u32, count u8, choice*                          values to choose from
//             | 8 slot u32, author u8, unit u32, byUnit u32, value     was written over unseen
//             | 9 space u32, sequence f64, sequence f64                an own op got another number
//             | 10 slot u32, version text              the schema version that its value is under
//             | 11 space u32, sequence f64, unit u32, count u32, (slot u32, kind u8, value)*
//                                                    before its refusal: what an op had written
//             | 12 space u32, index f64            all that was decided up to it is on the disk
//             | 13 space u32, sequence f64              so is the undecided op of that number
//             | 14 code u8                              how the disk fares now; 0: well
//             | 15                                      what waits in outbox(), or was sent
//   choice   := session (16 bytes), sequence f64, version f64, millis f64, unit u32, value
//   author   := 0 nobody | 1 this session | 2 another

#include <algorithm>

#include "core/base/checksum.h"
#include "core/base/limits.h"
#include "core/base/sort.h"
#include "core/engine/engine.h"

namespace danji {
namespace {

// Own writes that are not decided, held ones included.
struct Waiting {
  std::size_t count = 0;
  std::uint64_t millis = 0;  // So long the oldest.

  void add(const Op& op, double nowMillis) {
    if (!op.writes()) return;
    const double age = std::max(0.0, nowMillis - op.createdMillis);
    millis = std::max(millis, static_cast<std::uint64_t>(age));
    ++count;
  }
};

}  // namespace

Slot Engine::slotFor(SpaceId space, EntryId entry) const {
  if (space >= slotOf_.size() || entry >= slotOf_[space].size()) return kNoSlot;
  return slotOf_[space][entry];
}

void Engine::drainEntry(ByteWriter& out, const Touched& touched) {
  const Slot slot = slotFor(touched.space, touched.entry);
  if (slot == kNoSlot) return;
  const Replica& replica = replicas_[touched.space];
  const std::uint32_t pending = replica.overlay().countOf(touched.entry);
  const Entry& entry = replica.space().entry(touched.entry);
  const bool mayChoose = slots_[slot].known->definition.strategy == StrategyKind::userResolve;
  const Entry shown = pending > 0 || mayChoose ? replica.shown(touched.entry) : Entry();
  const Entry choosable = mayChoose ? replica.expected(touched.entry) : Entry();
  drainContract(out, slot, pending > 0 || mayChoose ? shown.known : entry.known);
  const Value& visible = pending > 0 || mayChoose ? shown.value : entry.value;
  if (mayChoose && (touched.choicesBefore > 1 || choosable.parts.size() > 1)) {
    drainChoices(out, slot, choosable);
  }
  const bool isVisible = !(visible == touched.before);
  if (!isVisible && entry.version == touched.versionBefore && pending == touched.pendingBefore) {
    return;
  }
  std::uint8_t author = 0;
  if (entry.isWritten()) author = entry.session == realm_.self ? 1 : 2;
  out.u8(1);
  out.u32(slot);
  out.u8(isVisible ? 1 : 0);
  out.f64(static_cast<double>(entry.version));
  out.f64(entry.stamp.millis());
  out.u32(pending);
  out.u32(entry.unit);
  out.u8(author);
  if (isVisible) encode(out, visible);
}

// All values when there are several, none when there is nothing to choose any more.
void Engine::drainChoices(ByteWriter& out, Slot slot, const Entry& shown) const {
  const std::size_t count = shown.parts.size() > 1 ? shown.parts.size() : 0;
  out.u8(7);
  out.u32(slot);
  out.u8(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const Part& part = shown.parts[i];
    out.raw(realm_.sessions.text(part.id.session));
    out.f64(static_cast<double>(part.id.sequence));
    out.f64(static_cast<double>(part.version));
    out.f64(part.stamp.ticks == kStampTicksMax ? realm_.nowMillis : part.stamp.millis());
    out.u32(part.unit);
    encode(out, part.value);
  }
}

void Engine::drainOverwritten(ByteWriter& out, const Overwritten& overwritten) const {
  const Slot slot = slotFor(overwritten.space, overwritten.entry);
  if (slot == kNoSlot) return;
  out.u8(8);
  out.u32(slot);
  out.u8(overwritten.session == realm_.self ? 1 : 2);
  out.u32(overwritten.unit);
  out.u32(overwritten.byUnit);
  encode(out, overwritten.value);
}

// Fields are given as the object that they make by themselves.
void Engine::drainReturned(ByteWriter& out, const Returned& returned) const {
  const std::vector<Change>& changes = returned.op.changes;
  out.u8(11);
  out.u32(returned.space);
  out.f64(static_cast<double>(returned.op.id.sequence));
  out.u32(returned.op.unit);
  out.u32(static_cast<std::uint32_t>(changes.size()));
  for (const Change& change : changes) {
    Parts parts;
    for (const FieldChange& field : change.fields) {
      parts.push_back({.path = field.path, .value = field.value});
    }
    sort(parts, comesBefore);
    out.u32(slotFor(returned.space, change.entry));
    out.u8(static_cast<std::uint8_t>(change.kind));
    encode(out, parts.empty() ? change.value : shownBy(StrategyKind::merge, parts, Rules()));
  }
}

void Engine::drain(ByteWriter& out) {
  Changes changes = std::move(realm_.changes);
  realm_.changes = {};
  for (const SpaceId space : changes.epochs) {
    out.u8(6);
    out.u32(space);
    out.text(hex64(replicas_[space].space().epoch()));
  }
  for (const Overwritten& overwritten : changes.overwritten) drainOverwritten(out, overwritten);
  for (const Touched& touched : changes.touched) {
    replicas_[touched.space].forgetTouched(touched.entry);
    drainEntry(out, touched);
  }
  for (const Renumbered& op : changes.renumbered) {
    out.u8(9);
    out.u32(op.space);
    out.f64(static_cast<double>(op.before));
    out.f64(static_cast<double>(op.now));
  }
  for (const Returned& returned : changes.returned) drainReturned(out, returned);
  for (const Decision& decision : changes.decisions) {
    out.u8(2);
    out.u32(decision.space);
    out.f64(static_cast<double>(decision.sequence));
    out.u8(static_cast<std::uint8_t>(decision.code));
    out.f64(static_cast<double>(decision.index));
    out.u8(decision.isSuperseded ? 1 : 0);
  }
  for (const Saved& saved : changes.saved) {
    out.u8(saved.sequence == 0 ? 12 : 13);
    out.u32(saved.space);
    out.f64(static_cast<double>(saved.sequence == 0 ? saved.index : saved.sequence));
  }
  if (changes.storage) {
    out.u8(14);
    out.u8(static_cast<std::uint8_t>(*changes.storage));
  }
  for (const Clash& clash : changes.clashes) {
    const Slot slot = slotFor(clash.space, clash.entry);
    if (slot == kNoSlot) continue;
    out.u8(3);
    out.u32(slot);
  }
  for (const Event& event : changes.events) {
    out.u8(4);
    out.u8(static_cast<std::uint8_t>(event.scope));
    out.text(event.apartment);
    out.text(event.building);
    out.text(event.unit);
    out.text(event.name);
    out.text(event.json);
  }
  if (changes.tabs) out.u8(5);
  if (changes.outbox) out.u8(15);
  out.u8(0);
}

void Engine::outbox(ByteWriter& out) const {
  for (const Replica& replica : replicas_) {
    if (!replica.isShared()) continue;
    for (const auto& [session, ops] : replica.overlay().sessions()) {
      const bool isHere = session == realm_.self;
      const bool isElsewhere = !isHere && peer_.peers().contains(session);
      for (const auto& [sequence, pending] : ops) {
        const Op& op = pending.op;
        if (!op.writes() && !op.withdraws()) continue;
        const int whose = isHere ? 1 : isElsewhere ? 2 : 3;
        out.u8(static_cast<std::uint8_t>(whose + (op.withdraws() ? 4 : 0)));
        out.text(replica.space().address().text);
        out.text(hexOf(realm_.sessions.text(session)));
        out.f64(static_cast<double>(sequence));
        out.text(realm_.units.text(op.unit));
        out.f64(op.createdMillis);
        out.u32(pending.sends);
        out.varint(op.changes.size());
        for (const Change& change : op.changes) out.text(replica.space().entry(change.entry).key);
      }
    }
  }
  out.u8(0);
}

Status Engine::withdraw(std::string_view address, std::string_view session,
                        std::uint64_t sequence) {
  const auto place = byAddress_.find(address);
  if (place == byAddress_.end()) return Status(Error{ErrorCode::stale, "nothing waits there"});
  const OpId id{.session = realm_.sessions.intern(session), .sequence = sequence};
  const ErrorCode code = peer_.withdraw(replicas_[place->second], id);
  if (code == ErrorCode::stale) return Status(Error{code, "it does not wait any more"});
  if (code != ErrorCode::ok) {
    return Status(Error{code, "the tab that wrote it is open: discard it there"});
  }
  storage_.renew(place->second, id);
  return Done{};
}

std::string Engine::digest(SpaceId space) const {
  return digestOf(replicas_[space].space().state()).hex();
}

void Engine::journal(ByteWriter& out) const {
  for (const Replica& replica : replicas_) {
    out.text(replica.space().address().text);
    out.u32(static_cast<std::uint32_t>(replica.journal().size()));
    out.raw(replica.journal().view());
  }
}

std::string Engine::inspect() const {
  const auto quoted = [](const std::string& text) { return "\"" + text + "\""; };
  const auto session = [&](NameId id) { return quoted(hexOf(realm_.sessions.text(id))); };
  std::string text = "{\"session\":" + session(realm_.self);
  text += ",\"role\":" + quoted(roleName(peer_.role()));
  text += ",\"leader\":" + (peer_.knowsLeader() ? session(peer_.leader()) : "null");
  text += ",\"leaderEpoch\":" + std::to_string(peer_.leaderEpoch());
  text += ",\"undecided\":" + std::to_string(realm_.ownPending);
  Waiting waiting;
  for (const Replica& replica : replicas_) {
    for (const auto& [id, held] : replica.overlay().held()) {
      waiting.add(held.pending.op, realm_.nowMillis);
    }
    const Overlay::Session* own = replica.overlay().of(realm_.self);
    if (own == nullptr) continue;
    for (const auto& [sequence, pending] : *own) waiting.add(pending.op, realm_.nowMillis);
  }
  text += ",\"waiting\":" + std::to_string(waiting.count);
  text += ",\"oldestMillis\":" + std::to_string(waiting.millis);
  text += ",\"peers\":[";
  bool isFirst = true;
  for (const auto& [peer, heard] : peer_.peers()) {
    if (!isFirst) text += ",";
    text += session(peer);
    isFirst = false;
  }
  text += "],\"refused\":{";
  isFirst = true;
  for (const auto& [code, count] : peer_.refused()) {
    if (!isFirst) text += ",";
    text += quoted(errorName(code)) + ":" + std::to_string(count);
    isFirst = false;
  }
  text += "},\"spaces\":[";
  isFirst = true;
  for (const Replica& replica : replicas_) {
    const Space& space = replica.space();
    text += isFirst ? "{" : ",{";
    text += "\"address\":" + quoted(space.address().text);
    text += ",\"epoch\":" + quoted(hex64(space.epoch()));
    text += ",\"index\":" + std::to_string(space.index());
    text += ",\"pending\":" + std::to_string(replica.overlay().size()) + "}";
    isFirst = false;
  }
  return text + "]}";
}

}  // namespace danji
