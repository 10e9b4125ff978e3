// Tab, what its page writes.

#include "tests/sim/tab.h"

namespace danji::sim {

void Tab::open(const KeyPlan& plan, bool isForeignDefinition) {
  for (const OpenKey& key : keys_) {
    if (key.plan.key == plan.key) return;
  }
  Definition definition{.scope = plan.scope,
                        .plane = Address::parse(plan.address).value().plane,
                        .strategy = plan.strategy,
                        .parameters = isForeignDefinition ? "{\"other\":true}" : ""};
  Contract contract = plan.use == Use::form ? formContract(release) : Contract();
  if (scene_->isLasting(plan)) contract.lifetime = Lifetime::persistent;
  if (plan.use == Use::guarded) {
    contract.permissions = std::string("{\"write\":[\"") + kEditors + "\"]}";
  }
  const DefinitionId id = engine_.define(plan.key, definition, contract).value();
  OpenKey key{.plan = plan};
  key.isForeignDefinition = isForeignDefinition;
  key.slot = engine_.open(id, plan.address).value();
  key.space = engine_.spaceOf(key.slot);
  key.entry = entryOf(key.space, plan.key);
  bySlot_[key.slot] = keys_.size();
  keys_.push_back(std::move(key));
  drain();
}

void Tab::write(std::size_t place, Value value) {
  OpenKey& key = keys_[place];
  Outcome outcome;
  if (!value.isSet()) {
    outcome = engine_.unset(key.slot, unit_);
  } else if (value.kind() == Value::Kind::number) {
    outcome = engine_.setNumber(key.slot, unit_, value.number());
  } else {
    outcome = engine_.touch(key.slot, unit_);
    key.isDeferred = !outcome.needsText;
    if (outcome.needsText) outcome = engine_.set(key.slot, unit_, value);
  }
  if (outcome.code == ErrorCode::ok) {
    if (value.kind() != Value::Kind::text) key.isDeferred = false;
    ask(key.space, outcome.sequence, {{key.plan.key, textOf(value)}});
    key.saved.write(outcome.sequence, outcome.index, textOf(value), 0);
    note(key, std::move(value));
    expect(place, outcome);
  } else if (outcome.code == ErrorCode::readOnlySchema && isOutgrown(key)) {
    report_->note(Happening::releaseTooOld);
  } else if (outcome.code != ErrorCode::definitionClash || !isDisputed(key)) {
    complain("a write of '" + key.plan.key + "' was refused: " + errorName(outcome.code));
  }
  drain();
}

bool Tab::writeByStrategy(std::size_t place, std::uint64_t n) {
  OpenKey& key = keys_[place];
  ByteWriter batch;
  batch.varint(1);
  batch.varint(key.slot);
  batch.varint(unit_);
  Value seen = Value::number(static_cast<double>(n));
  const bool adds = key.plan.strategy == StrategyKind::sum;
  if (adds) {
    batch.u8(3);
    encode(batch, Value::number(1));
  } else if (key.plan.use == Use::profile) {
    seen = withOwnField(key, n);
    batch.u8(1);
    encode(batch, seen);
  } else if (!key.choices.empty() && n % 2 == 0) {
    batch.u8(4);
    encode(batch, seen);
    batch.varint(key.choices.size());
    for (const std::string& choice : key.choices) batch.raw(choice);
  } else if (n % 7 == 0) {
    seen = Value();
    batch.u8(2);
  } else {
    batch.u8(1);
    encode(batch, seen);
  }
  ByteWriter out;
  const Status status = engine_.commit(batch.view(), out);
  bool isDecided = false;
  if (status.ok()) {
    if (!adds) key.mirror = seen;
    if (adds) key.added += 1;
    if (key.plan.use == Use::profile) key.ownField = std::to_string(n);
    ByteReader in(out.view());
    in.varint();
    const auto space = static_cast<SpaceId>(in.varint());
    const std::uint64_t sequence = in.varint();
    const std::uint64_t index = in.varint();
    ask(space, sequence, {{key.plan.key, ""}});
    key.saved.write(sequence, index, textOf(seen), adds ? 1 : 0);
    isDecided = index != 0;
    if (isDecided) {
      report_->decided(key.plan.strategy, ErrorCode::ok);
    } else {
      awaited_.emplace(std::pair(space, sequence),
                       Awaited{.mayBeRefused = key.plan.use == Use::other || adds,
                               .place = place, .delta = adds ? 1.0 : 0.0});
    }
  } else if (!isRefusal(status.error().code)) {
    complain("a write of '" + key.plan.key + "' was refused: " +
             errorName(status.error().code));
  }
  drain();
  return isDecided;
}

void Tab::writeTogether(const std::vector<std::pair<std::size_t, Value>>& writes) {
  ByteWriter batch;
  batch.varint(writes.size());
  for (const auto& [place, value] : writes) {
    batch.varint(keys_[place].slot);
    batch.varint(unit_);
    batch.u8(value.isSet() ? 1 : 2);
    if (value.isSet()) encode(batch, value);
  }
  ByteWriter out;
  const Status status = engine_.commit(batch.view(), out);
  if (status.ok()) {
    for (const auto& [place, value] : writes) {
      keys_[place].isDeferred = false;
      note(keys_[place], value);
    }
    report_->note(Happening::batchWritten);
    ByteReader in(out.view());
    for (std::uint64_t count = in.varint(); count > 0 && !in.failed(); --count) {
      const auto space = static_cast<SpaceId>(in.varint());
      const std::uint64_t sequence = in.varint();
      std::map<std::string, std::string> written;
      for (const auto& [place, value] : writes) {
        if (keys_[place].space == space) written[keys_[place].plan.key] = textOf(value);
      }
      ask(space, sequence, std::move(written));
      const std::uint64_t index = in.varint();
      for (const auto& [place, value] : writes) {
        if (keys_[place].space != space) continue;
        keys_[place].saved.write(sequence, index, textOf(value), 0);
      }
      if (index == 0) awaited_.emplace(std::pair(space, sequence), Awaited{});
    }
  } else {
    complain(std::string("a batch was refused: ") + errorName(status.error().code));
  }
  drain();
}

bool Tab::bring(std::size_t place) {
  OpenKey& key = keys_[place];
  if (key.plan.use != Use::form || release == 1 || key.standing != "1") return false;
  if (key.pending > 0 || !key.mirror.isSet()) return false;
  fillDeferred();
  const Value value = formOf(release, numberIn(1, key.mirror));
  ByteWriter batch;
  batch.varint(1);
  batch.varint(key.slot);
  batch.varint(unit_);
  batch.u8(5 + 16);
  batch.varint(static_cast<std::uint64_t>(key.version));
  encode(batch, value);
  ByteWriter out;
  const Status status = engine_.commit(batch.view(), out);
  if (!status.ok()) {
    if (status.error().code != ErrorCode::stale) {
      complain(std::string("a form was not brought: ") + errorName(status.error().code));
    }
    return false;
  }
  report_->note(Happening::valueMigrated);
  key.mirror = value;
  ByteReader in(out.view());
  in.varint();
  in.varint();
  Outcome outcome;
  outcome.sequence = in.varint();
  outcome.index = in.varint();
  ask(key.space, outcome.sequence, {{key.plan.key, textOf(value)}});
  expect(place, outcome);
  return true;
}

Value Tab::withOwnField(const OpenKey& key, std::uint64_t n) const {
  std::map<std::string, std::string> fields;
  if (key.mirror.kind() == Value::Kind::text) {
    for (const JsonMember& member : membersOf(key.mirror.text())) {
      fields[member.key] = std::string(member.value);
    }
  }
  fields[ownFieldName()] = std::to_string(n);
  std::string json = "{";
  for (const auto& [name, value] : fields) {
    if (json.size() > 1) json += ',';
    json += jsonStringOf(name) + ":" + value;
  }
  return Value::json(json + "}");
}

}  // namespace danji::sim
