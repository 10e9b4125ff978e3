// Checks: what must be true of a cluster at every step, and what must be true when it is quiet.
//
// No check knows how the tabs reach agreement. Each compares what two tabs say, or what a tab
// says with what its own page was told before.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/replica/translate.h"
#include "tests/sim/tab.h"

namespace danji::sim {

using Tabs = std::vector<std::unique_ptr<Tab>>;

// Two tabs that are at the same place of the same log have the same state, and no tab goes back
// in a log. A place counts as long as a tab lives that has been there.
class Ledger {
 public:
  // The devices have logs of their own, and share those of the server.
  std::string note(const Tab& tab, std::size_t device) {
    if (tab.number() >= last_.size()) last_.resize(tab.number() + 1);
    std::vector<Place>& places = last_[tab.number()];
    places.resize(std::max(places.size(), tab.engine().spaceCount()));
    for (SpaceId id = 0; id < tab.engine().spaceCount(); ++id) {
      const Space& space = tab.engine().replicaAt(id).space();
      if (space.address().plane == Plane::tab || space.epoch() == 0) continue;
      Place& last = places[id];
      const Place place{.epoch = space.epoch(), .index = space.index()};
      if (place == last) continue;
      const bool wentBack = place.epoch == last.epoch && place.index < last.index;
      last = place;
      if (wentBack) return named(tab, space) + " went back to " + std::to_string(place.index);
      // States that differ once differ for long, so looking now and then is enough; and not all
      // values are in the core at every time.
      if (place.index % kPlacesSkipped != 0 || tab.hasDeferred()) continue;
      const std::size_t owner = space.address().plane == Plane::server ? kServer : device;
      Seen& seen = seen_[{owner, space.address().text, place.epoch, place.index}];
      const std::string digest = tab.engine().digest(id);
      if (seen.witnesses.empty()) seen.digest = digest;
      seen.witnesses.insert(tab.number());
      if (seen.digest != digest) {
        return named(tab, space) + " differs from another tab's at " + std::to_string(place.index);
      }
    }
    return {};
  }

  // The tab is gone, or comes back as a new one.
  void forget(std::size_t tab) {
    for (auto place = seen_.begin(); place != seen_.end();) {
      place->second.witnesses.erase(tab);
      place = place->second.witnesses.empty() ? seen_.erase(place) : std::next(place);
    }
  }

 private:
  static constexpr std::uint64_t kPlacesSkipped = 5;
  static constexpr std::size_t kServer = ~std::size_t{0};
  struct Place {
    std::uint64_t epoch = 0;
    std::uint64_t index = 0;
    bool operator==(const Place&) const = default;
  };
  struct Seen {
    std::string digest;
    std::set<std::size_t> witnesses;
  };

  static std::string named(const Tab& tab, const Space& space) {
    return "tab " + std::to_string(tab.number()) + ": " + space.address().text;
  }

  std::vector<std::vector<Place>> last_;  // By tab and space.
  std::map<std::tuple<std::size_t, std::string, std::uint64_t, std::uint64_t>, Seen> seen_;
};

// Both keys of a pair are only ever written together, so nobody ever sees one without the other.
inline std::string checkPair(const Tab& tab) {
  std::map<SpaceId, const OpenKey*> first;
  for (const OpenKey& key : tab.keys()) {
    if (key.plan.use != Use::pair) continue;
    const auto [other, isFirst] = first.emplace(key.space, &key);
    if (!isFirst && !(other->second->mirror == key.mirror)) {
      return "tab " + std::to_string(tab.number()) + ": half of a batch is visible";
    }
  }
  return {};
}

// Folds a tab's journal once more, from nothing: no op is in a log twice, and the end is the
// state that the tab has.
inline std::string checkJournal(const Tab& tab) {
  if (!tab.keepsJournal()) return {};
  ByteWriter out;
  tab.engine().journal(out);
  ByteReader in(out.view());
  for (SpaceId id = 0; id < tab.engine().spaceCount(); ++id) {
    const std::string address(in.text(1000));
    ByteReader journal(in.raw(in.u32()));
    Realm realm(std::string(16, 'j'), 1);
    Replica replica(0, Address::parse(address).value(), realm);
    while (journal.remaining() > 0) {
      const std::uint8_t kind = journal.u8();
      ByteReader item(journal.raw(journal.u32()));
      if (kind == 1) {
        replica.space().adopt(decodeState(item));
      } else {
        const WireTables tables = decodeTables(item);
        const RecordsSection section = decodeRecordsSection(item, tables);
        const Record record = readRecord(realm, replica, tables, section.records.front());
        const std::uint64_t floor = replica.space().floorOf(record.op.id.session);
        const bool follows = record.op.voids ? record.op.id.sequence > floor
                                             : record.op.id.sequence == floor + 1;
        if (!follows) return address + ": an op was decided twice, or before its turn";
        if (section.from != replica.space().index() + 1) return address + ": a gap in the journal";
        replica.space().fold(record);
      }
      if (item.failed()) return address + ": a journal that can't be read";
    }
    if (digestOf(replica.space().state()).hex() != tab.engine().digest(id)) {
      return address + ": the journal of tab " + std::to_string(tab.number()) +
             " gives another state";
    }
  }
  return {};
}

// What the tabs agree on when nothing is under way any more.
class FinalChecks {
 public:
  // `everyoneLives`: nobody died, so nothing at all may be lost.
  FinalChecks(const Tabs& tabs, bool everyoneLives) : everyoneLives_(everyoneLives) {
    for (const auto& tab : tabs) {
      if (tab->isRunning()) live_.push_back(tab.get());
    }
  }

