#include "core/engine/engine.h"

#include <algorithm>
#include <cmath>

#include "core/base/limits.h"

namespace danji {
namespace {

constexpr Slot kNoSlot = 0xffffffffu;

Error errorOf(ErrorCode code, std::string detail) { return {code, std::move(detail)}; }

}  // namespace

Engine::Engine(std::string_view session, std::uint64_t seed)
    : realm_(session, seed),
      peer_(realm_, replicas_,
            [this](const Address& address) -> Replica& { return replicaFor(address); }) {}

Result<DefinitionId> Engine::define(std::string_view key, const Definition& definition) {
  if (definition.scope == Scope::privateToUnit && definition.plane != Plane::tab) {
    return errorOf(ErrorCode::invalidDefinition, "a private state stays in its tab");
  }
  return realm_.definitions.registerKey(key, definition);
}

Replica& Engine::replicaFor(const Address& address) {
  if (const auto found = byAddress_.find(address.text); found != byAddress_.end()) {
    return replicas_[found->second];
  }
  const auto id = static_cast<SpaceId>(replicas_.size());
  Replica& replica = replicas_.emplace_back(id, address, realm_);
  byAddress_.emplace(address.text, id);
  if (replica.isShared()) replica.keepRecords(!peer_.isUnheard());
  return replica;
}

Result<Slot> Engine::open(DefinitionId id, std::string_view addressText) {
  if (id >= realm_.definitions.size()) return errorOf(ErrorCode::notRegistered, "no such key");
  const Result<Address> address = Address::parse(addressText);
  if (!address.ok()) return address.error();
  const Registration& registration = realm_.definitions.registration(id);
  if (registration.definition.scope != address.value().scope ||
      registration.definition.plane != address.value().plane) {
    return errorOf(ErrorCode::invalidDefinition,
                   "'" + registration.key + "' does not live in " + address.value().text);
  }
  Replica& replica = replicaFor(address.value());
  if (decides(replica) && replica.space().epoch() == 0) replica.beginEpoch(realm_.random.next());
  const EntryId entry = replica.space().entryOf(registration.key);
  if (slotOf_.size() <= replica.id()) slotOf_.resize(replica.id() + 1);
  std::vector<Slot>& slots = slotOf_[replica.id()];
  if (slots.size() <= entry) slots.resize(entry + 1, kNoSlot);
  if (slots[entry] != kNoSlot) return slots[entry];

  const auto slot = static_cast<Slot>(slots_.size());
  slots[entry] = slot;
  slots_.push_back(
      {.replica = &replica, .entry = entry, .fingerprint = registration.fingerprint});
  replica.open(entry, registration.fingerprint);
  // The state may have been here before this page asked for it.
  if (replica.space().entry(entry).isWritten() || replica.overlay().countOf(entry) > 0) {
    realm_.changes.touched.push_back({.space = replica.id(), .entry = entry, .before = Value(),
                                      .versionBefore = 0, .pendingBefore = 0});
  }
  peer_.opened(replica);
  return slot;
}

Result<NameId> Engine::unit(std::string_view name) {
  if (!isId(name)) {
    return errorOf(ErrorCode::invalidId, "a unit id has 1 to 64 of A-Z a-z 0-9 . _ -");
  }
  return realm_.units.intern(name);
}

// ---- Writes

bool Engine::decides(const Replica& replica) const {
  return !replica.isShared() || peer_.decides();
}

Outcome Engine::commitOne(Slot id, NameId unit, Change change) {
  std::vector<Draft> drafts;
  Replica& replica = *slots_[id].replica;
  addChange(drafts, replica, unit, std::move(change), false);
  Outcome outcome;
  outcome.code = check(drafts.front());
  if (outcome.code != ErrorCode::ok) return outcome;
  const Written written = writtenBy(drafts);
  outcome.index = submit(std::move(drafts.front()));
  outcome.sequence = replica.lastSequence();
  expectSeen(written);
  return outcome;
}

Engine::Written Engine::writtenBy(const std::vector<Draft>& drafts) {
  Written written;
  for (const Draft& draft : drafts) {
    for (const Change& change : draft.op.changes) {
      written[{draft.replica->id(), change.entry}] = change.value;
    }
  }
  return written;
}

// The caller takes what it wrote for what readers see: the drain speaks up only where they see
// something else, such as another session's op that waits on top.
void Engine::expectSeen(const Written& written) {
  for (Touched& touched : realm_.changes.touched) {
    const auto found = written.find({touched.space, touched.entry});
    if (found != written.end()) touched.before = found->second;
  }
}

void Engine::addChange(std::vector<Draft>& drafts, Replica& replica, NameId unit, Change change,
                       bool split) const {
  auto draft = std::find_if(drafts.rbegin(), drafts.rend(),
                            [&](const Draft& candidate) {
                              return candidate.replica == &replica && candidate.op.unit == unit;
                            });
  const std::size_t bytes = change.value.text().size() + 16;
  const bool isFull = split && draft != drafts.rend() && replica.isShared() &&
                      (draft->op.changes.size() >= kBatchChangesMax ||
                       draft->bytes + bytes > kBatchBytesMax);
  if (draft == drafts.rend() || isFull) {
    drafts.push_back({.replica = &replica,
                      .op = {.id = {}, .unit = unit, .createdMillis = realm_.nowMillis,
                             .observed = {}, .voids = false, .changes = {}},
                      .bytes = 0});
    draft = drafts.rbegin();
  }
  draft->bytes += bytes;
  draft->op.observed =
      std::max(draft->op.observed, replica.space().entry(change.entry).stamp);
  draft->op.changes.push_back(std::move(change));
}

// What can be refused before anything changes is refused here, in the call.
ErrorCode Engine::check(const Draft& draft) const {
  const Replica& replica = *draft.replica;
  if (replica.isShared() &&
      (draft.op.changes.size() > kBatchChangesMax || draft.bytes > kBatchBytesMax)) {
    return ErrorCode::tooLarge;
  }
  if (decides(replica)) return peer_.authority().admit(replica.space(), draft.op);
  if (replica.overlay().size() >= kPendingOpsMax) return ErrorCode::outboxFull;
  for (const Change& change : draft.op.changes) {
    const Entry& entry = replica.space().entry(change.entry);
    if (entry.isDefined() && entry.fingerprint != change.fingerprint) {
      return ErrorCode::definitionClash;
    }
  }
  return ErrorCode::ok;
}

Status Engine::checkAll(const std::vector<Draft>& drafts) const {
  for (const Draft& draft : drafts) {
    const ErrorCode code = check(draft);
    if (code != ErrorCode::ok) {
      return errorOf(code, "refused in " + draft.replica->space().address().text);
    }
  }
  return Done{};
}

std::uint64_t Engine::submit(Draft draft) {
  Replica& replica = *draft.replica;
  draft.op.id = {.session = realm_.self, .sequence = replica.nextSequence()};
  if (replica.isShared()) return peer_.submit(replica, std::move(draft.op));
  if (replica.space().epoch() == 0) replica.beginEpoch(realm_.random.next());
  replica.apply(peer_.authority().decide(replica.space(), std::move(draft.op), realm_.nowMillis));
  return replica.space().index();
}

void Engine::submitAll(std::vector<Draft> drafts, ByteWriter& out) {
  out.varint(drafts.size());
  for (Draft& draft : drafts) {
    Replica& replica = *draft.replica;
    const std::uint64_t index = submit(std::move(draft));
    out.varint(replica.id());
    out.varint(replica.lastSequence());
    out.varint(index);
  }
}

Status Engine::commit(ByteView batch, ByteWriter& out) {
  ByteReader in(batch);
  const std::size_t count = in.count(3);
  std::vector<Draft> drafts;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const std::uint64_t slot = in.varint();
    const auto unit = static_cast<NameId>(in.bounded(0xffffffffu));
    const std::uint8_t kind = in.u8();
    if (slot >= slots_.size() || !knowsUnit(unit) || (kind != 1 && kind != 2)) {
      in.fail();
      break;
    }
    const OpenSlot& place = slots_[static_cast<std::size_t>(slot)];
    Change change{.kind = kind == 1 ? ChangeKind::set : ChangeKind::unset,
                  .entry = place.entry,
                  .fingerprint = place.fingerprint,
                  .value = kind == 1 ? decodeValue(in) : Value(),
                  .definition = std::nullopt};
    addChange(drafts, *place.replica, unit, std::move(change), false);
  }
  if (!in.finished()) {
    return errorOf(ErrorCode::malformed, "a batch that can't be read");
  }
  if (Status status = checkAll(drafts); !status.ok()) return status;
  const Written written = writtenBy(drafts);
  submitAll(std::move(drafts), out);
  expectSeen(written);
  return Done{};
}

}  // namespace danji
