// Engine, snapshots: taking one, and bringing one back as ops of the caller.
//
//   snapshot := frame of type `snapshot` around: count varint, state*
//
// A snapshot holds what is confirmed. Floors are left out: they belong to the log, not to the
// values, and a restored value is a new write with a new version.

#include <algorithm>
#include <map>

#include "core/base/checksum.h"
#include "core/base/limits.h"
#include "core/base/sort.h"
#include "core/engine/engine.h"

namespace danji {

bool Engine::Filter::wants(const std::string& address) const {
  return addresses.empty() ||
         std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

bool Engine::Filter::wantsKey(const std::string& key) const {
  return keys.empty() || std::find(keys.begin(), keys.end(), key) != keys.end();
}

Result<Engine::Filter> Engine::readFilter(ByteView bytes) {
  ByteReader in(bytes);
  Filter filter;
  const std::size_t addresses = in.count(1);
  for (std::size_t i = 0; i < addresses; ++i) {
    filter.addresses.emplace_back(in.text(kAddressBytesMax));
  }
  const std::size_t keys = in.count(1);
  for (std::size_t i = 0; i < keys; ++i) filter.keys.emplace_back(in.text(kKeyBytesMax));
  if (!in.finished()) return Error{ErrorCode::malformed, "a filter that can't be read"};
  return filter;
}

Status Engine::snapshot(ByteView filterBytes, ByteWriter& out) const {
  const Result<Filter> filter = readFilter(filterBytes);
  if (!filter.ok()) return filter.error();
  std::vector<SpaceState> states;
  for (const Replica& replica : replicas_) {
    if (!filter.value().wants(replica.space().address().text)) continue;
    SpaceState state = replica.space().state();
    state.floors.clear();
    state.rejections.clear();
    for (EntryState& entry : state.entries) entry.included.clear();
    std::erase_if(state.entries, [&](const EntryState& entry) {
      return entry.version == 0 || !filter.value().wantsKey(entry.key);
    });
    if (!state.entries.empty()) states.push_back(std::move(state));
  }
  sort(states, [](const auto& a, const auto& b) { return a.address < b.address; });
  ByteWriter body;
  body.varint(states.size());
  for (const SpaceState& state : states) encode(body, state);
  out.raw(sealFrame(FrameType::snapshot, body.view()));
  return Done{};
}

Status Engine::entries(ByteView filterBytes, ByteWriter& out) const {
  const Result<Filter> filter = readFilter(filterBytes);
  if (!filter.ok()) return filter.error();
  ByteWriter rows;
  std::size_t count = 0;
  for (const Replica& replica : replicas_) {
    const std::string& address = replica.space().address().text;
    if (!filter.value().wants(address)) continue;
    for (const EntryState& entry : replica.space().state().entries) {
      if (!entry.value.isSet() || !filter.value().wantsKey(entry.key)) continue;
      ++count;
      rows.text(address);
      rows.text(entry.key);
      rows.f64(static_cast<double>(entry.version));
      rows.f64(entry.stamp.millis());
      rows.f64(static_cast<double>(entry.sequence));
      rows.text(hexOf(entry.session));
      rows.text(entry.unit);
      encode(rows, entry.value);
    }
  }
  out.varint(count);
  out.raw(rows.view());
  return Done{};
}

namespace {

Result<std::vector<SpaceState>> statesIn(ByteView snapshot) {
  const Result<Frame> frame = openFrame(snapshot);
  if (!frame.ok()) return frame.error();
  ByteReader in(frame.value().body);
  std::vector<SpaceState> states;
  const std::size_t count = in.count(20);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    states.push_back(decodeState(in));
    if (i > 0 && states[i].address <= states[i - 1].address) in.fail();
  }
  if (!in.finished() || frame.value().type != FrameType::snapshot) {
    return Error{ErrorCode::malformed, "not a snapshot"};
  }
  return states;
}

}  // namespace

// This page's definition of a key that a snapshot has under a lower schema version, or null.
const KnownDefinition* Engine::successorOf(const EntryState& entry) {
  const Registration* own = realm_.definitions.registrationOf(entry.key);
  if (own == nullptr) return nullptr;
  const KnownDefinition* known = realm_.definitions.learn(entry.definition, entry.contract);
  return own->known->raisesVersion(*known) ? own->known : nullptr;
}

Status Engine::outdated(ByteView snapshot, ByteWriter& out) {
  const Result<std::vector<SpaceState>> states = statesIn(snapshot);
  if (!states.ok()) return states.error();
  ByteWriter rows;
  std::size_t count = 0;
  for (const SpaceState& state : states.value()) {
    for (const EntryState& entry : state.entries) {
      if (!entry.value.isSet() || successorOf(entry) == nullptr) continue;
      ++count;
      rows.text(state.address);
      rows.text(entry.key);
      rows.text(entry.contract.version);
      encode(rows, entry.value);
    }
  }
  out.varint(count);
  out.raw(rows.view());
  return Done{};
}

Status Engine::addRestored(Drafts& drafts, SpaceState& state, const Renewed& renewed,
                           NameId unit) {
  const Result<Address> address = Address::parse(state.address);
  if (!address.ok()) return address.error();
  Replica& replica = replicaFor(address.value());
  for (EntryState& entry : state.entries) {
    const EntryId id = replica.space().entryOf(entry.key);
    const KnownDefinition* known = realm_.definitions.learn(entry.definition, entry.contract);
    const KnownDefinition* successor = successorOf(entry);
    auto brought = renewed.end();
    if (successor != nullptr) brought = renewed.find({state.address, entry.key});
    const bool isRenewed = brought != renewed.end();
    // Nothing has any form.
    if (isRenewed || (successor != nullptr && !entry.value.isSet())) known = successor;
    Result<Change> change = intendChange(replica.space().entry(id),
                                         {.kind = Intent::Kind::reset,
                                          .value = isRenewed ? brought->second
                                                             : std::move(entry.value),
                                          .definition = known});
    if (!change.ok()) return change.error();
    change.value().entry = id;
    change.value().fingerprint = known->fingerprint;
    change.value().definition = known;
    addChange(drafts, replica, unit, std::move(change.value()), true);
  }
  return Done{};
}

// Registered keys that have a value here and none in the snapshot.
void Engine::addUnsets(Drafts& drafts, Replica& replica, const SpaceState* state, NameId unit) {
  std::vector<bool> isListed(replica.space().entryCount());
  if (state != nullptr) {
    for (const EntryState& entry : state->entries) {
      isListed[replica.space().entryOf(entry.key)] = true;
    }
  }
  for (const Replica::Opened& opened : replica.opened()) {
    if (isListed[opened.entry] || !replica.visible(opened.entry).isSet()) continue;
    Result<Change> change = intendChange(
        replica.shown(opened.entry),
        {.kind = Intent::Kind::unset,
         .value = Value(),
         .definition = opened.known});
    if (!change.ok()) continue;
    change.value().entry = opened.entry;
    change.value().fingerprint = opened.known->fingerprint;
    change.value().definition = opened.known;
    addChange(drafts, replica, unit, std::move(change.value()), true);
  }
}

// A key has one meaning on a plane. Each op alone may be admitted where both together are not.
Status Engine::checkMeanings(const std::vector<SpaceState>& states) {
  if (states.size() < 2) return Done{};  // A space has a key once.
  std::map<std::pair<Plane, std::string_view>, const Definition*> meanings;
  for (const SpaceState& state : states) {
    for (const EntryState& entry : state.entries) {
      const std::pair<Plane, std::string_view> place(entry.definition.plane, entry.key);
      const auto [known, isNew] = meanings.emplace(place, &entry.definition);
      if (isNew || *known->second == entry.definition) continue;
      return Error{ErrorCode::definitionClash, "'" + entry.key + "' has two meanings"};
    }
  }
  return Done{};
}

Status Engine::restore(ByteView snapshot, RestoreMode mode, NameId unit, ByteWriter& out,
                       ByteView renewedBytes) {
  Result<std::vector<SpaceState>> read = statesIn(snapshot);
  if (!read.ok()) return read.error();
  std::vector<SpaceState>& states = read.value();
  Renewed renewed;
  ByteReader in(renewedBytes);
  for (std::size_t rest = renewedBytes.empty() ? 0 : in.count(3); rest > 0; --rest) {
    std::string address(in.text(kAddressBytesMax));
    std::string key(in.text(kKeyBytesMax));
    renewed[{std::move(address), std::move(key)}] = decodeValue(in);
  }
  if (!in.finished()) return Error{ErrorCode::malformed, "renewed values that can't be read"};

  if (Status status = checkMeanings(states); !status.ok()) return status;
  Drafts drafts;
  for (SpaceState& state : states) {
    if (Status status = addRestored(drafts, state, renewed, unit); !status.ok()) return status;
  }
  if (mode == RestoreMode::replace) {
    for (Replica& replica : replicas_) {
      const auto state = std::find_if(states.begin(), states.end(), [&](const auto& candidate) {
        return candidate.address == replica.space().address().text;
      });
      addUnsets(drafts, replica, state == states.end() ? nullptr : &*state, unit);
    }
  }
  if (Status status = checkAll(drafts); !status.ok()) return status;
  submitAll(std::move(drafts), out);
  return Done{};
}

}  // namespace danji
