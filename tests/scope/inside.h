// Inside: all of a core that its future depends on, as bytes: two cores with the same bytes answer
// the same to whatever comes. Left out is what only counts, and numbers of which only the order
// matters are told as an order.
#pragma once

#include "core/base/bytes.h"
#include "core/engine/engine.h"
#include "core/server/host.h"

namespace danji {

struct Inside {
  static void tell(ByteWriter& out, const Engine& engine);
  static void tell(ByteWriter& out, const Host& host);
  // The session that the page takes for the one who decides; empty: it knows none.
  static std::string leaderOf(const Engine& engine);

 private:
  static void tell(ByteWriter& out, const Realm& realm);
  static void tell(ByteWriter& out, const Replica& replica);
  static void tell(ByteWriter& out, const Overlay& overlay);
  static void tell(ByteWriter& out, const Peer& peer);
  static void tell(ByteWriter& out, const Uplink& uplink);
};

}  // namespace danji