  std::string run() const {
    for (const Tab* tab : live_) {
      for (const std::string& failure :
           {checkQuiet(*tab), checkRole(*tab), checkSame(*tab), checkOwnKeys(*tab),
            checkContended(*tab), checkTally(*tab), checkProfile(*tab), checkForms(*tab),
            checkClashes(*tab), checkJournal(*tab)}) {
        if (!failure.empty()) return failure;
      }
    }
    return {};
  }

 private:
  static std::string named(const Tab& tab) { return "tab " + std::to_string(tab.number()) + ": "; }

  static std::string checkQuiet(const Tab& tab) {
    if (tab.undecided() > 0) {
      return named(tab) + std::to_string(tab.undecided()) + " own writes without an answer";
    }
    for (SpaceId id = 0; id < tab.engine().spaceCount(); ++id) {
      const Replica& replica = tab.engine().replicaAt(id);
      if (!replica.overlay().empty()) {
        return named(tab) + std::to_string(replica.overlay().size()) + " undecided ops in " +
               replica.space().address().text + first(replica);
      }
    }
    return {};
  }

  static std::string first(const Replica& replica) {
    const auto& [session, ops] = *replica.overlay().sessions().begin();
    return ", of " + std::string(ops.begin()->second.isOwn ? "its own" : "others") +
           ", first number " + std::to_string(ops.begin()->first) + " above " +
           std::to_string(replica.space().floorOf(session)) +
           (ops.begin()->second.op.voids ? ", a void" : "");
  }

  std::string checkRole(const Tab& tab) const {
    std::set<std::string> leaders;
    for (const Tab* other : live_) {
      if (other->engine().peer().role() == Role::leading) leaders.insert(other->session());
    }
    if (leaders.size() != 1) return std::to_string(leaders.size()) + " leaders";
    const std::string role = tab.engine().inspect();
    if (role.find("\"leader\":\"" + hexOf(*leaders.begin()) + "\"") == std::string::npos) {
      return named(tab) + "believes in another leader";
    }
    return {};
  }

  std::string checkSame(const Tab& tab) const {
    std::map<std::string, std::string> mine = digestsOf(tab);
    if (mine != digestsOf(*live_.front())) {
      return named(tab) + "another state than tab " + std::to_string(live_.front()->number());
    }
    return {};
  }

  static std::map<std::string, std::string> digestsOf(const Tab& tab) {
    std::map<std::string, std::string> digests;
    for (SpaceId id = 0; id < tab.engine().spaceCount(); ++id) {
      const Space& space = tab.engine().replicaAt(id).space();
      if (space.address().plane == Plane::tab || space.epoch() == 0) continue;
      digests[space.address().text] = tab.engine().digest(id);
    }
    return digests;
  }

