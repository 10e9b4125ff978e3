// Backend: a simulated server process with a disk that syncs late. A crash takes the process, all
// connections and whatever the disk had not synced, but for a part that it had by chance.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/replica/translate.h"
#include "core/server/host.h"
#include "tests/sim/network.h"
#include "tests/sim/tab.h"

namespace danji::sim {

class Backend {
 public:
  Backend(Stage& stage, Network& network) : stage_(&stage), network_(&network) { start(); }

  bool isUp() const { return host_ != nullptr; }
  const Host& host() const { return *host_; }

  void accept(ConnectionId connection, std::size_t device) {
    lives_[connection] = life_;
    devices_[connection] = device;
    greet(connection);
  }

  // Takes the editors' grant from a device, or gives it back.
  void bar(std::size_t device, bool isBarred) {
    std::vector<std::set<std::size_t>>& barred = stage_->history.barred;
    if (barred.back().contains(device) == isBarred) return;
    barred.push_back(barred.back());
    isBarred ? void(barred.back().insert(device)) : void(barred.back().erase(device));
    stage_->tell("server", isBarred ? "takes a grant" : "gives a grant back");
    if (isBarred) stage_->report->note(Happening::grantRevoked);
    for (const ConnectionId connection : network_->connectionsOf(device)) {
      if (isUp() && lives_[connection] == life_) greet(connection);
    }
  }
  void receive(ConnectionId connection, const Bytes& frame) {
    if (!isUp() || lives_[connection] != life_) return;
    host_->setClock(clock());
    host_->receive(connection, frame);
    pump();
  }
  void closed(ConnectionId connection) {
    if (isUp() && lives_[connection] == life_) host_->disconnected(connection);
  }

  void crash() {
    if (!isUp()) return;
    stage_->tell("server", "crashes");
    stage_->report->note(Happening::serverCrash);
    host_.reset();
    ++life_;
    for (auto& [address, log] : disk_) log.crash(*stage_);
    unsynced_.clear();
    for (const ConnectionId connection : network_->connections()) network_->cut(connection);
    stage_->agenda.at(stage_->agenda.now() + stage_->dice.upTo(5000), [this] { start(); });
  }

  // What is on the disk, folded once more from nothing, as the history wants it.
  void tellLogs() {
    for (const auto& [address, log] : disk_) {
      if (address != kOwners) readLog(address, log);
    }
  }

 private:
  void greet(ConnectionId connection) {
    if (!stage_->scene.revokes) return host_->connected(connection);
    const std::size_t device = devices_[connection];
    const bool isBarred = stage_->history.barred.back().contains(device);
    host_->connected(connection, isBarred ? "" : kEditors, "user-" + std::to_string(device));
  }

  struct Log {
    std::vector<Bytes> rows;
    std::vector<std::size_t> moments;  // Of the history, when each was decided.
    std::size_t synced = 0;

    void crash(Stage& stage) {
      const std::size_t kept = synced + stage.dice.below(rows.size() - synced + 1);
      if (kept < rows.size()) stage.report->note(Happening::rowsLost);
      const bool tears = kept < rows.size() && stage.scene.tears;
      Bytes torn = tears ? rows[kept] : Bytes();
      rows.resize(kept);
      if (!tears) return;
      stage.report->note(Happening::rowTorn);
      torn.resize(stage.dice.below(torn.size()));
      rows.push_back(std::move(torn));
    }
  };

  double clock() const { return std::floor(stage_->agenda.now()); }

  void start() {
    if (isUp()) return;
    ByteWriter session;
    session.u64(stage_->dice.next());
    session.u64(0x5e4e5e4e5e4e5e4eull);
    host_ = std::make_unique<Host>(asText(session.view()), stage_->dice.next());
    host_->setClock(clock());
    if (stage_->scene.revokes) host_->authenticate();
    for (auto& [address, log] : disk_) {
      const Result<std::size_t> whole = host_->load(address, log.rows);
      if (!whole.ok()) return stage_->fail("the server can't read its log: " + whole.error().detail);
      log.rows.resize(whole.value());
      log.moments.resize(whole.value());
      log.synced = log.rows.size();
    }
    stage_->tell("server", "starts");
  }

