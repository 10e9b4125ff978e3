// Served: a server and a page that it serves, for frames of strangers to be thrown at either.
//
// Whatever they are given, some things stay true, and they are claimed at every turn: frames that
// either sends are ones that can be read, a frame that is nonsense changes nothing, and the rows
// of the log bring back exactly what the server has. A page that nobody lied to, and that is
// connected again, ends with what the server has.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/replica/translate.h"
#include "tests/core/server_world.h"
#include "tests/fuzz/wire.h"

namespace danji::fuzz {

class Served {
 public:
  static constexpr ConnectionId kPage = 1;
  static constexpr ConnectionId kStranger = 2;

  struct Ways {
    bool knowsUsers = false;  // Who says what is told by the connection.
    bool asksFirst = false;
  };

  explicit Served(Ways ways) : ways_(ways) {
    slots_ = {page_.open("cart"), page_.open("seat", StrategyKind::firstWriteWins),
              page_.open("likes", StrategyKind::sum)};
    start();
    connect();
  }

  std::size_t slotCount() const { return slots_.size(); }
  Engine& page() { return page_.core; }

  void toServer(ConnectionId from, const Bytes& frame) {
    const std::uint64_t refusals = nonsenseIn(host().refused());
    const std::string before = hostPicture();
    host().receive(from, frame);
    const bool isNonsense = nonsenseIn(host().refused()) > refusals;
    claim(!isNonsense || hostPicture() == before, "a frame that is nonsense changes no log");
    turn();
  }

  void toPage(const Bytes& frame) {
    const std::uint64_t refusals = nonsenseIn(page().uplink().refused());
    const std::string before = pagePicture();
    page().uplink().receive(frame);
    const bool isNonsense = nonsenseIn(page().uplink().refused()) > refusals;
    claim(!isNonsense || pagePicture() == before, "a frame that is nonsense changes no page");
    // Who speaks as the server is believed.
    if (!isNonsense) isMisled_ = true;
    turn();
  }

  void write(std::size_t slot, double number) {
    page().setNumber(slots_[slot], page_.unit, number);
    turn();
  }

  void pass(double millis) {
    nowMillis_ += millis;
    page().setClock(nowMillis_);
    host().setClock(nowMillis_);
    page().uplink().tick();
    turn();
  }

  void allow(ConnectionId connection, Access access) {
    host().allow(connection, kAddress, access);
    turn();
  }

  void reconnect() {
    host().disconnected(kPage);
    page().uplink().disconnected();
    connect();
  }

  // The process dies: what was not written is lost, and what had been said of it was never sent.
  void restart() {
    start();
    reconnect();
  }

  // Everything that both have to say, until neither says more. `hear` is told of every frame.
  template <class Hear>
  void talk(Hear hear) {
    for (int round = 0; round < kRoundsMax; ++round) {
      bool someSpoke = false;
      for (const Bytes& frame : page().uplink().flush()) {
        someSpoke = true;
        checkFrame(frame);
        hear(kStranger, frame);
        host().receive(kPage, frame);
      }
      answerWanted();
      for (const Outgoing& one : write()) {
        someSpoke = true;
        if (one.connection != kPage) continue;
        hear(kPage, one.bytes);
        page().uplink().receive(one.bytes);
      }
      turn();
      if (!someSpoke) return;
    }
    claim(false, "a page and a server that hear each other come to an end");
  }
  void talk() {
    talk([](ConnectionId, const Bytes&) {});
  }

  void checkEnd() {
    write();
    checkLog();
    reconnect();
    talk();
    if (isMisled_) return;
    for (SpaceId id = 0; id < page().spaceCount(); ++id) {
      const std::string& address = page().replicaAt(id).space().address().text;
      const std::string digest = digestIn(host(), address);
      claim(digest.empty() || page().digest(id) == digest, "a page has what its server has");
    }
  }

 private:
  static constexpr int kRoundsMax = 100;

  Host& host() { return *host_; }
  const Host& host() const { return *host_; }

