// Seeds: the bytes that fuzzing starts from, as the core itself writes them.
//
//   danji_fuzz_seeds folder      writes folder/<target>/seed-<n> and near-<n>
//
// The near ones are nearly right, each wrong in one way that must be refused.
//
// Two tabs meet, write, lose their leader and leave each other; every frame of theirs is a seed
// for those who read frames, messages, states and ops.

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/fuzz/script.h"
#include "tests/fuzz/served.h"
#include "tests/fuzz/tabs.h"

namespace danji::fuzz {
namespace {

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void add(const std::string& target, ByteView bytes) { write(target, "seed-", asText(bytes)); }
  void add(const std::string& target, std::string_view text) { write(target, "seed-", text); }
  void near(const std::string& target, std::string_view text) { write(target, "near-", text); }

 private:
  void write(const std::string& target, const std::string& kind, std::string_view text) {
    if (!known_[target].insert(std::string(text)).second) return;
    std::filesystem::create_directories(folder_ / target);
    const std::string name = kind + std::to_string(known_[target].size());
    std::ofstream(folder_ / target / name, std::ios::binary) << text;
  }

  std::filesystem::path folder_;
  std::map<std::string, std::set<std::string>> known_;
};

std::size_t placeOf(FrameType type) {
  const auto found = std::find(kFrameTypes.begin(), kFrameTypes.end(), type);
  return static_cast<std::size_t>(found - kFrameTypes.begin());
}

const std::vector<Value>& someValues() {
  static const std::vector<Value> values = {
      Value(),          Value::null(),        Value::boolean(true),  Value::boolean(false),
      Value::number(7), Value::number(-2.25), Value::number(1e300),  Value::json("\"Ada\""),
      Value::json("[]"), Value::json("{\"cart\":{\"apples\":[1,2.5e-3,null,\"\\u00e9\"]}}")};
  return values;
}

void addValues(Seeds& seeds) {
  for (const Value& value : someValues()) {
    seeds.add("value", encoded(value));
    if (value.kind() == Value::Kind::text) seeds.add("json", "\x20" + value.text());
  }
  seeds.add("json", "\x20 -0.5E+10 ");
  seeds.add("json", "\x03[[[[]]]]");
  seeds.add("json", "\x05\"\\ud83d\\ude00 \xF0\x9F\x98\x80 \xED\x9F\xBF\"");
  seeds.add("json", "\x05{\"a\":true,\"b\":false,\"c\":null,\"\":\"\\n\"}");
  ByteWriter out;
  for (int i = 0; i < 8; ++i) out.u8(static_cast<std::uint8_t>(i));
  out.u8(9);
  out.u32(1);
  out.u64(2);
  out.f64(0.5);
  out.varint(300);
  out.zigzag(-3);
  out.text("cart");
  out.varint(2);
  out.u32(0);
  Bytes reads = out.take();
  reads.insert(reads.begin(), 8);
  seeds.add("bytes", reads);
}

void addPlaces(Seeds& seeds) {
  for (const LiveKey& key : liveKeys()) seeds.add("address", key.address);
  seeds.add("address", "server/global");
  for (const char* parameters : {"", "{\"depth\":3}"}) {
    const Definition one{.parameters = parameters};
    const Definition other{.scope = Scope::global, .plane = Plane::tab};
    seeds.add("definition", encoded(one, other));
    seeds.add("definition", encoded(one, one));
    ByteWriter out;
    encode(out, one, {.version = "1.10", .schema = "{\"type\":\"number\"}", .permissions = ""});
    encode(out, one, {.version = "2", .schema = "{}", .permissions = "{\"write\":\"*\"}"});
    seeds.add("definition", out.take());
  }
}

void addSchemas(Seeds& seeds) {
  const std::string order =
      R"({"type":"object","required":["a"],"additionalProperties":{"minimum":-1e2,"maximum":0.5},)"
      R"("properties":{"a":{"type":["string","null"],"minLength":1,"maxLength":3},)"
      R"("b":{"type":"array","minItems":1,"maxItems":2,"items":{"enum":[1,"x",{"y":[]}]}}}})";
  for (const char* json : {R"({"a":null,"b":[1.0,{"y":[]}]})", R"({"a":"\u0041bcd"})", "{}",
                           R"({"a":"x","c":0.51})", R"({"a":"x","b":["z"]})"}) {
    seeds.add("schema", order + std::string(1, '\0') + json);
  }
  seeds.add("schema", std::string(R"({"type":"integer","minimum":-3})") + '\0' + "-1e1");
  for (const char* text : {R"({"type":"string","minimum":1})", R"({"tpye":"string"})",
                           R"({"enum":[]})", R"({"minItems":2,"maxItems":1})"}) {
    seeds.near("schema", text + std::string(1, '\0') + "1");
  }
}

void addNearMissedOps(Seeds& seeds) {
  const WireTables tables{.sessions = {std::string(16, 's')},
                          .units = {{"cart"}},
                          .keys = {{.key = "cart", .fingerprint = 7, .definition = {}}}};
  WireOp good;
  good.sequence = 1;
  good.changes = {{.kind = ChangeKind::set, .key = 0, .value = Value::number(3)}};
  const auto changed = [&](auto change) {
    WireOp op = good;
    change(op);
    return op;
  };
  for (const WireOp& op :
       {changed([](WireOp& op) { op.voids = true; }), changed([](WireOp& op) { op.sequence = 0; }),
        changed([](WireOp& op) { op.session = 1; }), changed([](WireOp& op) { op.unit = 1; }),
        changed([](WireOp& op) { op.changes[0].key = 1; }),
        changed([](WireOp& op) { op.changes[0].value = Value(); }),
        changed([](WireOp& op) { op.changes[0].kind = ChangeKind::define; })}) {
    const PushSection push{.address = "device/global", .epoch = 5, .cursor = 0, .ops = {op}};
    const RecordsSection records{.address = "device/global", .epoch = 5, .from = 1,
                                 .records = {{.op = op, .stamp = {9}}}};
    seeds.near("ops", asText(ScriptWriter().byte(0).rest(encoded(tables, push)).take()));
    seeds.near("ops", asText(ScriptWriter().byte(1).rest(encoded(tables, records)).take()));
  }
}

void addNearMisses(Seeds& seeds) {
  for (const char* text : {"\"\\udc00\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\xED\xA0\x80\"",
                           "\"\xC0\x80\"", "\"\xF4\x90\x80\x80\"", "01", "1.", "[1,]", "[[[]]]"}) {
    seeds.near("json", "\x02" + std::string(text));
  }
  for (const char* text : {"device/building:a/b/c", "device/building:a", "tab/private:a/b",
                           "device/apartment:", "device/global/", "global"}) {
    seeds.near("address", text);
  }
  seeds.near("address", "device/apartment:" + std::string(kIdBytesMax + 1, 'a'));

  SpaceState state{.address = "device/global", .epoch = 1, .index = 1, .lastStamp = {9}};
  for (const char* key : {"theme", "cart"}) {
    state.entries.push_back({.key = key, .definition = {}, .value = {}, .stamp = {}});
  }
  seeds.near("state", asText(encoded(state)));
  state.entries[1].key = "theme";
  seeds.near("state", asText(encoded(state)));
  addNearMissedOps(seeds);
}

// The states inside a message, its tables and sections, for those who read them by themselves.
void addInside(Seeds& seeds, const Frame& frame) {
  ByteReader in(frame.body);
  if (frame.type == FrameType::promise) {
    for (const SpaceState& state : decodePromise(in).states) seeds.add("state", encoded(state));
  }
  if (frame.type == FrameType::welcome) {
    for (const SpaceUpdate& update : decodeWelcome(in).updates) {
      if (update.state) seeds.add("state", encoded(*update.state));
    }
  }
  if (frame.type == FrameType::push) {
    const Push push = decodePush(in);
    for (const PushSection& section : push.sections) {
      const Bytes body = encoded(push.tables, section);
      seeds.add("ops", ScriptWriter().byte(0).rest(body).take());
    }
  }
  if (frame.type == FrameType::records) {
    const Records records = decodeRecords(in);
    for (const RecordsSection& section : records.sections) {
      const Bytes body = encoded(records.tables, section);
      seeds.add("ops", ScriptWriter().byte(1).rest(body).take());
    }
  }
}

void addFrame(Seeds& seeds, const Bytes& bytes) {
  const Frame frame = openFrame(bytes).value();
  const std::size_t type = placeOf(frame.type);
  addInside(seeds, frame);
  seeds.add("messages", ScriptWriter().byte(type).rest(frame.body).take());
  seeds.add("frame", ScriptWriter().byte(0).rest(bytes).take());
  seeds.add("frame", ScriptWriter().byte(1).rest(bytes).take());
  for (std::size_t tab = 0; tab < 2; ++tab) {
    ScriptWriter script;
    script.byte(0).byte(tab).byte(type).chunk(frame.body).byte(4);
    script.byte(3).byte(tab).byte(0).byte(7).byte(4);
    seeds.add("receive", script.take());
  }
}

// What the tabs say while frames go to `seeds` on their way.
class Recorder {
 public:
  explicit Recorder(Seeds& seeds) : seeds_(&seeds), tabs_(2) {}

