#include "core/replica/translate.h"
#include "core/base/mutation.h"

#include <algorithm>
#include <cmath>

namespace danji {

std::uint32_t TableBuilder::session(NameId id) {
  const auto [found, added] =
      sessions_.emplace(id, static_cast<std::uint32_t>(tables_.sessions.size()));
  if (added) tables_.sessions.push_back(realm_->sessions.text(id));
  return found->second;
}

std::uint32_t TableBuilder::unit(NameId id, NameId grants) {
  const auto [found, added] = units_.emplace(std::pair(id, grants),
                                             static_cast<std::uint32_t>(tables_.units.size()));
  if (added) {
    tables_.units.push_back(
        {.name = realm_->units.text(id), .grants = realm_->grants.text(grants)});
  }
  return found->second;
}

// With the definition that `known` is, if one is wanted.
std::uint32_t TableBuilder::key(const std::string& key, const KnownDefinition* known) {
  const auto [found, added] = keys_.emplace(std::pair(key, known),
                                            static_cast<std::uint32_t>(tables_.keys.size()));
  if (!added) return found->second;
  WireKey& row = tables_.keys.emplace_back();
  row.key = key;
  if (known != nullptr) {
    row.fingerprint = known->fingerprint;
    row.definition = known->definition;
    row.contract = known->contract;
  }
  return found->second;
}

WireOp TableBuilder::ids(const Op& op) {
  WireOp wire;
  wire.session = session(op.id.session);
  wire.sequence = op.id.sequence;
  wire.unit = unit(op.unit, op.grants);
  wire.voids = op.voids;
  return wire;
}

WireDot TableBuilder::dot(OpId id) {
  if (id.sequence == 0) return {};
  return {.session = session(id.session), .sequence = id.sequence};
}

WireChange TableBuilder::change(const Change& from, std::uint32_t key) {
  WireChange wire{.kind = from.kind,
                  .key = key,
                  .value = from.value,
                  .incarnation = from.incarnation,
                  .fields = from.fields,
                  .observed = {},
                  .expectation = from.expectation,
                  .expected = dot(from.expected)};
  for (const OpId id : from.observed) wire.observed.push_back(dot(id));
  return wire;
}

WireOp TableBuilder::push(const Replica& replica, const Op& op) {
  WireOp wire = ids(op);
  wire.ageMillis =
      static_cast<std::uint64_t>(std::max(0.0, std::floor(realm_->nowMillis - op.createdMillis)));
  // Counted back from one moment that all take for the same.
  if (mutation::isRemoved(mutation::Rule::ageNotTime)) {
    wire.ageMillis = static_cast<std::uint64_t>(std::max(0.0, 1.8e12 - op.createdMillis));
  }
  wire.observed = op.observed.ticks;
  wire.isHidden = op.isHidden;
  for (const Change& from : op.changes) {
    const std::string& name = replica.space().entry(from.entry).key;
    wire.changes.push_back(change(from, key(name, realm_->definitions.meantBy(from))));
  }
  return wire;
}

WireRecord TableBuilder::record(const Replica& replica, const Record& record) {
  WireRecord wire{.op = ids(record.op),
                  .stamp = record.stamp,
                  .decision = record.decision,
                  .isConcurrent = record.isConcurrent};
  if (record.isConcurrent) wire.op.observed = record.op.observed.ticks;
  for (const Change& from : record.op.changes) {
    const std::string& name = replica.space().entry(from.entry).key;
    const bool isDefine = from.kind == ChangeKind::define;
    wire.op.changes.push_back(change(from, key(name, isDefine ? from.definition : nullptr)));
  }
  return wire;
}

void learnTables(Realm& realm, const WireTables& tables) {
  for (const WireKey& row : tables.keys) {
    if (row.definition) realm.definitions.learn(*row.definition, row.contract);
  }
  for (const WireUnit& unit : tables.units) {
    if (unit.grants.empty()) continue;
    realm.grantsOfOtherUnits[realm.units.intern(unit.name)] = realm.grants.intern(unit.grants);
  }
}

Op readOp(Realm& realm, Replica& replica, const WireTables& tables, const WireOp& from) {
  Op op{.id = {.session = realm.sessions.intern(tables.sessions[from.session]),
               .sequence = from.sequence},
        .unit = realm.units.intern(tables.units[from.unit].name),
        .grants = realm.grants.intern(tables.units[from.unit].grants),
        .createdMillis = realm.nowMillis - static_cast<double>(from.ageMillis),
        .observed = {from.observed},
        .isHidden = from.isHidden,
        .voids = from.voids,
        .changes = {}};
  const auto dot = [&](const WireDot& wire) {
    if (wire.sequence == 0) return OpId{};
    return OpId{.session = realm.sessions.intern(tables.sessions[wire.session]),
                .sequence = wire.sequence};
  };
  for (const WireChange& wire : from.changes) {
    const WireKey& row = tables.keys[wire.key];
    Change change{.kind = wire.kind,
                  .entry = replica.space().entryOf(row.key),
                  .fingerprint = row.fingerprint,
                  .value = wire.value,
                  .definition = row.definition
                                    ? realm.definitions.learn(*row.definition, row.contract,
                                                              row.fingerprint)
                                    : nullptr,
                  .incarnation = wire.incarnation,
                  .fields = wire.fields,
                  .observed = {},
                  .expectation = wire.expectation,
                  .expected = dot(wire.expected)};
    for (const WireDot& one : wire.observed) change.observed.push_back(dot(one));
    op.changes.push_back(std::move(change));
  }
  return op;
}

Record readRecord(Realm& realm, Replica& replica, const WireTables& tables,
                  const WireRecord& from) {
  return {.op = readOp(realm, replica, tables, from.op),
          .stamp = from.stamp,
          .decision = from.decision,
          .isConcurrent = from.isConcurrent};
}

bool foldSection(Realm& realm, Replica& replica, const WireTables& tables,
                 const RecordsSection& section) {
  Space& space = replica.space();
  if (space.epoch() == 0 && space.index() == 0 && section.from == 1) {
    replica.beginEpoch(section.epoch);
  }
  const bool hasGap = section.from > space.index() + 1;
  if (space.epoch() != section.epoch) return false;
  if (hasGap && !mutation::isRemoved(mutation::Rule::recordsInOrder)) return false;
  const bool mayRepeat = hasGap || mutation::isRemoved(mutation::Rule::recordsFoldedOnce);
  const std::uint64_t known = mayRepeat ? 0 : space.index() + 1 - section.from;
  for (std::uint64_t i = known; i < section.records.size(); ++i) {
    const WireRecord& record = section.records[static_cast<std::size_t>(i)];
    replica.apply(readRecord(realm, replica, tables, record));
  }
  return true;
}

Cursor cursorOf(const Space& space) {
  return {.address = space.address().text, .epoch = space.epoch(), .index = space.index()};
}

SpaceUpdate updateFor(const Realm& realm, const Replica& replica, const Cursor* theirs) {
  const Space& space = replica.space();
  SpaceUpdate update{
      .cursor = cursorOf(space), .state = std::nullopt, .tables = {}, .tail = std::nullopt};
  const bool isSameLog = theirs != nullptr && theirs->epoch == space.epoch();
  if (isSameLog && theirs->index == space.index()) return update;
  if (isSameLog && theirs->index < space.index() && theirs->index + 1 >= replica.recentFrom()) {
    TableBuilder tables(realm);
    update.tail = sectionOf(replica, theirs->index + 1, tables);
    update.tables = tables.take();
  } else {
    update.state = space.state();
  }
  return update;
}

RecordsSection sectionOf(const Replica& replica, std::uint64_t from, TableBuilder& tables) {
  RecordsSection section{.address = replica.space().address().text,
                         .epoch = replica.space().epoch(),
                         .from = from,
                         .records = {}};
  const auto skip = static_cast<std::ptrdiff_t>(from - replica.recentFrom());
  for (auto record = replica.recent().begin() + skip; record != replica.recent().end(); ++record) {
    section.records.push_back(tables.record(replica, *record));
  }
  return section;
}

}  // namespace danji
