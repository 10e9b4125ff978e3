// Device, what leaves its pages and reaches them: on the channel and from the server.

#include "tests/sim/device.h"

namespace danji::sim {

void Device::flush(std::size_t number) {
  Tab& tab = *tabs_[number];
  tab.setClock(clock());
  if (!sides_[number].isOpen) return;
  if (tab.engine().peer().mayHaveFrames()) {
    for (Bytes& frame : tab.engine().peer().flush()) post(number, std::move(frame));
  }
  for (Bytes& frame : tab.engine().uplink().flush()) {
    tell(number, "sends", frame);
    network_->toServer(sides_[number].connection, std::move(frame));
  }
  check(tab);
}

void Device::post(std::size_t sender, Bytes frame) {
  tell(sender, "posts", frame);
  const auto shared = std::make_shared<const Bytes>(std::move(frame));
  for (std::size_t receiver = 0; receiver < tabs_.size(); ++receiver) {
    if (receiver == sender || !sides_[receiver].isOpen) continue;
    const std::uint64_t opening = sides_[receiver].openings;
    for (const double due : channel_.arrivals(sender, receiver, now())) {
      at(due, [this, receiver, opening, shared] {
        deliver(receiver, Source::channel, [this, receiver, opening, shared] {
          if (!sides_[receiver].isOpen || sides_[receiver].openings != opening) return;
          tell(receiver, "receives", *shared);
          task(receiver, [&](Engine& core) { core.peer().receive(*shared); });
        });
      });
    }
  }
}

void Device::openChannel(std::size_t number) {
  sides_[number].isOpen = true;
  ++sides_[number].openings;
}

// The tab that decides wants a connection; it gets one after a while, if there is a way.
void Device::connectAsWanted(std::size_t number) {
  Side& side = sides_[number];
  const bool wants = tabs_[number]->isRunning() &&
                     tabs_[number]->engine().uplink().wantsConnection();
  if (!wants && side.connection != 0) return disconnect(number);
  if (!wants || side.connection != 0 || side.isConnecting) return;
  side.isConnecting = true;
  at(now() + 5 + stage_->dice.upTo(stage_->isHealing ? 100 : 2000), [this, number] {
    deliver(number, Source::page, [this, number] {
      sides_[number].isConnecting = false;
      connect(number);
      afterTask(number);
    });
  });
}

void Device::connect(std::size_t number) {
  Side& side = sides_[number];
  const bool wants = tabs_[number]->isRunning() &&
                     tabs_[number]->engine().uplink().wantsConnection();
  if (!wants || side.connection != 0 || isOffline_ || !backend_->isUp()) return;
  tell(number, "connects");
  const auto id = std::make_shared<ConnectionId>(0);
  *id = side.connection = network_->open(
      number_,
      {.receive =
           [this, number, id](const Bytes& frame) {
             deliver(number, Source::channel, [this, number, id, frame] {
               if (sides_[number].connection != *id) return;
               tell(number, "hears", frame);
               task(number, [&](Engine& core) { core.uplink().receive(frame); });
             });
           },
       .closed =
           [this, number, id] {
             deliver(number, Source::channel, [this, number, id] {
               if (sides_[number].connection != *id) return;
               sides_[number].connection = 0;
               task(number, [](Engine& core) { core.uplink().disconnected(); });
             });
           }},
      {.receive = [this, id](const Bytes& frame) { backend_->receive(*id, frame); },
       .closed = [this, id] { backend_->closed(*id); }});
  backend_->accept(*id, number_);
  task(number, [](Engine& core) { core.uplink().connected(); });
}

void Device::disconnect(std::size_t number) {
  const ConnectionId id = std::exchange(sides_[number].connection, 0);
  if (id == 0) return;
  network_->cut(id);
  tabs_[number]->task([](Engine& core) { core.uplink().disconnected(); });
}

void Device::tell(std::size_t number, const char* what) const {
  if (stage_->isHeard()) stage_->tell(named(number), what);
}

void Device::tell(std::size_t number, const char* what, const Bytes& frame) const {
  static constexpr const char* kNames[] = {"?",    "hello",   "prepare", "promise",
                                           "refuse", "lead",  "welcome", "push",
                                           "records", "event", "bye",    "part",  "stored"};
  if (!stage_->tells) return;
  stage_->tell(named(number), (std::string(what) + " " + kNames[frame[6] % 13]).c_str());
}

}  // namespace danji::sim