  void play() {
    talk();
    addRollbacks();
    write(0, 3);
    write(1, 4);
    talk();
    writeMany();
    talk();
    addStates();
    addOddSnapshots();
    tabs_.steal(1);
    talk();
    tabs_.advance(2000);
    talk();
    sendEvent();
    addStranger();
    tabs_[0].engine().peer().leave();
    talk();
    addLives();
  }

 private:
  void talk() {
    for (int round = 0; round < 10; ++round) {
      tabs_.grantWishes();
      for (std::size_t tab = 0; tab < 2; ++tab) {
        for (const Bytes& frame : tabs_[tab].flush()) {
          addFrame(*seeds_, frame);
          tabs_[1 - tab].receive(frame);
        }
      }
    }
  }

  void write(std::size_t tab, double number) {
    for (std::size_t slot = 0; slot < liveKeys().size(); ++slot) {
      tabs_[tab].checkGoodWrite(slot, number + static_cast<double>(slot));
    }
  }

  // Keys that take any value.
  std::vector<Slot> openSlots(std::size_t tab) {
    std::vector<Slot> slots;
    for (std::size_t place = 0; place < liveKeys().size(); ++place) {
      if (liveKeys()[place].contract.isEmpty()) slots.push_back(tabs_[tab].slots()[place]);
    }
    return slots;
  }

