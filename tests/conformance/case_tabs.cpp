// CaseWorld, the steps about several tabs, and what is drained.
#include <algorithm>

#include "core/base/checksum.h"
#include "tests/conformance/case_values.h"
#include "tests/conformance/case_world.h"

namespace danji::conformance {
namespace {

constexpr std::size_t kSnapshotBytesShown = 2048;
constexpr int kExchangesMax = 200;

}  // namespace

// ---- After every step: what the core has to tell

void CaseWorld::settle(Tab& tab) {
  if (!tab.engine.hasChanges()) return;
  ByteWriter out;
  tab.engine.drain(out);
  ByteReader in(out.view());
  readDrained(tab, in);
}

void CaseWorld::readDrained(Tab& tab, ByteReader& in) {
  const auto addressOf = [&](SpaceId space) {
    return tab.engine.replicaAt(space).space().address().text;
  };
  const auto slotName = [&](Slot slot) {
    for (const auto& [name, known] : tab.slots) {
      if (known == slot) return name;
    }
    return std::string("?");
  };
  for (std::uint8_t kind = in.u8(); kind != 0; kind = in.u8()) {
    if (kind == 15) continue;  // A hint that the outbox changed.
    Json item;
    if (kind == 1) {
      const Slot slot = in.u32();
      MirroredEntry& entry = tab.mirror[slot];
      const bool isVisible = in.u8() == 1;
      entry.version = in.f64();
      entry.millis = in.f64();
      entry.pending = in.u32();
      const NameId unit = in.u32();
      entry.author = in.u8();
      entry.unit = entry.author == 0 ? "" : tab.engine.unitName(unit);
      item = {{"entry", slotName(slot)}, {"version", entry.version}, {"millis", entry.millis},
              {"pending", entry.pending}, {"unit", entry.unit}, {"author", entry.author}};
      if (isVisible) {
        entry.value = decodeValue(in);
        item["is"] = jsonOf(entry.value);
      }
    } else if (kind == 2) {
      item["decided"] = addressOf(in.u32());
      item["sequence"] = in.f64();
      item["code"] = errorName(static_cast<ErrorCode>(in.u8()));
      item["index"] = in.f64();
      if (in.u8() == 1) item["superseded"] = true;
    } else if (kind == 3) {
      item["clash"] = slotName(in.u32());
    } else if (kind == 4) {
      item["scope"] = in.u8();
      for (const char* field : {"apartment", "building", "unit", "event", "json"}) {
        item[field] = std::string(in.text(in.remaining()));
      }
    } else if (kind == 5) {
      item["tabs"] = true;
    } else if (kind == 7) {
      const Slot slot = in.u32();
      item["choose"] = slotName(slot);
      item["between"] = Json::array();
      ByteWriter dots;
      const std::uint8_t count = in.u8();
      dots.varint(count);
      for (std::uint8_t i = 0; i < count && !in.failed(); ++i) {
        dots.raw(in.raw(16));
        dots.varint(static_cast<std::uint64_t>(in.f64()));
        in.f64();
        in.f64();
        in.u32();
        item["between"].push_back(jsonOf(decodeValue(in)));
      }
      tab.choices[slot] = dots.take();
    } else if (kind == 8) {
      item["overwritten"] = slotName(in.u32());
      item["author"] = in.u8();
      item["unit"] = tab.engine.unitName(in.u32());
      item["by"] = tab.engine.unitName(in.u32());
      item["was"] = jsonOf(decodeValue(in));
    } else if (kind == 9) {
      item["renumbered"] = addressOf(in.u32());
      item["from"] = in.f64();
      item["to"] = in.f64();
    } else if (kind == 10) {
      item["contract"] = slotName(in.u32());
      item["of"] = std::string(in.text(in.remaining()));
    } else if (kind == 11) {
      item["returned"] = addressOf(in.u32());
      item["sequence"] = in.f64();
      item["unit"] = tab.engine.unitName(in.u32());
      item["writes"] = Json::array();
      for (std::uint32_t rest = in.u32(); rest > 0 && !in.failed(); --rest) {
        const std::string key = slotName(in.u32());
        const std::uint8_t change = in.u8();
        item["writes"].push_back({{"key", key}, {"kind", change}, {"is", jsonOf(decodeValue(in))}});
      }
    } else {
      item["space"] = addressOf(in.u32());
      item["epoch"] = std::string(in.text(100));
    }
    tab.drained.push_back(item);
  }
  require(in.finished(), "a drain that can't be read");
}

void CaseWorld::expectDrained(const Json& step, Tab& tab) {
  const std::vector<Json> drained = std::move(tab.drained);
  tab.drained.clear();
  const Json& expected = step["drained"];
  if (expected.is_null()) return;
  equal(drained.size(), expected.size(), "the number of items in " + Json(drained).dump() + ",");
  for (std::size_t i = 0; i < drained.size(); ++i) {
    for (const auto& [field, value] : expected[i].items()) {
      equal(drained[i].value(field, Json()), value, field + " of " + drained[i].dump());
    }
  }
}

// ---- Signals

void CaseWorld::signal(const std::string& name, Tab& tab) {
  Peer& peer = tab.engine.peer();
  if (name == "join") {
    peer.join();
  } else if (name == "lockGranted") {
    peer.lockGranted();
  } else if (name == "lockLost") {
    peer.lockLost();
  } else if (name == "tick") {
    peer.tick();
  } else if (name == "suspend") {
    peer.suspend();
  } else if (name == "resume") {
    peer.resume();
  } else if (name == "leave") {
    peer.leave();
  } else if (name == "visible" || name == "hidden") {
    peer.setVisible(name == "visible");
  } else {
    require(false, "no such signal");
  }
  settle(tab);
}

void CaseWorld::expectWishes(const Json& step, Tab& tab) {
  static const std::vector<std::string> kNames = {"requestLock", "stealLock", "releaseLock",
                                                  "querySessions"};
  const std::uint32_t wishes = tab.engine.peer().takeWishes();
  Json found = Json::array();
  for (std::size_t bit = 0; bit < kNames.size(); ++bit) {
    if ((wishes >> bit & 1) != 0) found.push_back(kNames[bit]);
  }
  equal(found, step["wishes"], "the wishes");
}

void CaseWorld::sessionsFound(const Json& names, Tab& tab) {
  std::vector<std::string> sessions;
  for (const Json& name : names) sessions.push_back(named(name.get<std::string>()).session);
  tab.engine.peer().sessionsFound(sessions);
  settle(tab);
}

void CaseWorld::expectPeer(const Json& step, Tab& tab) {
  Json found = Json::parse(tab.engine.inspect());
  if (found["leader"].is_string()) found["leader"] = nameOf(found["leader"].get<std::string>());
  for (Json& peer : found["peers"]) peer = nameOf(peer.get<std::string>());
  std::sort(found["peers"].begin(), found["peers"].end());
  for (const auto& [field, value] : step["peer"].items()) equal(found[field], value, field);
}

void CaseWorld::emit(const Json& step, Tab& tab) {
  ByteWriter bytes;
  bytes.raw(tab.session);
  bytes.u8(static_cast<std::uint8_t>(step.value("scope", 2)));
  for (const char* field : {"apartment", "building", "unit"}) bytes.text(step.value(field, "main"));
  bytes.text(textOf(step["emit"]));
  bytes.text(textOf(step["json"]));
  ByteReader in(bytes.view());
  const Event event = decodeEvent(in);
  if (refusedAsTold(step, in.finished() ? ErrorCode::ok : ErrorCode::invalidValue)) return;
  tab.engine.peer().sendEvent(event);
  settle(tab);
}

// ---- Frames

std::vector<Bytes> CaseWorld::flush(Tab& tab) {
  std::vector<Bytes> frames = tab.engine.peer().flush();
  for (const Bytes& frame : frames) {
    ByteWriter length;
    length.u32(static_cast<std::uint32_t>(frame.size()));
    tab.frameHash = hashOn(hashOn(tab.frameHash, length.view()), frame);
    ++tab.frameCount;
  }
  settle(tab);
  return frames;
}

bool CaseWorld::carryFrom(const std::string& name, const std::vector<std::string>& targets) {
  const std::vector<Bytes> frames = flush(named(name));
  for (const Bytes& frame : frames) {
    for (const std::string& target : targets) {
      if (target == name) continue;
      named(target).engine.peer().receive(frame);
      settle(named(target));
    }
  }
  return !frames.empty();
}

void CaseWorld::carry(const Json& step) {
  const std::string from = step["carry"].get<std::string>();
  const bool any = carryFrom(from, step.value("to", allNames()));
  require(any != step.value("nothing", false), any ? "there were frames" : "there was no frame");
}

void CaseWorld::hold(const Json& step) {
  const std::vector<Bytes> frames = flush(named(step["hold"].get<std::string>()));
  require(!frames.empty(), "there was no frame");
  if (step.contains("count")) equal(frames.size(), step["count"], "the number of frames");
  held_[step["as"].get<std::string>()] = frames;
}

// { "deliver": "name" | bytes, "in": tab }, optionally only the frames with these places.
void CaseWorld::deliver(const Json& step) {
  std::vector<Bytes> frames;
  if (step["deliver"].is_string()) {
    frames = held_.at(step["deliver"].get<std::string>());
  } else if (step["deliver"].contains("frame")) {
    kept_["frame"] = held_.at(step["deliver"]["frame"].get<std::string>()).front();
    Json source = step["deliver"];
    source["kept"] = "frame";
    frames = {bytesOf(source)};
  } else {
    frames = {bytesOf(step["deliver"])};
  }
  Tab& tab = tabOf(step);
  for (std::size_t place = 0; place < frames.size(); ++place) {
    const Json only = step.value("only", Json(nullptr));
    if (only.is_array() && std::find(only.begin(), only.end(), place) == only.end()) continue;
    tab.engine.peer().receive(frames[place]);
    settle(tab);
  }
}

void CaseWorld::exchange(const std::vector<std::string>& names) {
  for (int round = 0; round < kExchangesMax; ++round) {
    bool any = false;
    for (const std::string& name : names) any = carryFrom(name, names) || any;
    if (!any) return;
  }
  require(false, "they do not come to rest");
}

// Joins everybody named, grants the lock and tells who is alive.
void CaseWorld::lead(const Json& step) {
  const std::string leader = step["lead"].get<std::string>();
  const Json among = step.value("among", Json(names_));
  for (const Json& name : among) {
    Tab& tab = named(name.get<std::string>());
    if (tab.engine.peer().role() == Role::alone) signal("join", tab);
    tab.engine.peer().takeWishes();
  }
  signal("lockGranted", named(leader));
  named(leader).engine.peer().takeWishes();
  sessionsFound(among, named(leader));
  exchange(among.get<std::vector<std::string>>());
}

std::map<std::string, std::string> CaseWorld::sharedDigests(Tab& tab) {
  std::map<std::string, std::string> digests;
  for (SpaceId id = 0; id < tab.engine.spaceCount(); ++id) {
    const Replica& replica = tab.engine.replicaAt(id);
    if (!replica.isShared() || replica.space().index() == 0) continue;
    digests[replica.space().address().text] = tab.engine.digest(id);
  }
  return digests;
}

void CaseWorld::expectSame(const Json& step) {
  const std::vector<std::string> names = step["same"].get<std::vector<std::string>>();
  const auto first = sharedDigests(named(names.front()));
  require(!first.empty(), "nothing was decided");
  for (const std::string& name : names) {
    require(sharedDigests(named(name)) == first, name + " differs from " + names.front());
  }
}

Json CaseWorld::finalState() {
  Json state = Json::object();
  for (const std::string& name : names_) {
    Tab& tab = *tabs_[name];
    flush(tab);
    ByteWriter snapshot;
    (void)tab.engine.snapshot(filterOf(Json::object()).view(), snapshot).ok();
    Json digests = Json::object();
    for (SpaceId id = 0; id < tab.engine.spaceCount(); ++id) {
      digests[tab.engine.replicaAt(id).space().address().text] = tab.engine.digest(id);
    }
    const bool isShort = snapshot.size() <= kSnapshotBytesShown;
    const std::uint64_t hash = hashOn(0xcbf29ce484222325ull, snapshot.view());
    state[name] = {
        {"snapshot", isShort ? hexOfBytes(snapshot.view())
                             : std::to_string(snapshot.size()) + " bytes, hash " + hex64(hash)},
        {"digests", digests},
        {"frames", std::to_string(tab.frameCount) + " frames, hash " + hex64(tab.frameHash)}};
  }
  return state;
}

}  // namespace danji::conformance
