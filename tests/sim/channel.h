// Channel: when a frame posted by one tab reaches each of the others.
//
// As BroadcastChannel: what one tab posts arrives at another in the order in which it was
// posted, whatever third tabs post in between, and only where the channel was open at the time.
// A scene may ask for loss and repetition, which no browser does, but tabs survive.
#pragma once

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "tests/sim/stage.h"

namespace danji::sim {

class Channel {
 public:
  explicit Channel(Stage& stage)
      : stage_(&stage), scene_(&stage.scene), dice_(&stage.dice) {}

  // The moments at which a frame that is posted now arrives; none when it is lost.
  std::vector<double> arrivals(std::size_t sender, std::size_t receiver, double now) {
    std::vector<double> moments;
    if (!isHealed_ && dice_->chance(scene_->loss)) {
      stage_->report->note(Happening::channelLoss);
      return moments;
    }
    moments.push_back(after(sender, receiver, now + dice_->upTo(delayMax())));
    if (!isHealed_ && dice_->chance(scene_->duplication)) {
      // A repetition comes as late as it likes.
      stage_->report->note(Happening::channelRepetition);
      moments.push_back(now + dice_->upTo(20 * delayMax() + 20));
    }
    return moments;
  }

  // Nothing that `receiver` is sent arrives before `moment`.
  void holdBack(std::size_t receiver, std::size_t senders, double moment) {
    for (std::size_t sender = 0; sender < senders; ++sender) {
      double& last = last_[{sender, receiver}];
      last = std::max(last, moment);
    }
  }

  void heal() { isHealed_ = true; }

 private:
  double delayMax() const { return isHealed_ ? std::min(scene_->channelDelayMax, 20.0)
                                             : scene_->channelDelayMax; }
  double after(std::size_t sender, std::size_t receiver, double moment) {
    double& last = last_[{sender, receiver}];
    last = std::max(last + 1e-4, moment);
    return last;
  }

  Stage* stage_;
  const Scene* scene_;
  Dice* dice_;
  std::map<std::pair<std::size_t, std::size_t>, double> last_;
  bool isHealed_ = false;
};

}  // namespace danji::sim