  // Batches with every kind of value, by either tab.
  void writeMany() {
    for (std::size_t tab = 0; tab < 2; ++tab) {
      const std::vector<Slot> slots = openSlots(tab);
      ByteWriter batch;
      batch.varint(someValues().size());
      std::size_t slot = 0;
      for (const Value& value : someValues()) {
        batch.varint(slots[slot++ % slots.size()]);
        batch.varint(tabs_[tab].unit());
        batch.u8(value.isSet() ? 1 : 2);
        if (value.isSet()) encode(batch, value);
      }
      ByteWriter out;
      claim(tabs_[tab].engine().commit(batch.view(), out).ok(), "a good batch is accepted");
      tabs_[tab].settle();
      for (std::size_t role = 0; role < 3; ++role) {
        seeds_->add("commit", ScriptWriter().byte(role).chunk(batch.view()).take());
      }
    }
  }

  void addStates() {
    for (SpaceId id = 0; id < tabs_[0].engine().spaceCount(); ++id) {
      seeds_->add("state", encoded(tabs_[0].engine().replicaAt(id).space().state()));
    }
    for (const char* filter : {"", "device/global"}) {
      ByteWriter wanted;
      wanted.varint(*filter == 0 ? 0 : 1);
      if (*filter != 0) wanted.text(filter);
      wanted.varint(*filter == 0 ? 0 : 1);
      if (*filter != 0) wanted.text("theme");
      seeds_->add("filter", wanted.view());
      ByteWriter snapshot;
      claim(tabs_[0].engine().snapshot(wanted.view(), snapshot).ok(), "a snapshot is taken");
      const ByteView body = openFrame(snapshot.view()).value().body;
      for (const std::size_t how : {0, 1, 2, 4}) {
        seeds_->add("restore", ScriptWriter().byte(how).rest(body).take());
      }
    }
  }

