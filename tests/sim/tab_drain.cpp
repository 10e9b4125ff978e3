// Tab, what its engine tells it: the drain, as core/engine/engine_drain.cpp spells it.

#include "tests/sim/tab.h"

namespace danji::sim {

void Tab::drain() {
  drainOnce();
  for (std::size_t place = 0; scene_->upgrades && place < keys_.size(); ++place) {
    if (bring(place)) drainOnce();
  }
}

void Tab::drainOnce() {
  ByteWriter out;
  engine_.drain(out);
  ByteReader in(out.view());
  for (std::uint8_t kind = in.u8(); kind != 0 && !in.failed(); kind = in.u8()) readItem(in, kind);
  if (!in.finished()) complain("a drain that can't be read");
  if (engine_.hasChanges()) complain("a drain that left something");
  // What is wrong stays wrong until the next write, so looking now and then is enough.
  if (++drains_ % 8 == 0) checkMirror();
}

void Tab::readItem(ByteReader& in, std::uint8_t kind) {
  switch (kind) {
    case 1:
      return readEntry(in);
    case 2:
      return readDecision(in);
    case 3:
      keys_[bySlot_[in.u32()]].wasToldOfClash = true;
      return;
    case 4:
      in.u8();
      for (int i = 0; i < 5; ++i) in.text(1 << 20);
      return;
    case 5:
    case 15:
      return;
    case 6: {
      const SpaceId space = in.u32();
      ++epochs_[space];
      forSaved(space, [](Saved& saved) { saved.logEnded(); });
      report_->note(Happening::epochChanged);
      in.text(16);
      return;
    }
    case 7:
      return readChoices(in);
    case 8:
      in.u32();
      in.u8();
      in.u32();
      in.u32();
      decodeValue(in);
      return;
    case 10: {
      const auto found = bySlot_.find(in.u32());
      std::string standing(in.text(100));
      if (found == bySlot_.end()) return;
      if (standing == "2") report_->note(Happening::schemaRaised);
      keys_[found->second].standing = std::move(standing);
      return;
    }
    case 11: {
      for (int field = 0; field < 4; ++field) in.u32();
      for (std::uint32_t rest = in.u32(); rest > 0 && !in.failed(); --rest) {
        in.u32();
        in.u8();
        decodeValue(in);
      }
      return;
    }
    case 9: {
      const SpaceId space = in.u32();
      const auto before = static_cast<std::uint64_t>(in.f64());
      const auto now = static_cast<std::uint64_t>(in.f64());
      if (asked_.contains({space, before})) ask(space, now, askedAgain(space, before, now));
      // Which tells that the number was closed.
      if (isAtServer(space)) {
        history_->told.push_back({addressOf(space), session_, before, ErrorCode::voided});
      }
      forSaved(space, [&](Saved& saved) { saved.renumbered(before, now); });
      auto op = awaited_.extract(std::pair(space, before));
      if (op.empty()) return;
      op.key().second = now;
      awaited_.insert(std::move(op));
      return;
    }
    case 12: {
      const SpaceId space = in.u32();
      const auto index = static_cast<std::uint64_t>(in.f64());
      forSaved(space, [index](Saved& saved) { saved.upTo(index); });
      return;
    }
    case 13: {
      const SpaceId space = in.u32();
      stored_.push_back({addressOf(space), session_, static_cast<std::uint64_t>(in.f64()), {}, 0});
      return;
    }
    case 14:
      in.u8();
      return;
    default:
      in.fail();
  }
}

void Tab::readEntry(ByteReader& in) {
  const Slot slot = in.u32();
  const std::uint8_t flags = in.u8();
  const double version = in.f64();
  in.f64();
  const std::uint32_t pending = in.u32();
  in.u32();
  in.u8();
  Value value;
  if ((flags & 1) != 0) value = decodeValue(in);
  const auto found = bySlot_.find(slot);
  if (found == bySlot_.end()) return;  // The first news of a key while it is being opened.
  keys_[found->second].version = version;
  keys_[found->second].pending = pending;
  if ((flags & 1) == 0) return;
  keys_[found->second].mirror = std::move(value);
  keys_[found->second].isDeferred = false;
}

void Tab::readChoices(ByteReader& in) {
  const Slot slot = in.u32();
  std::vector<std::string> choices;
  for (std::uint8_t count = in.u8(); count > 0 && !in.failed(); --count) {
    ByteWriter dot;
    dot.raw(in.raw(16));
    dot.varint(static_cast<std::uint64_t>(in.f64()));
    in.f64();
    in.f64();
    in.u32();
    decodeValue(in);
    choices.emplace_back(asText(dot.view()));
  }
  const auto found = bySlot_.find(slot);
  if (found != bySlot_.end()) keys_[found->second].choices = std::move(choices);
}

void Tab::readDecision(ByteReader& in) {
  const SpaceId space = in.u32();
  const auto sequence = static_cast<std::uint64_t>(in.f64());
  const auto code = static_cast<ErrorCode>(in.u8());
  const auto index = static_cast<std::uint64_t>(in.f64());
  in.u8();
  if (code == ErrorCode::ok) {
    forSaved(space, [&](Saved& saved) { saved.decided(sequence, index); });
  }
  if (isAtServer(space)) {
    history_->told.push_back({addressOf(space), session_, sequence, code});
  }
  const auto awaited = awaited_.find(std::pair(space, sequence));
  if (awaited == awaited_.end()) return;
  const Awaited op = awaited->second;
  awaited_.erase(awaited);
  report_->decided(keys_[op.place].plan.strategy, code);
  if (code == ErrorCode::ok) return;
  if (code == ErrorCode::definitionClash && op.isInDispute) {
    keys_[op.place].refused = op.write;
    return;
  }
  // Its number was closed while this tab was away, and what it wrote was written anew since:
  // what must be there at the end is checked at the end.
  if (code == ErrorCode::voided) report_->note(Happening::opVoided);
  if (code == ErrorCode::forbidden && op.isGuarded) {
    report_->note(Happening::writeForbidden);
    return;
  }
  if (op.isForm && (code == ErrorCode::stale || code == ErrorCode::readOnlySchema)) return;
  if (code == ErrorCode::voided || (op.mayBeRefused && isRefusal(code))) {
    keys_[op.place].added -= op.delta;
    return;
  }
  complain(std::string("an own op came to nothing: ") + errorName(code));
}

// An op that was closed is made again but for what its session wrote anew meanwhile.
std::map<std::string, std::string> Tab::askedAgain(SpaceId space, std::uint64_t before,
                                                   std::uint64_t now) const {
  const auto closed = asked_.find({space, before});
  std::map<std::string, std::string> writes = closed->second;
  const auto end = asked_.lower_bound({space, now});
  for (auto later = std::next(closed); later != end; ++later) {
    std::erase_if(writes, [&](const auto& write) {
      return !write.second.empty() && later->second.contains(write.first);
    });
  }
  return writes;
}

}  // namespace danji::sim
