#include "core/engine/engine.h"

#include <algorithm>
#include <cmath>

#include "core/base/limits.h"

namespace danji {
namespace {

Error errorOf(ErrorCode code, std::string detail) { return {code, std::move(detail)}; }

}  // namespace

Engine::Engine(std::string_view session, std::uint64_t seed)
    : realm_(session, seed),
      peer_(realm_, replicas_,
            [this](const Address& address) -> Replica& { return replicaFor(address); }),
      uplink_(realm_, replicas_, peer_),
      storage_(realm_, replicas_, peer_) {}

Replica& Engine::replicaFor(const Address& address) {
  if (const auto found = byAddress_.find(address.text); found != byAddress_.end()) {
    return replicas_[found->second];
  }
  const auto id = static_cast<SpaceId>(replicas_.size());
  Replica& replica = replicas_.emplace_back(id, address, realm_);
  byAddress_.emplace(address.text, id);
  if (replica.isShared()) replica.keepRecords(!peer_.isUnheard());
  if (realm_.hasStorage) replica.setDisk(Replica::Disk::unread);
  return replica;
}

Result<Slot> Engine::open(DefinitionId id, std::string_view addressText) {
  if (id >= realm_.definitions.size()) return errorOf(ErrorCode::notRegistered, "no such key");
  const auto place = byAddress_.find(addressText);
  Result<Address> address = place == byAddress_.end() ? Address::parse(addressText)
                                                      : replicas_[place->second].space().address();
  if (!address.ok()) return address.error();
  const Registration& registration = realm_.definitions.registration(id);
  const Definition& definition = registration.known->definition;
  if (definition.scope != address.value().scope || definition.plane != address.value().plane) {
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
  const bool isPlain = mayBePlain(*registration.known);
  const std::uint32_t history = historyLimits_[id];
  slots_.push_back({.replica = &replica,
                    .entry = entry,
                    .definition = id,
                    .known = registration.known,
                    .isPlain = isPlain,
                    .mayBeQuick = isPlain && history == 0 &&
                                  !registration.known->permissions.guardWrites(),
                    .isLasting = registration.known->contract.lasts(),
                    .told = nullptr});
  if (history > 0) replica.keepHistory(entry, history);
  replica.open(entry, registration.known);
  // The state may have been here before this page asked for it.
  const Entry& there = replica.space().entry(entry);
  const bool hasContract = there.isDefined() && !there.known->contract.version.empty();
  if (there.isWritten() || hasContract || replica.overlay().countOf(entry) > 0) {
    realm_.changes.touched.push_back({.space = replica.id(), .entry = entry, .before = Value(),
                                      .versionBefore = 0, .pendingBefore = 0,
                                      .choicesBefore = 0});
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

Status Engine::grant(NameId unit, std::string_view grants) {
  if (grants != "*" && !isGrants(grants)) {
    return errorOf(ErrorCode::invalidValue, "grants are ids with a colon between them");
  }
  realm_.grantsOfUnits[unit] = realm_.grants.intern(grants);
  return Done{};
}

// ---- Writes

bool Engine::decides(const Replica& replica) const {
  if (replica.isAwaitingDisk()) return false;
  return replica.isIn(Plane::tab) || (replica.isIn(Plane::device) && peer_.decides());
}

Outcome Engine::commitOne(const Write& write) {
  Outcome outcome;
  Drafts drafts;
  if (const Status status = add(drafts, write); !status.ok()) {
    outcome.code = status.error().code;
    return outcome;
  }
  outcome.code = check(drafts.list.front());
  if (outcome.code != ErrorCode::ok) return outcome;
  outcome.index = submit(std::move(drafts.list.front()));
  outcome.sequence = write.place.replica->lastSequence();
  expectSeen(drafts);
  return outcome;
}

// The caller takes what it wrote for what readers see: the drain speaks up only where they see
// something else, such as another session's op that waits on top.
void Engine::expectSeen(const Drafts& drafts) {
  for (Touched& touched : realm_.changes.touched) {
    const auto found = drafts.seen.find({touched.space, touched.entry});
    if (found != drafts.seen.end()) touched.before = found->second;
  }
}

// What a write is made from. Fields and sums differ from what readers see; other strategies ask
// who wrote last, and what is held has no author that others know.
Entry Engine::seenBy(const OpenSlot& place) const {
  const StrategyKind strategy = place.known->definition.strategy;
  const bool seesHeld = strategy == StrategyKind::merge || strategy == StrategyKind::sum;
  return seesHeld ? place.replica->shown(place.entry) : place.replica->expected(place.entry);
}

Result<Change> Engine::changeFor(const Write& write) const {
  const OpenSlot& place = write.place;
  const Entry& confirmed = place.replica->space().entry(place.entry);
  Result<Change> result = Change();
  if (!write.choices.empty()) {
    result = choose(write.value, write.choices);
  } else {
    const Intent intent{.kind = write.kind, .value = write.value, .definition = place.known};
    const bool isBare = place.isPlain || place.replica->overlay().countOf(place.entry) == 0;
    result = intendChange(isBare ? confirmed : seenBy(place), intent);
  }
  if (result.ok() && write.ifOwn) {
    const OpId own{.session = realm_.self, .sequence = *write.ifOwn};
    const Entry now = place.replica->expected(place.entry);
    if (!(now.writer() == own)) return errorOf(ErrorCode::stale, "somebody wrote over it");
    result.value().expectation = Expectation::writtenBy;
    result.value().expected = own;
  }
  if (!result.ok() || !write.ifVersion) return result;
  // Only what is decided has a version: what is pending is looked past.
  const bool isMet =
      *write.ifVersion == 0 ? !confirmed.value.isSet() : confirmed.version == *write.ifVersion;
  if (!isMet) return errorOf(ErrorCode::stale, "it is at version " +
                                                   std::to_string(confirmed.version));
  Change change = std::move(result.value());
  change.expectation = *write.ifVersion == 0 ? Expectation::absent : Expectation::writtenBy;
  if (*write.ifVersion != 0) change.expected = confirmed.writer();
  return change;
}

Status Engine::add(Drafts& drafts, const Write& write) const {
  Result<Change> change = changeFor(write);
  if (!change.ok()) return change.error();
  const OpenSlot& place = write.place;
  if (write.kind != Intent::Kind::add) {
    drafts.seen[{place.replica->id(), place.entry}] = shownAfter(*place.known, write.value);
  }
  change.value().entry = place.entry;
  change.value().fingerprint = place.known->fingerprint;
  change.value().definition = place.known;
  Draft& draft = addChange(drafts, *place.replica, write.unit, std::move(change.value()), false);
  draft.op.isHidden = draft.op.isHidden || write.isHidden;
  return Done{};
}

Draft& Engine::addChange(Drafts& drafts, Replica& replica, NameId unit, Change change,
                         bool split) const {
  std::vector<Draft>& list = drafts.list;
  auto draft = std::find_if(list.rbegin(), list.rend(), [&](const Draft& candidate) {
    return candidate.replica == &replica && candidate.op.unit == unit;
  });
  std::size_t bytes = changeBytes(change.value);
  for (const FieldChange& field : change.fields) {
    bytes += field.path.size() + field.value.text().size() + 4;
  }
  const bool isFull = split && draft != list.rend() && replica.isShared() &&
                      (draft->op.changes.size() >= kBatchChangesMax ||
                       draft->bytes + bytes > kBatchBytesMax);
  if (draft == list.rend() || isFull) {
    list.push_back({.replica = &replica,
                    .op = {.id = {}, .unit = unit, .createdMillis = realm_.nowMillis,
                           .observed = {}, .isHidden = false, .voids = false, .changes = {}},
                    .bytes = 0});
    draft = list.rbegin();
  }
  draft->bytes += bytes;
  if (guardOf(replica, change) != nullptr) draft->op.grants = realm_.grantsOf(unit);
  draft->op.observed =
      std::max(draft->op.observed, replica.space().entry(change.entry).stamp);
  draft->op.changes.push_back(std::move(change));
  return *draft;
}

// What can be refused before anything changes is refused here, in the call.
ErrorCode Engine::check(const Draft& draft) {
  const Replica& replica = *draft.replica;
  if (replica.isShared() &&
      (draft.op.changes.size() > kBatchChangesMax || draft.bytes > kBatchBytesMax)) {
    return ErrorCode::tooLarge;
  }
  const Grants grants = realm_.claimsOf(draft.op);
  const ErrorCode code = decides(replica)
                             ? peer_.authority().admit(replica.space(), draft.op, grants)
                             : checkFollowing(draft);
  if (code == ErrorCode::validation) noteMismatch(draft);
  return code;
}

Status Engine::checkAll(const Drafts& drafts) {
  for (const Draft& draft : drafts.list) {
    const ErrorCode code = check(draft);
    if (code == ErrorCode::validation) return errorOf(code, mismatch_);
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
  if (replica.mustWaitFor(draft.op)) {
    replica.addPending(std::move(draft.op));
    return 0;
  }
  if (replica.space().epoch() == 0) replica.beginEpoch(realm_.random.next());
  const Grants grants = realm_.claimsOf(draft.op);
  replica.apply(peer_.authority().decide(replica.space(), std::move(draft.op), grants,
                                         realm_.nowMillis));
  return replica.space().index();
}

void Engine::submitAll(Drafts drafts, ByteWriter& out) {
  out.varint(drafts.list.size());
  for (Draft& draft : drafts.list) {
    Replica& replica = *draft.replica;
    std::vector<EntryId> hidden;
    if (draft.op.isHidden) {
      for (const Change& change : draft.op.changes) hidden.push_back(change.entry);
    }
    const std::uint64_t index = submit(std::move(draft));
    for (const EntryId entry : hidden) {
      if (index == 0) drafts.seen.erase({replica.id(), entry});
    }
    out.varint(replica.id());
    out.varint(replica.lastSequence());
    out.varint(index);
  }
  expectSeen(drafts);
}

}  // namespace danji
