// Network: connections between pages and the server, and what can happen to their frames.
//
// A connection keeps the order of what it carries, unless the scene says that it stands for
// requests of their own, which overtake each other and are repeated. It ends at any moment, with
// everything on its way; each end hears of that in its own time. Some swallow everything first.
#pragma once

#include <algorithm>
#include <functional>
#include <map>

#include "core/base/bytes.h"
#include "core/server/host.h"
#include "tests/sim/stage.h"

namespace danji::sim {

class Network {
 public:
  struct End {
    std::function<void(const Bytes&)> receive;
    std::function<void()> closed;
  };

  explicit Network(Stage& stage) : stage_(&stage) {}

  // A connection between two ends; the caller tells the ends that it is there.
  ConnectionId open(std::size_t device, End client, End server) {
    const ConnectionId id = ++last_;
    links_[id] = {.device = device, .ends = {std::move(client), std::move(server)}};
    return id;
  }

  void toServer(ConnectionId id, Bytes frame) { carry(id, 1, std::move(frame)); }
  void toClient(ConnectionId id, Bytes frame) { carry(id, 0, std::move(frame)); }

  // Everything on its way is lost; both ends hear of it, late.
  void cut(ConnectionId id) {
    const auto link = links_.find(id);
    if (link == links_.end()) return;
    for (const End& end : link->second.ends) {
      stage_->agenda.at(stage_->agenda.now() + stage_->dice.upTo(delayMax()), end.closed);
    }
    links_.erase(link);
  }

  // From now on nothing comes through, and nobody is told until somebody cuts it.
  void swallow(ConnectionId id) {
    const auto link = links_.find(id);
    if (link != links_.end()) link->second.swallows = true;
  }

  std::vector<ConnectionId> connections() const {
    std::vector<ConnectionId> ids;
    for (const auto& [id, link] : links_) ids.push_back(id);
    return ids;
  }
  std::vector<ConnectionId> connectionsOf(std::size_t device) const {
    std::vector<ConnectionId> ids;
    for (const auto& [id, link] : links_) {
      if (link.device == device) ids.push_back(id);
    }
    return ids;
  }

 private:
  struct Link {
    std::size_t device = 0;
    End ends[2];
    double lastArrival[2] = {0, 0};
    bool swallows = false;
  };

  double delayMax() const {
    return stage_->isHealing ? std::min(50.0, stage_->scene.networkDelayMax)
                             : stage_->scene.networkDelayMax;
  }

  void carry(ConnectionId id, int to, Bytes bytes) {
    const auto link = links_.find(id);
    if (link == links_.end() || link->second.swallows) return;
    const auto frame = std::make_shared<const Bytes>(std::move(bytes));
    const double now = stage_->agenda.now();
    Dice& dice = stage_->dice;
    double& last = link->second.lastArrival[to];
    if (!stage_->isHealing && dice.chance(stage_->scene.reordering)) {
      stage_->report->note(Happening::frameReordered);
      arrive(id, to, now + dice.upTo(3 * delayMax() + 30), frame);
    } else {
      last = std::max(last + 1e-4, now + dice.upTo(delayMax()));
      arrive(id, to, last, frame);
    }
    if (!stage_->isHealing && dice.chance(stage_->scene.repetition)) {
      stage_->report->note(Happening::frameRepeated);
      arrive(id, to, now + dice.upTo(5 * delayMax() + 50), frame);
    }
  }

  void arrive(ConnectionId id, int to, double due, std::shared_ptr<const Bytes> frame) {
    stage_->agenda.at(due, [this, id, to, frame] {
      const auto link = links_.find(id);
      if (link == links_.end() || link->second.swallows) return;
      const auto receive = link->second.ends[to].receive;  // It may cut the link it came by.
      receive(*frame);
    });
  }

  Stage* stage_;
  std::map<ConnectionId, Link> links_;
  ConnectionId last_ = 0;
};

}  // namespace danji::sim