  // The same place twice, and a key that means something else in each of two places.
  void addOddSnapshots() {
    SpaceState one{.address = "device/apartment:main", .epoch = 1, .index = 1};
    one.entries.push_back({.key = "basket", .definition = {}, .value = Value::number(1),
                           .stamp = {}, .version = 1, .sequence = 1,
                           .session = tabs_[0].session(), .unit = "cart"});
    SpaceState other = one;
    other.address = "device/apartment:other";
    other.entries[0].definition.parameters = "{\"depth\":3}";
    SpaceState again = one;
    again.entries[0].key = "cart";
    for (const SpaceState& second : {other, again}) {
      ByteWriter body;
      body.varint(2);
      encode(body, one);
      encode(body, second);
      seeds_->add("restore", ScriptWriter().byte(0).rest(body.view()).take());
      seeds_->add("restore", ScriptWriter().byte(1).rest(body.view()).take());
    }
  }

  void sendEvent() {
    tabs_[0].engine().peer().sendEvent({.sender = tabs_[0].session(),
                                        .scope = Scope::building,
                                        .apartment = "main",
                                        .building = "shop",
                                        .unit = "cart",
                                        .name = "added",
                                        .json = "{\"apples\":1}"});
  }

  // A tab that nobody knows, and that holds another history.
  void addStranger() {
    const std::string stranger(16, 'Z');
    addFrame(*seeds_, sealFrame(FrameType::refuse, encoded(Refuse{.sender = stranger,
                                                                  .asker = tabs_[0].session(),
                                                                  .promised = 5000})));
    addFrame(*seeds_, sealFrame(FrameType::prepare, encoded(Prepare{.sender = stranger,
                                                                    .leaderEpoch = 5000,
                                                                    .accepted = 4000,
                                                                    .cursors = {}})));
    addFrame(*seeds_, sealFrame(FrameType::bye, encoded(Bye{.sender = stranger})));
    addFrame(*seeds_, sealFrame(FrameType::stored,
                                encoded(Stored{.sender = stranger,
                                               .leaderEpoch = 5000,
                                               .cursors = {{"device/global", 1, 3}}})));
    for (std::size_t tab = 0; tab < 2; ++tab) addExtremes(stranger, tabs_[tab].session());
  }

  // A leader whose log, stamps or numbers are about to end.
  void addExtremes(const std::string& stranger, const std::string& target) {
    SpaceState longLog{.address = "device/global", .epoch = 9, .index = kSequenceMax};
    SpaceState lateStamp{.address = "device/global", .epoch = 9, .index = 1};
    lateStamp.lastStamp = {kStampTicksMax};
    SpaceState highFloor{.address = "device/global", .epoch = 9, .index = 1};
    highFloor.floors = {{.session = target, .sequence = kSequenceMax}};
    for (const SpaceState& state : {longLog, lateStamp, highFloor}) {
      const Cursor end{.address = state.address, .epoch = state.epoch, .index = state.index};
      Welcome welcome{.sender = stranger, .leaderEpoch = 5000, .target = target,
                      .live = {stranger, target}, .updates = {}};
      welcome.updates.push_back({.cursor = end, .state = state, .tables = {}, .tail = {}});
      addFrame(*seeds_, sealFrame(FrameType::welcome, encoded(welcome)));
    }
  }