  // A key that only this tab writes holds what it wrote last, in every tab.
  std::string checkOwnKeys(const Tab& tab) const {
    for (const OpenKey& key : tab.keys()) {
      if (key.plan.use != Use::own || !key.isWritten) continue;
      for (const Tab* other : live_) {
        const Entry* entry = entryIn(*other, key.plan);
        if (entry == nullptr || !(entry->value == key.lastWritten)) {
          return named(tab) + "the last write to '" + key.plan.key + "' is not what tab " +
                 std::to_string(other->number()) + " has";
        }
      }
    }
    return {};
  }

  // What only this tab added to is what it added: never more, and in one log never less.
  static std::string checkTally(const Tab& tab) {
    for (const OpenKey& key : tab.keys()) {
      if (key.plan.use != Use::tally) continue;
      const Entry* entry = entryIn(tab, key.plan);
      const double sum = entry == nullptr || !entry->value.isSet() ? 0 : entry->value.number();
      if (sum > key.added || (tab.sawOneLog(key) && sum < key.added)) {
        return named(tab) + "'" + key.plan.key + "' is " + std::to_string(sum) + " after " +
               std::to_string(key.added) + " additions";
      }
    }
    return {};
  }

  // A field that only this tab writes holds what it wrote last, whatever the others do.
  static std::string checkProfile(const Tab& tab) {
    for (const OpenKey& key : tab.keys()) {
      if (key.plan.use != Use::profile || key.ownField.empty()) continue;
      const Entry* entry = entryIn(tab, key.plan);
      const std::string wanted = "\"f" + std::to_string(tab.number()) + "\":" + key.ownField;
      const std::string text = entry == nullptr ? "" : entry->value.text();
      const std::size_t at = text.find(wanted);
      const char after = at == std::string::npos ? '?' : text[at + wanted.size()];
      if (after != ',' && after != '}') {
        return named(tab) + "its field of 'profile' is not " + key.ownField + " in " + text;
      }
    }
    return {};
  }

  // What a page of the later release sees, has its shape.
  static std::string checkForms(const Tab& tab) {
    for (const OpenKey& key : tab.keys()) {
      if (key.plan.use != Use::form || tab.release == 1 || !key.mirror.isSet()) continue;
      if (numberIn(2, key.mirror).empty()) {
        return named(tab) + "'" + key.plan.key + "' still is " + textOf(key.mirror);
      }
    }
    return {};
  }

  // A key that many write holds the last write of somebody, never an earlier one.
  std::string checkContended(const Tab& tab) const {
    for (SpaceId id = 0; id < tab.engine().spaceCount() && everyoneLives_; ++id) {
      const SpaceState state = tab.engine().replicaAt(id).space().state();
      for (const EntryState& entry : state.entries) {
        for (const Tab* author : live_) {
          if (author->session() != entry.session || entry.stamp == Stamp{}) continue;
          if (entry.definition.strategy != StrategyKind::lastWriteWins) continue;
          if (!isLastWrite(*author, entry)) {
            return named(tab) + "'" + entry.key + "' holds an earlier write of tab " +
                   std::to_string(author->number());
          }
        }
      }
    }
    return {};
  }

  static bool isLastWrite(const Tab& author, const EntryState& entry) {
    for (const OpenKey& key : author.keys()) {
      if (key.plan.key != entry.key) continue;
      const bool mayChange = key.plan.use == Use::guarded || key.plan.use == Use::form;
      return mayChange || key.refused == key.writes || key.lastWritten == entry.value;
    }
    return true;
  }

  static std::string checkClashes(const Tab& tab) {
    for (const OpenKey& key : tab.keys()) {
      const Entry* entry = entryIn(tab, key.plan);
      // What nobody wrote, the server was not told of.
      if (tab.isAtServer(key.space)) continue;
      if (entry == nullptr || !entry->isDefined()) {
        return named(tab) + "nobody defined '" + key.plan.key + "'";
      }
      const bool isOther = entry->known->definition.parameters.empty() == key.isForeignDefinition;
      if (isOther && !key.wasToldOfClash) {
        return named(tab) + "was not told that '" + key.plan.key + "' means something else";
      }
    }
    return {};
  }

  static const Entry* entryIn(const Tab& tab, const KeyPlan& plan) {
    for (SpaceId id = 0; id < tab.engine().spaceCount(); ++id) {
      const Space& space = tab.engine().replicaAt(id).space();
      if (space.address().text == plan.address) return space.find(plan.key);
    }
    return nullptr;
  }

  std::vector<const Tab*> live_;
  bool everyoneLives_;
};

}  // namespace danji::sim
