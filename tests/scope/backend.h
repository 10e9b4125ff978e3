// Backend: the server of a small world, with a disk that syncs late. A crash takes the process, its
// connections and what was not synced, but for as many rows as the event says; it is up again at
// once, for whoever finds it down can only wait.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/server/host.h"
#include "tests/scope/inside.h"
#include "tests/scope/machine.h"
#include "tests/scope/page.h"
#include "tests/scope/plan.h"

namespace danji::scope {

class Backend : public Machine {
 public:
  Backend(const Plan& plan, Messages& messages)
      : plan_(&plan), messages_(&messages), connections_(plan.pages(), 0) {
    start(0);
  }

  void meet(const Event& event, Millis now, std::vector<Sent>& sent) override {
    host_->setClock(clockAt(now));
    switch (event.kind) {
      case Event::Kind::hear:
        hear(event);
        break;
      case Event::Kind::sync:
        synced_ += unsynced_.front();
        unsynced_.pop_front();
        host_->rowsWritten();
        break;
      case Event::Kind::crash:
        return crash(event.what, now, sent);
      default:
        return;
    }
    for (LogRow& row : host_->takeRows()) pending_.push_back(std::move(row.bytes));
    if (!pending_.empty()) {
      unsynced_.push_back(pending_.size());
      for (Bytes& row : pending_) rows_.push_back(std::move(row));
      pending_.clear();
    }
    send(sent);
  }

  Facts facts() const override {
    Facts facts;
    facts.unsynced = static_cast<std::uint32_t>(rows_.size() - synced_);
    if (host_->spaceCount() == 0) return facts;
    facts.epoch = host_->spaceAt(0).epoch();
    facts.index = host_->spaceAt(0).index();
    facts.state = digestOf(host_->spaceAt(0).state());
    return facts;
  }

  Digest digest() const override {
    ByteWriter out;
    Inside::tell(out, *host_);
    out.varint(life_);
    out.varint(synced_);
    for (const std::size_t count : unsynced_) out.varint(count);
    for (const Bytes& row : rows_) {
      out.varint(row.size());
      out.raw(row);
    }
    for (const ConnectionId id : connections_) out.varint(id);
    return digestOf(out.view());
  }

 private:
  static constexpr double kBegin = 1'700'000'000'000.0;

  // A restart takes a moment: a log that is begun anew has a later beginning.
  double clockAt(Millis now) const { return kBegin + now + static_cast<double>(life_); }

  void start(Millis now) {
    host_ = std::make_unique<Host>(sessionOf(plan_->server(), life_), 77 + life_);
    host_->setClock(clockAt(now));
    const Result<std::size_t> whole = host_->load(plan_->address(), rows_);
    if (!whole.ok() || whole.value() != rows_.size()) complain("the server can't read its log");
  }

  void hear(const Event& event) {
    ConnectionId& connection = connections_[event.from];
    switch (messages_->noteOf(event.what)) {
      case Note::opens:
        if (connection != 0) host_->disconnected(connection);
        connection = ++opened_;
        return host_->connected(connection);
      case Note::closed:
        if (connection != 0) host_->disconnected(connection);
        connection = 0;
        return;
      default:
        // A frame that was sent to a life of this server that is over.
        if (connection != 0) host_->receive(connection, messages_->contentOf(event.what));
    }
  }

  void crash(std::size_t kept, Millis now, std::vector<Sent>& sent) {
    rows_.resize(synced_ + kept);
    synced_ = rows_.size();
    unsynced_.clear();
    ++life_;
    for (std::size_t page = 0; page < connections_.size(); ++page) {
      if (std::exchange(connections_[page], 0) == 0) continue;
      sent.push_back({static_cast<std::uint8_t>(page), messages_->idOf(Note::closed)});
    }
    start(now);
  }

  void send(std::vector<Sent>& sent) {
    for (const Outgoing& one : host_->takeFrames()) {
      for (std::size_t page = 0; page < connections_.size(); ++page) {
        if (connections_[page] != one.connection) continue;
        sent.push_back(
            {static_cast<std::uint8_t>(page), messages_->idOf(Note::frame, one.bytes)});
      }
    }
  }

  const Plan* plan_;
  Messages* messages_;
  std::unique_ptr<Host> host_;
  std::vector<ConnectionId> connections_;  // By page; 0: none.
  ConnectionId opened_ = 0;
  std::vector<Bytes> rows_;
  std::size_t synced_ = 0;             // So many of them.
  std::deque<std::size_t> unsynced_;  // By takeRows().
  std::vector<Bytes> pending_;
  std::size_t life_ = 0;
};

}  // namespace danji::scope
