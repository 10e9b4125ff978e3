// Translation between ops as a core holds them (entry places, name numbers) and as they travel
// (tables of texts). The tables are shared by everything in one message.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "core/replica/realm.h"
#include "core/replica/replica.h"
#include "core/wire/messages.h"
#include "core/wire/ops.h"

namespace danji {

class TableBuilder {
 public:
  explicit TableBuilder(const Realm& realm) : realm_(&realm) {}

  // An undecided op: keys carry the author's definition, for the leader may have another log
  // than the author and know nothing of the key; it is shorter than its fingerprint.
  WireOp push(const Replica& replica, const Op& op);
  // A decided record: only a `define` carries a definition.
  WireRecord record(const Replica& replica, const Record& record);

  WireTables take() { return std::move(tables_); }

 private:
  std::uint32_t session(NameId id);
  std::uint32_t unit(NameId id, NameId grants);
  std::uint32_t key(const std::string& key, const KnownDefinition* known);
  WireOp ids(const Op& op);
  WireDot dot(OpId id);
  WireChange change(const Change& from, std::uint32_t key);

  const Realm* realm_;
  WireTables tables_;
  std::map<NameId, std::uint32_t> sessions_;
  std::map<std::pair<NameId, NameId>, std::uint32_t> units_;
  std::map<std::pair<std::string, const KnownDefinition*>, std::uint32_t> keys_;
};

// Names and entry places are made as needed; definitions in the tables are learned.
void learnTables(Realm& realm, const WireTables& tables);
Op readOp(Realm& realm, Replica& replica, const WireTables& tables, const WireOp& from);
Record readRecord(Realm& realm, Replica& replica, const WireTables& tables,
                  const WireRecord& from);

// Folds those records of the section that the replica lacks. False when some before them are
// missing, or when they belong to another log. One that knows nothing begins the log with them.
bool foldSection(Realm& realm, Replica& replica, const WireTables& tables,
                 const RecordsSection& section);

// Where the log of a space ends.
Cursor cursorOf(const Space& space);

// What brings a replica whose log ends at `theirs` (null: it has none) to where this one is: the
// records that lack, else the whole state.
SpaceUpdate updateFor(const Realm& realm, const Replica& replica, const Cursor* theirs);

// The records with indexes from `from` on, as one section.
RecordsSection sectionOf(const Replica& replica, std::uint64_t from, TableBuilder& tables);

}  // namespace danji
