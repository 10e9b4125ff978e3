// Locks: the lock manager as a process of its own: what pages ask it for arrives in order and
// late, and so does what it says.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/scope/machine.h"
#include "tests/scope/plan.h"
#include "tests/sim/lock_manager.h"

namespace danji::scope {

class Locks : public Machine {
 public:
  Locks(const Plan& plan, std::vector<std::string> sessions, Messages& messages)
      : plan_(&plan), names_(std::move(sessions)), messages_(&messages) {}

  void meet(const Event& event, Millis, std::vector<Sent>& sent) override {
    if (event.kind != Event::Kind::hear) return;
    ByteReader in(messages_->contentOf(event.what));
    switch (messages_->noteOf(event.what)) {
      case Note::holdsSession:
        return manager_.holdSession(names_[event.from]);
      case Note::requestsLock:
        return announce(manager_.request(in.u64()), sent);
      case Note::stealsLock:
        return announce(manager_.steal(in.u64()), sent);
      case Note::releasesLock:
        return announce(manager_.release(in.u64()), sent);
      case Note::isGone: {
        manager_.freeSession(std::string(asText(in.raw(names_[event.from].size()))));
        const sim::LockManager::Token token = in.u64();
        if (token != 0) announce(manager_.release(token), sent);
        return;
      }
      case Note::queriesSessions: {
        ByteWriter list;
        for (const std::string& session : manager_.sessions()) list.raw(session);
        sent.push_back({event.from, messages_->idOf(Note::sessions, list.view())});
        return;
      }
      default:
        complain("the lock manager heard what is not for it");
    }
  }

  Facts facts() const override { return {}; }

  Digest digest() const override {
    ByteWriter out;
    out.text("locks");
    out.u64(manager_.holder());
    out.varint(manager_.waiting().size());
    for (const sim::LockManager::Token token : manager_.waiting()) out.u64(token);
    for (const std::string& session : manager_.sessions()) out.text(session);
    return digestOf(out.view());
  }

 private:
  // A token says whose it is: page.cpp.
  void announce(const std::vector<sim::LockManager::Notice>& notices, std::vector<Sent>& sent) {
    for (const sim::LockManager::Notice& notice : notices) {
      ByteWriter token;
      token.u64(notice.token);
      const Note note = notice.isGranted ? Note::granted : Note::lost;
      sent.push_back({static_cast<std::uint8_t>(notice.token % plan_->pages()),
                      messages_->idOf(note, token.view())});
    }
  }

  const Plan* plan_;
  std::vector<std::string> names_;
  Messages* messages_;
  sim::LockManager manager_;
};

}  // namespace danji::scope