  // A new leader that knows less of this very log than its followers do.
  void addRollbacks() {
    const Space& space = tabs_[0].engine().replicaAt(1).space();
    const SpaceState state{.address = space.address().text, .epoch = space.epoch()};
    const std::string stranger(16, 'Z');
    for (std::size_t tab = 0; tab < 2; ++tab) {
      const std::string target = tabs_[tab].session();
      Welcome welcome{.sender = stranger, .leaderEpoch = 5000, .target = target,
                      .live = {stranger, target}, .updates = {}};
      welcome.updates.push_back({.cursor = {.address = state.address, .epoch = state.epoch},
                                 .state = state, .tables = {}, .tail = {}});
      addFrame(*seeds_, sealFrame(FrameType::welcome, encoded(welcome)));
    }
  }

  // A page that is put away, comes back and leaves, and writes all the while.
  void addLives() {
    for (std::size_t tab = 0; tab < 2; ++tab) {
      ScriptWriter script;
      for (const std::size_t what : {6, 7, 8}) {
        script.byte(what).byte(tab).byte(4).byte(3).byte(tab).byte(1).byte(9).byte(2).byte(200);
        script.byte(3).byte(1 - tab).byte(1).byte(8).byte(4);
      }
      seeds_->add("receive", script.take());
    }
  }

  Seeds* seeds_;
  Tabs tabs_;
};

void addParts(Seeds& seeds) {
  const Bytes frame = sealFrame(FrameType::bye, encoded(Bye{.sender = std::string(16, 'A')}));
  ScriptWriter script;
  for (std::size_t place = 0; place < 2; ++place) {
    ByteWriter part;
    part.raw(std::string(16, 'A'));
    part.u32(1);
    part.varint(place);
    part.varint(2);
    part.raw(ByteView(frame).subspan(place * 10, place == 0 ? 10 : frame.size() - 10));
    script.chunk(part.view());
    ScriptWriter received;
    received.byte(0).byte(0).byte(placeOf(FrameType::part)).chunk(part.view());
    seeds.add("receive", received.take());
  }
  seeds.add("parts", script.take());
}

// Writes and frames in turn, and each way in which the channel can fail.
void addGames(Seeds& seeds) {
  for (std::size_t fault = 5; fault < 12; ++fault) {
    ScriptWriter script;
    script.byte(fault);
    for (std::size_t tab = 0; tab < 3; ++tab) {
      script.byte(0).byte(tab).byte(1).byte(1).byte(tab).byte(2 * tab).byte(2).byte(tab).byte(0);
      script.byte(fault).byte(tab).byte(3).byte(3).byte(tab + 1).byte(0);
    }
    seeds.add("channel", script.take());
  }
}

// A page and its server talk in each way; every frame is said once more by somebody else.
void addServed(Seeds& seeds) {
  for (std::size_t ways = 0; ways < 4; ++ways) {
    Served served({.knowsUsers = (ways & 1) != 0, .asksFirst = (ways & 2) != 0});
    const auto hear = [&](ConnectionId to, const Bytes& bytes) {
      const Frame frame = openFrame(bytes).value();
      ScriptWriter script;
      script.byte(ways).byte(4).byte(0).byte(7).byte(5);
      if (to == Served::kPage) {
        script.byte(2);
      } else {
        script.byte(9).byte(0).byte(2).byte(0).byte(0);
      }
      script.byte(placeOf(frame.type)).chunk(frame.body);
      script.byte(5).byte(6).byte(60).byte(8).byte(4).byte(1).byte(3).byte(5).byte(7);
      seeds.add("server", script.take());
    };
    served.talk(hear);
    for (std::size_t slot = 0; slot < served.slotCount(); ++slot) {
      served.write(slot, static_cast<double>(slot) + 2);
      served.talk(hear);
    }
    served.reconnect();
    served.talk(hear);
  }
}

}  // namespace
}  // namespace danji::fuzz

int main(int count, char** words) {
  using namespace danji::fuzz;
  if (count != 2) {
    std::fprintf(stderr, "Say into which folder the seeds are written.\n");
    return 1;
  }
  Seeds seeds(words[1]);
  addValues(seeds);
  addPlaces(seeds);
  addSchemas(seeds);
  addNearMisses(seeds);
  Recorder(seeds).play();
  addParts(seeds);
  addGames(seeds);
  addServed(seeds);
  return 0;
}