  void start() {
    host_ = std::make_unique<Host>(std::string(16, 's'), 7);
    host().setClock(nowMillis_);
    if (ways_.knowsUsers) host().authenticate();
    if (ways_.asksFirst) host().askFirst();
    for (const auto& [address, rows] : logs_) {
      const Result<std::size_t> whole = host().load(address, rows);
      claim(whole.ok() && whole.value() == rows.size(), "a log that was written can be read");
    }
    host().connected(kStranger, "*", ways_.knowsUsers ? "eve" : "");
  }

  void connect() {
    host().connected(kPage, "*", ways_.knowsUsers ? "ada" : "");
    page().uplink().connected();
  }

  // Strangers get what a step of the script gave them; pages of ours may write.
  void answerWanted() {
    for (const Wanted& wanted : host().takeWanted()) {
      const bool isOurs = wanted.connection == kPage;
      host().allow(wanted.connection, wanted.address, isOurs ? Access::write : Access::read);
    }
  }

  std::vector<Outgoing> write() {
    for (LogRow& row : host().takeRows()) {
      std::vector<Bytes>& log = logs_[row.address];
      claim(row.index == log.size() + 1, "a log goes on by one");
      log.push_back(std::move(row.bytes));
    }
    host().rowsWritten();
    std::vector<Outgoing> frames = host().takeFrames();
    for (const Outgoing& one : frames) checkFrame(one.bytes);
    return frames;
  }

  void turn() {
    ByteWriter out;
    page().drain(out);
    claim(!page().hasChanges(), "the drain leaves nothing");
  }

  void checkFrame(const Bytes& bytes) {
    const Result<Frame> frame = openFrame(bytes);
    claim(frame.ok(), "a frame that is sent can be opened");
    claim(frame.value().type == FrameType::part ||
              claimOneMeaning(frame.value().type, frame.value().body),
          "a frame that is sent can be read");
  }

  void checkLog() {
    Host again(std::string(16, 't'), 9);
    for (const auto& [address, rows] : logs_) {
      const Result<std::size_t> whole = again.load(address, rows);
      claim(whole.ok() && whole.value() == rows.size(), "a log that was written can be read");
      const std::string digest = digestIn(again, address);
      // One that was renamed for a page that knows more is renamed by its next row.
      claim(contentIn(again, address) == contentIn(host(), address), "a log brings back its state");
      if (rows.empty() || address == kOwners) continue;
      Host third(std::string(16, 'u'), 11);
      const Result<std::size_t> base = third.load(address, {again.condense(address).bytes});
      claim(base.ok() && base.value() == 1, "a base can be read");
      claim(digestIn(third, address) == digest, "a base brings back what its rows came to");
    }
  }

  static std::string digestIn(const Host& host, const std::string& address) {
    for (std::size_t place = 0; place < host.spaceCount(); ++place) {
      const Space& space = host.spaceAt(place);
      if (space.address().text == address) return digestOf(space.state()).hex();
    }
    return "";
  }

  static std::string contentIn(const Host& host, const std::string& address) {
    for (std::size_t place = 0; place < host.spaceCount(); ++place) {
      SpaceState state = host.spaceAt(place).state();
      if (state.address != address) continue;
      state.epoch = 0;
      return digestOf(state).hex();
    }
    return "";
  }

  std::string hostPicture() const {
    std::string text;
    for (const auto& [address, rows] : logs_) text += digestIn(host(), address) + "\n";
    return text;
  }

  std::string pagePicture() {
    std::string text;
    for (SpaceId id = 0; id < page().spaceCount(); ++id) {
      text += page().digest(id) + " " + std::to_string(page().replicaAt(id).overlay().size());
    }
    return text;
  }

  static std::uint64_t nonsenseIn(const std::map<ErrorCode, std::uint64_t>& refused) {
    std::uint64_t sum = 0;
    for (const auto& [code, count] : refused) {
      if (code == ErrorCode::malformed || code == ErrorCode::checksum) sum += count;
    }
    return sum;
  }

  Ways ways_;
  double nowMillis_ = kNow;
  Page page_;
  std::vector<Slot> slots_;
  std::unique_ptr<Host> host_;
  std::map<std::string, std::vector<Bytes>> logs_;  // What is durable, by address.
  bool isMisled_ = false;
};

}  // namespace danji::fuzz
