#include "core/replica/translate.h"

#include <algorithm>
#include <cmath>

namespace danji {

std::uint32_t TableBuilder::session(NameId id) {
  const auto [found, added] =
      sessions_.emplace(id, static_cast<std::uint32_t>(tables_.sessions.size()));
  if (added) tables_.sessions.push_back(realm_->sessions.text(id));
  return found->second;
}

std::uint32_t TableBuilder::unit(NameId id) {
  const auto [found, added] = units_.emplace(id, static_cast<std::uint32_t>(tables_.units.size()));
  if (added) tables_.units.push_back(realm_->units.text(id));
  return found->second;
}

std::uint32_t TableBuilder::key(WireKey row) {
  const auto [found, added] = keys_.emplace(std::pair(row.key, row.fingerprint),
                                            static_cast<std::uint32_t>(tables_.keys.size()));
  if (added) {
    tables_.keys.push_back(std::move(row));
  } else if (row.definition) {
    tables_.keys[found->second].definition = std::move(row.definition);
  }
  return found->second;
}

WireOp TableBuilder::ids(const Op& op) {
  WireOp wire;
  wire.session = session(op.id.session);
  wire.sequence = op.id.sequence;
  wire.unit = unit(op.unit);
  wire.voids = op.voids;
  return wire;
}

WireOp TableBuilder::push(const Replica& replica, const Op& op) {
  WireOp wire = ids(op);
  wire.ageMillis =
      static_cast<std::uint64_t>(std::max(0.0, std::floor(realm_->nowMillis - op.createdMillis)));
  wire.observed = op.observed.ticks;
  for (const Change& change : op.changes) {
    const Entry& entry = replica.space().entry(change.entry);
    WireKey row{.key = entry.key, .fingerprint = change.fingerprint, .definition = std::nullopt};
    const Definition* known = realm_->definitions.find(change.fingerprint);
    if (known != nullptr) row.definition = *known;
    wire.changes.push_back(
        {.kind = change.kind, .key = key(std::move(row)), .value = change.value});
  }
  return wire;
}

WireRecord TableBuilder::record(const Replica& replica, const Record& record) {
  WireRecord wire{.op = ids(record.op), .stamp = record.stamp, .decision = record.decision};
  for (const Change& change : record.op.changes) {
    WireKey row{.key = replica.space().entry(change.entry).key,
                .fingerprint = 0,
                .definition = change.definition};
    if (change.definition) row.fingerprint = change.fingerprint;
    wire.op.changes.push_back(
        {.kind = change.kind, .key = key(std::move(row)), .value = change.value});
  }
  return wire;
}

void learnTables(Realm& realm, const WireTables& tables) {
  for (const WireKey& row : tables.keys) {
    if (row.definition) realm.definitions.learn(*row.definition);
  }
}

Op readOp(Realm& realm, Replica& replica, const WireTables& tables, const WireOp& from) {
  Op op{.id = {.session = realm.sessions.intern(tables.sessions[from.session]),
               .sequence = from.sequence},
        .unit = realm.units.intern(tables.units[from.unit]),
        .createdMillis = realm.nowMillis - static_cast<double>(from.ageMillis),
        .observed = {from.observed},
        .voids = from.voids,
        .changes = {}};
  for (const WireChange& change : from.changes) {
    const WireKey& row = tables.keys[change.key];
    op.changes.push_back({.kind = change.kind,
                          .entry = replica.space().entryOf(row.key),
                          .fingerprint = row.fingerprint,
                          .value = change.value,
                          .definition = change.kind == ChangeKind::define ? row.definition
                                                                          : std::nullopt});
  }
  return op;
}

Record readRecord(Realm& realm, Replica& replica, const WireTables& tables,
                  const WireRecord& from) {
  return {.op = readOp(realm, replica, tables, from.op),
          .stamp = from.stamp,
          .decision = from.decision};
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