  void pump() {
    const std::vector<LogRow> rows = host_->takeRows();
    if (!rows.empty()) {
      std::map<std::string, std::size_t> ends;
      for (const LogRow& row : rows) {
        Log& log = disk_[row.address];
        if (row.index != log.rows.size() + 1) stage_->fail("the log of " + row.address + " jumps");
        log.rows.push_back(row.bytes);
        log.moments.push_back(stage_->history.barred.size() - 1);
        ends[row.address] = log.rows.size();
      }
      const double delay = stage_->dice.upTo(stage_->scene.diskDelayMax);
      if (delay > 50) stage_->report->note(Happening::slowDisk);
      syncDue_ = std::max(syncDue_ + 1e-4, stage_->agenda.now() + delay);
      unsynced_.push_back(ends);
      stage_->agenda.at(syncDue_, [this, life = life_] {
        if (life == life_) synced();
      });
    }
    send();
  }

  void synced() {
    for (const auto& [address, end] : unsynced_.front()) disk_[address].synced = end;
    unsynced_.erase(unsynced_.begin());
    host_->rowsWritten();
    send();
  }

  void send() {
    for (Outgoing& one : host_->takeFrames()) {
      network_->toClient(one.connection, std::move(one.bytes));
    }
  }

  void readLog(const std::string& address, const Log& disk) {
    Realm realm(std::string(16, 'l'), 1);
    Replica replica(0, Address::parse(address).value(), realm);
    std::vector<LoggedOp>& log = stage_->history.logs[address];
    for (std::size_t place = 0; place < disk.rows.size(); ++place) {
      ByteReader in(disk.rows[place]);
      in.u32();
      const std::uint64_t epoch = in.u64();
      const WireTables tables = decodeTables(in);
      const RecordsSection section = decodeRecordsSection(in, tables);
      learnTables(realm, tables);
      replica.space().beginEpoch(epoch);
      const Record record = readRecord(realm, replica, tables, section.records.front());
      LoggedOp op{.session = realm.sessions.text(record.op.id.session),
                  .sequence = record.op.id.sequence, .code = record.decision,
                  .moment = disk.moments[place]};
      if (record.op.voids || record.decision == ErrorCode::voided) {
        op.voidsFrom = replica.space().floorOf(record.op.id.session) + 1;
      }
      for (const Change& change : record.op.changes) {
        if (change.kind == ChangeKind::define) continue;
        const std::string& key = replica.space().entry(change.entry).key;
        op.writes[key] = textOf(change.value);
        op.isGuarded = op.isGuarded || isGuarded(key);
      }
      replica.space().fold(record);
      for (const Change& change : record.op.changes) noteStrategy(realm, replica, change, op);
      log.push_back(std::move(op));
    }
    for (EntryId id = 0; id < replica.space().entryCount(); ++id) {
      const Entry& entry = replica.space().entry(id);
      if (!entry.isDefined() || entry.strategy() != StrategyKind::sum) continue;
      const double sum = entry.value.isSet() ? entry.value.number() : 0;
      stage_->history.sums[address][entry.key] = sum;
    }
    stage_->history.digests[address].insert(digestOf(replica.space().state()).hex());
  }

  static bool isGuarded(const std::string& key) {
    const std::vector<KeyPlan>& plans = guardedKeys();
    return std::any_of(plans.begin(), plans.end(),
                       [&](const KeyPlan& plan) { return plan.key == key; });
  }

  static void noteStrategy(const Realm& realm, const Replica& replica, const Change& change,
                           LoggedOp& op) {
    const Entry& entry = replica.space().entry(change.entry);
    if (change.kind == ChangeKind::define || !entry.isDefined()) return;
    const std::string& version = entry.known->contract.version;
    if (!version.empty() && op.code == ErrorCode::ok && change.value.isSet()) {
      op.numbers[entry.key] = numberIn(std::stoi(version), change.value);
      if (change.kind == ChangeKind::reset) op.renewals.insert(entry.key);
    }
    switch (entry.strategy()) {
      case StrategyKind::firstWriteWins:
        (change.kind == ChangeKind::set ? op.claims : op.releases).insert(entry.key);
        return;
      case StrategyKind::sum:
        if (change.kind == ChangeKind::add) op.additions[entry.key] = change.value.number();
        return;
      case StrategyKind::custom:
        if (change.expectation != Expectation::writtenBy) return;
        op.expectations[entry.key] = {"", 0};
        if (change.expected.sequence == 0) return;
        op.expectations[entry.key] = {realm.sessions.text(change.expected.session),
                                      change.expected.sequence};
        return;
      default:
        return;
    }
  }

  Stage* stage_;
  Network* network_;
  std::unique_ptr<Host> host_;
  std::map<std::string, Log> disk_;
  std::vector<std::map<std::string, std::size_t>> unsynced_;  // By takeRows().
  std::map<ConnectionId, std::uint64_t> lives_;
  std::map<ConnectionId, std::size_t> devices_;
  std::uint64_t life_ = 0;
  double syncDue_ = 0;
};

}  // namespace danji::sim
