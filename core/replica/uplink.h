// Uplink: this device's conversation with the server, held by the one tab that decides.
//
// Connections come and go, and nothing else is asked of them: what arrives twice is folded once,
// what is lost is sent again. The glue opens a connection while wantsConnection(), says
// connected() and disconnected(), carries frames, and calls tick() at deadline().
//
//   hello    says how far this tab has every server space; the server answers with a welcome
//   push     brings undecided ops, of this tab and of others whose ops the channel brought
//   records  bring decisions; they are folded here and told to the other tabs by the peer
//
// Only a record, or a state that includes it, ends an op: that a frame left says nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/replica/peer.h"
#include "core/replica/realm.h"
#include "core/replica/replica.h"
#include "core/wire/frame.h"
#include "core/wire/messages.h"

namespace danji {

class Uplink {
 public:
  Uplink(Realm& realm, std::deque<Replica>& replicas, Peer& peer)
      : realm_(&realm), replicas_(&replicas), peer_(&peer) {}

  // This tab speaks for the device, and some key lives at the server.
  bool wantsConnection() const;
  // Connected, and the server has answered.
  bool isOnline() const { return isConnected_ && isWelcome_; }

  void clockWentBack(double byMillis) { heardMillis_ -= byMillis; }
  void connected();
  void disconnected();
  // MALFORMED, PROTOCOL, CHECKSUM: counted, and nothing changed.
  void receive(ByteView bytes);
  void tick();
  // When tick() wants to be called, in realm milliseconds; infinity: never.
  double deadline() const;

  // Frames to send, in order.
  std::vector<Bytes> flush();
  const std::map<ErrorCode, std::uint64_t>& refused() const { return refused_; }

 private:
  friend struct Inside;  // Tests compare all of it (tests/scope/inside.h).
  void dispatch(const Frame& frame);
  void on(const Welcome& welcome);
  void on(const Records& records);
  void sayHello();
  void pushUnsent();
  bool hasUnsent(const Replica& replica) const;
  bool awaitsAnswer() const;
  double patienceEnds() const;
  Replica* replicaAt(const std::string& address);
  template <class Message>
  void post(FrameType type, const Message& message);

  Realm* realm_;
  std::deque<Replica>* replicas_;
  Peer* peer_;
  PartCollector parts_;
  bool isConnected_ = false;
  bool isWelcome_ = false;
  bool missedRecords_ = false;  // Since the hello that is not answered.
  std::uint32_t attempt_ = 0;     // Ops that were sent in an earlier one are sent again.
  std::size_t asked_ = 0;         // So many of the spaces did the last hello know.
  double heardMillis_ = 0;
  std::vector<Bytes> outgoing_;
  std::uint32_t messageNumber_ = 0;
  std::map<ErrorCode, std::uint64_t> refused_;
};

}  // namespace danji
