#include "tests/conformance/case_world.h"

#include <algorithm>

#include "core/base/checksum.h"
#include "tests/conformance/case_values.h"

namespace danji::conformance {
namespace {

// Ends a case; caught in run().
struct StepFailed {
  std::string reason;
};

std::string errorText(ErrorCode code) { return errorName(code); }

}  // namespace

std::string CaseWorld::run(const Json& steps) {
  std::size_t place = 0;
  for (const Json& step : steps) {
    ++place;
    try {
      perform(step);
    } catch (const StepFailed& failed) {
      return "step " + std::to_string(place) + " " + step.dump() + ": " + failed.reason;
    } catch (const nlohmann::json::exception& error) {
      return "step " + std::to_string(place) + " " + step.dump() + ": " + error.what();
    }
  }
  return {};
}

void CaseWorld::require(bool holds, const std::string& what) {
  if (!holds) throw StepFailed{what};
}

void CaseWorld::equal(const Json& actual, const Json& expected, const std::string& what) {
  if (actual == expected) return;
  throw StepFailed{what + " is " + actual.dump() + ", expected " + expected.dump()};
}

bool CaseWorld::refusedAsTold(const Json& step, ErrorCode code) {
  equal(errorText(code), step.value("fails", "OK"), "the outcome");
  return code != ErrorCode::ok;
}

Tab& CaseWorld::named(const std::string& name) {
  require(tabs_.contains(name), "there is no tab " + name);
  return *tabs_[name];
}

Tab& CaseWorld::tabOf(const Json& step) {
  require(!names_.empty(), "no tab was created");
  return named(step.value("in", names_.front()));
}

std::string CaseWorld::nameOf(const std::string& sessionHex) const {
  for (const auto& [name, tab] : tabs_) {
    if (hexOf(tab->session) == sessionHex) return name;
  }
  return sessionHex;
}

void CaseWorld::perform(const Json& step) {
  require(step.is_object() && !step.empty(), "a step is an object");
  for (const auto& [verb, content] : step.items()) {
    if (verb == "create") return create(step);
    if (performOnTabs(verb, step)) return;
    if (!names_.empty() && performOnState(verb, step, tabOf(step))) return;
  }
  require(false, "no verb is known");
}

bool CaseWorld::performOnState(const std::string& verb, const Json& step, Tab& tab) {
  if (verb == "define") {
    define(step, tab);
  } else if (verb == "grant") {
    grant(step, tab);
  } else if (verb == "open") {
    open(step, tab);
  } else if (verb == "set" || verb == "unset" || verb == "defer" || verb == "fill") {
    write(verb, step, tab);
  } else if (verb == "commit") {
    commit(step, tab);
  } else if (verb == "commitBytes") {
    commitBytes(step, tab);
  } else if (verb == "holdBytes") {
    holdBytes(step, tab);
  } else if (verb == "visible") {
    expectVisible(step, tab);
  } else if (verb == "confirmed") {
    expectConfirmed(step, tab);
  } else if (verb == "drained") {
    expectDrained(step, tab);
  } else if (verb == "snapshot") {
    snapshot(step, tab);
  } else if (verb == "restore") {
    restore(step, tab);
  } else if (verb == "damage") {
    damage(step, tab);
  } else if (verb == "space") {
    expectSpace(step, tab);
  } else {
    return false;
  }
  return true;
}

bool CaseWorld::performOnTabs(const std::string& verb, const Json& step) {
  if (verb == "clock") {
    for (auto& [name, tab] : tabs_) tab->engine.setClock(step["clock"].get<double>());
  } else if (verb == "signal") {
    signal(step["signal"].get<std::string>(), tabOf(step));
  } else if (verb == "wishes") {
    expectWishes(step, tabOf(step));
  } else if (verb == "sessions") {
    sessionsFound(step["sessions"], tabOf(step));
  } else if (verb == "peer") {
    expectPeer(step, tabOf(step));
  } else if (verb == "emit") {
    emit(step, tabOf(step));
  } else if (verb == "hold") {
    hold(step);
  } else if (verb == "deliver") {
    deliver(step);
  } else if (verb == "carry") {
    carry(step);
  } else if (verb == "exchange") {
    exchange(step["exchange"].get<std::vector<std::string>>());
  } else if (verb == "lead") {
    lead(step);
  } else if (verb == "same") {
    expectSame(step);
  } else {
    return false;
  }
  return true;
}

// A tab's session and seed come from the order in which the tabs are created.
void CaseWorld::create(const Json& step) {
  const std::string name = step["create"].get<std::string>();
  const auto number = static_cast<std::uint8_t>(names_.size() + 1);
  const std::string session(16, static_cast<char>(number * 16 + number));
  auto tab = std::make_unique<Tab>(session, number);
  if (step.value("journal", false)) tab->engine.keepJournal();
  names_.push_back(name);
  tabs_[name] = std::move(tab);
}

// ---- State

void CaseWorld::define(const Json& step, Tab& tab) {
  ByteWriter bytes;
  if (step.contains("bytes")) {
    bytes.raw(bytesOfHex(step["bytes"].get<std::string>()));
  } else {
    static const std::vector<std::string> kScopes = {"private", "building", "apartment", "global"};
    static const std::vector<std::string> kPlanes = {"tab", "device", "server"};
    const auto placeIn = [](const std::vector<std::string>& list, const std::string& text) {
      return static_cast<std::uint8_t>(std::find(list.begin(), list.end(), text) - list.begin());
    };
    bytes.u8(placeIn(kScopes, step.value("scope", "apartment")));
    bytes.u8(placeIn(kPlanes, step.value("plane", "device")));
    static const std::vector<std::string> kStrategies = {
        "last_write_wins", "first_write_wins", "merge", "sum", "user_resolve", "custom"};
    const std::uint8_t strategy = placeIn(kStrategies, step.value("strategy", "last_write_wins"));
    const int parts = (step.contains("schema") ? 1 : 0) + (step.contains("permissions") ? 2 : 0);
    bytes.u8(static_cast<std::uint8_t>(strategy + (parts == 0 ? 0 : 128)));
    bytes.text(step.value("parameters", ""));
    if (parts != 0) bytes.u8(static_cast<std::uint8_t>(parts));
    if (step.contains("schema")) {
      bytes.text(step.value("schemaVersion", "1"));
      bytes.text(step["schema"].get<std::string>());
    }
    if (step.contains("permissions")) {
      bytes.text(step["permissions"].get<std::string>());
    }
  }
  ByteReader in(bytes.view());
  Contract contract;
  const Definition definition = decodeDefinition(in, contract);
  if (!in.finished()) {
    refusedAsTold(step, ErrorCode::invalidDefinition);
    return;
  }
  const std::string key = textOf(step["define"]);
  const Result<DefinitionId> id = tab.engine.define(key, definition, contract, 0, valueOf(step));
  if (refusedAsTold(step, id.ok() ? ErrorCode::ok : id.error().code)) return;
  tab.definitions[step.value("as", key)] = id.value();
}

void CaseWorld::grant(const Json& step, Tab& tab) {
  const NameId unit = tab.engine.unit(step["grant"].get<std::string>()).value();
  const Status status = tab.engine.grant(unit, step["list"].get<std::string>());
  refusedAsTold(step, status.ok() ? ErrorCode::ok : status.error().code);
}

void CaseWorld::open(const Json& step, Tab& tab) {
  const std::string key = textOf(step["open"]);
  const std::string address = textOf(step["at"]);
  require(tab.definitions.contains(key), "undefined");
  const Result<Slot> slot = tab.engine.open(tab.definitions[key], address);
  const bool isRefused = refusedAsTold(step, slot.ok() ? ErrorCode::ok : slot.error().code);
  settle(tab);
  if (isRefused) return;
  const std::string name = step.value("as", key);
  tab.slots[name] = slot.value();
  tab.addresses[name] = address;
}

void CaseWorld::write(const std::string& verb, const Json& step, Tab& tab) {
  const std::string name = step[verb].get<std::string>();
  require(tab.slots.contains(name), "not opened");
  const Slot slot = tab.slots[name];
  if (verb == "fill") return tab.engine.fill(slot, valueOf(step));
  const std::string author = textOf(step.value("unit", Json("main")));
  const Result<NameId> unit = tab.engine.unit(author);
  if (!unit.ok()) {
    refusedAsTold(step, unit.error().code);
    return;
  }
  const Value value = valueOf(step);
  Outcome outcome;
  if (verb == "unset") outcome = tab.engine.unset(slot, unit.value());
  if (verb == "defer") outcome = tab.engine.touch(slot, unit.value());
  if (verb == "set") {
    const bool isNumber = value.kind() == Value::Kind::number;
    outcome = isNumber ? tab.engine.setNumber(slot, unit.value(), value.number())
                       : tab.engine.set(slot, unit.value(), value);
  }
  equal(outcome.needsText, step.value("needsText", false), "needsText");
  if (outcome.needsText || refusedAsTold(step, outcome.code)) return settle(tab);
  if (step.contains("index")) equal(outcome.index, step["index"], "the index");
  if (step.contains("sequence")) equal(outcome.sequence, step["sequence"], "the sequence");
  tab.mirror[slot].value = value;
  settle(tab);
}

namespace {

const std::vector<std::string> kVerbs = {"", "set", "unset", "add", "resolve", "reset"};

std::string verbOf(const Json& change) {
  for (const std::string& verb : kVerbs) {
    if (change.contains(verb)) return verb;
  }
  return "set";
}

void writeContent(ByteWriter& batch, const std::string& verb, const Json& change,
                  const Bytes& choices) {
  const auto place = std::find(kVerbs.begin(), kVerbs.end(), verb) - kVerbs.begin();
  batch.u8(static_cast<std::uint8_t>(place + (change.contains("ifVersion") ? 16 : 0)));
  if (change.contains("ifVersion")) batch.varint(change["ifVersion"].get<std::uint64_t>());
  if (verb != "unset") encode(batch, valueOf(change));
  if (verb == "resolve") batch.raw(choices);
}

}  // namespace

void CaseWorld::commit(const Json& step, Tab& tab) {
  ByteWriter batch;
  std::size_t count = 0;
  for (const Json& change : step["commit"]) count += change.value("times", std::size_t{1});
  batch.varint(count);
  for (const Json& change : step["commit"]) {
    const std::string verb = verbOf(change);
    const std::string name = change[verb].get<std::string>();
    require(tab.slots.contains(name), "not opened");
    const NameId unit = tab.engine.unit(change.value("unit", "main")).value();
    for (std::size_t time = change.value("times", std::size_t{1}); time > 0; --time) {
      batch.varint(tab.slots[name]);
      batch.varint(unit);
      writeContent(batch, verb, change, tab.choices[tab.slots[name]]);
    }
  }
  ByteWriter written;
  const Status status = tab.engine.commit(batch.view(), written);
  if (!refusedAsTold(step, status.ok() ? ErrorCode::ok : status.error().code)) {
    expectOps(step, tab, written.view());
    for (const Json& change : step["commit"]) {
      const std::string verb = verbOf(change);
      if (verb == "add") continue;  // The core tells what came of it.
      tab.mirror[tab.slots[change[verb].get<std::string>()]].value =
          verb == "unset" ? Value() : valueOf(change);
    }
  }
  settle(tab);
}

void CaseWorld::commitBytes(const Json& step, Tab& tab) {
  const Bytes batch = bytesOfHex(step["commitBytes"].get<std::string>());
  ByteWriter written;
  const Status status = tab.engine.commit(batch, written);
  refusedAsTold(step, status.ok() ? ErrorCode::ok : status.error().code);
  settle(tab);
}

void CaseWorld::holdBytes(const Json& step, Tab& tab) {
  const Bytes held = bytesOfHex(step["holdBytes"].get<std::string>());
  ByteWriter written;
  const Status status = tab.engine.hold(held, written);
  refusedAsTold(step, status.ok() ? ErrorCode::ok : status.error().code);
  settle(tab);
}

void CaseWorld::expectOps(const Json& step, const Tab& tab, ByteView written) {
  if (!step.contains("ops")) return;
  ByteReader in(written);
  Json ops = Json::array();
  for (std::uint64_t rest = in.varint(); rest > 0; --rest) {
    const auto space = static_cast<SpaceId>(in.varint());
    const std::uint64_t sequence = in.varint();
    const std::string& address = tab.engine.replicaAt(space).space().address().text;
    ops.push_back({address, sequence, in.varint()});
  }
  equal(ops, step["ops"], "the ops");
}

void CaseWorld::expectVisible(const Json& step, Tab& tab) {
  const std::string name = step["visible"].get<std::string>();
  require(tab.slots.contains(name), "not opened");
  const MirroredEntry& entry = tab.mirror[tab.slots[name]];
  equal(jsonOf(entry.value), jsonOf(valueOf(step)), "the value");
  if (step.contains("pending")) equal(entry.pending, step["pending"], "pending");
  if (step.contains("version")) equal(entry.version, step["version"], "the version");
  if (step.contains("author")) equal(entry.author, step["author"], "the author");
}

void CaseWorld::expectConfirmed(const Json& step, Tab& tab) {
  ByteWriter filter;
  filter.varint(0);
  filter.varint(0);
  ByteWriter written;
  require(tab.engine.entries(filter.view(), written).ok(), "no entries");
  ByteReader in(written.view());
  Json found = nullptr;
  for (std::uint64_t rest = in.varint(); rest > 0; --rest) {
    const std::string address(in.text(1000));
    const std::string key(in.text(1000));
    Json row;
    row["version"] = in.f64();
    row["millis"] = in.f64();
    row["sequence"] = in.f64();
    row["session"] = nameOf(std::string(in.text(1000)));
    row["unit"] = std::string(in.text(1000));
    row["is"] = jsonOf(decodeValue(in));
    if (address == step["at"] && key == step["confirmed"]) found = row;
  }
  const Value expected = valueOf(step);
  if (!expected.isSet()) return equal(found, nullptr, "the row");
  require(!found.is_null(), "the core has no such row");
  equal(found["is"], jsonOf(expected), "the value");
  for (const char* field : {"version", "millis", "sequence", "session", "unit"}) {
    if (step.contains(field)) equal(found[field], step[field], field);
  }
}

void CaseWorld::expectSpace(const Json& step, Tab& tab) {
  const Json inspected = Json::parse(tab.engine.inspect());
  for (const Json& space : inspected["spaces"]) {
    if (space["address"] != step["space"]) continue;
    for (const char* field : {"epoch", "index", "pending"}) {
      if (step.contains(field)) equal(space[field], step[field], field);
    }
    return require(step.value("exists", true), "it exists");
  }
  require(!step.value("exists", true), "there is no such space");
}

// ---- Snapshots

Bytes CaseWorld::bytesOf(const Json& source) const {
  if (source.is_string()) return kept_.at(source.get<std::string>());
  Bytes bytes;
  if (source.contains("hex")) bytes = bytesOfHex(source["hex"].get<std::string>());
  if (source.contains("kept")) bytes = kept_.at(source["kept"].get<std::string>());
  if (source.contains("seal")) {
    bytes = sealFrame(static_cast<FrameType>(source["seal"].get<int>()), bytes);
  }
  for (const Json& patch : source.value("patch", Json::array())) {
    bytes[patch[0].get<std::size_t>()] = patch[1].get<std::uint8_t>();
  }
  if (source.contains("cut")) bytes.resize(bytes.size() - source["cut"].get<std::size_t>());
  if (source.contains("append")) {
    const Bytes more = bytesOfHex(source["append"].get<std::string>());
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  if (source.value("reseal", false)) {
    bytes.resize(bytes.size() - 4);
    ByteWriter out;
    out.raw(bytes);
    out.u32(crc32c(bytes));
    bytes = out.take();
  }
  return bytes;
}

void CaseWorld::snapshot(const Json& step, Tab& tab) {
  ByteWriter written;
  const Status status = tab.engine.snapshot(filterOf(step).view(), written);
  if (refusedAsTold(step, status.ok() ? ErrorCode::ok : status.error().code)) return;
  if (step.contains("hex")) equal(hexOfBytes(written.view()), step["hex"], "the snapshot");
  if (step.contains("like")) {
    equal(hexOfBytes(written.view()), hexOfBytes(bytesOf(step["like"])), "the snapshot");
  }
  kept_[step["snapshot"].get<std::string>()] = written.take();
}

void CaseWorld::restore(const Json& step, Tab& tab) {
  const Bytes bytes = bytesOf(step["restore"]);
  const RestoreMode mode =
      step.value("mode", "merge") == "replace" ? RestoreMode::replace : RestoreMode::merge;
  const NameId unit = tab.engine.unit(step.value("unit", "host")).value();
  ByteWriter written;
  const Status status = tab.engine.restore(bytes, mode, unit, written);
  const bool isRefused = refusedAsTold(step, status.ok() ? ErrorCode::ok : status.error().code);
  if (!isRefused) expectOps(step, tab, written.view());
  settle(tab);
}

void CaseWorld::damage(const Json& step, Tab& tab) {
  const Bytes whole = bytesOf(step["damage"]);
  const NameId unit = tab.engine.unit("host").value();
  ByteWriter before;
  ByteWriter after;
  const auto take = [&](ByteWriter& out) {
    out.clear();
    require(tab.engine.snapshot(filterOf(Json::object()).view(), out).ok(), "no snapshot");
  };
  take(before);
  const auto refuses = [&](ByteView bytes, const std::string& how) {
    ByteWriter written;
    const Status status = tab.engine.restore(bytes, RestoreMode::replace, unit, written);
    require(!status.ok(), how + " was accepted");
    const std::string code = errorText(status.error().code);
    require(code == "MALFORMED" || code == "CHECKSUM" || code == "PROTOCOL", how + ": " + code);
    require(!tab.engine.hasChanges(), how + " changed something");
  };
  for (std::size_t length = 0; length < whole.size(); ++length) {
    refuses(ByteView(whole).first(length), "cut to " + std::to_string(length));
  }
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes bytes = whole;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    refuses(bytes, "bit " + std::to_string(bit));
  }
  take(after);
  equal(hexOfBytes(after.view()), hexOfBytes(before.view()), "the snapshot after all damage");
}

}  // namespace danji::conformance
