// Engine, batches: several writes that are decided together.

#include <map>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/engine/engine.h"

namespace danji {
namespace {

// As a batch spells it.
enum class WriteKind : std::uint8_t { set = 1, unset = 2, add = 3, resolve = 4, reset = 5 };

}  // namespace

bool Engine::readWrite(ByteReader& in, Write& write) {
  const std::uint64_t slot = in.varint();
  write.unit = static_cast<NameId>(in.bounded(0xffffffffu));
  const std::uint8_t packed = in.u8();
  const auto kind = static_cast<WriteKind>(packed & 15);
  const bool isConfused = (packed & 128) != 0 || (packed & 80) == 80;
  if (slot >= slots_.size() || !knowsUnit(write.unit) || isConfused) return false;
  write.place = slots_[static_cast<std::size_t>(slot)];
  write.isHidden = (packed & 32) != 0;
  write.isBare = packed == static_cast<std::uint8_t>(WriteKind::set) ||
                 packed == static_cast<std::uint8_t>(WriteKind::unset);
  if ((packed & 16) != 0) write.ifVersion = in.bounded(kSequenceMax);
  if ((packed & 64) != 0) write.ifOwn = in.bounded(kSequenceMax);
  switch (kind) {
    case WriteKind::set:
      write.value = decodeValue(in);
      return write.value.isSet();
    case WriteKind::reset:
      write.kind = Intent::Kind::reset;
      write.value = decodeValue(in);
      return write.value.isSet();
    case WriteKind::unset:
      write.kind = Intent::Kind::unset;
      return true;
    case WriteKind::add:
      write.kind = Intent::Kind::add;
      write.value = decodeValue(in);
      return write.value.kind() == Value::Kind::number;
    case WriteKind::resolve: {
      write.value = decodeValue(in);
      const std::size_t count = in.count(17);
      for (std::size_t i = 0; i < count && !in.failed(); ++i) {
        const NameId session = realm_.sessions.intern(asText(in.raw(16)));
        write.choices.push_back({.session = session, .sequence = in.bounded(kSequenceMax)});
      }
      return count > 0 && write.place.known->definition.strategy == StrategyKind::userResolve;
    }
  }
  return false;
}

// Writes of one unit in one space that could each be decided on the spot are: as one op. False,
// and nothing happened, for all others.
bool Engine::commitQuickly(std::vector<Write>& writes, ByteWriter& out) {
  if (writes.empty()) return false;
  const NameId unit = writes.front().unit;
  Replica& replica = *writes.front().place.replica;
  // What the disk has a part in is left to those who know about disks.
  if (replica.isLasting()) return false;
  std::size_t bytes = 0;
  for (const Write& write : writes) {
    const bool isTogether = write.place.replica == &replica && write.unit == unit;
    if (!write.isBare || !isTogether || !isQuick(write.place)) return false;
    bytes += changeBytes(write.value);
  }
  const bool isLarge = writes.size() > kBatchChangesMax || bytes > kBatchBytesMax;
  if (replica.isShared() && isLarge) return false;
  const OpId op{.session = realm_.self, .sequence = replica.nextSequence()};
  replica.space().beginOwn(op, realm_.nowMillis);
  // Of several writes to a key the last stands.
  for (Write& write : writes) {
    Value* value = replica.space().signOwn(write.place.entry, op, unit);
    if (value != nullptr) *value = std::move(write.value);
  }
  out.varint(1);
  out.varint(replica.id());
  out.varint(op.sequence);
  out.varint(replica.space().index());
  return true;
}

Status Engine::commit(ByteView batch, ByteWriter& out) {
  ByteReader in(batch);
  std::vector<Write> read(in.count(3));
  for (Write& write : read) {
    if (!readWrite(in, write) || in.failed()) {
      return Error{ErrorCode::malformed, "a batch that can't be read"};
    }
  }
  if (!in.finished()) return Error{ErrorCode::malformed, "a batch that can't be read"};
  if (commitQuickly(read, out)) return Done{};
  // A key that is written twice ends as the last write says; additions are all made.
  std::vector<Write> writes;
  std::map<std::pair<Replica*, EntryId>, std::size_t> places;
  for (Write& write : read) {
    const auto [found, isNew] =
        places.emplace(std::pair(write.place.replica, write.place.entry), writes.size());
    if (isNew) {
      writes.push_back(std::move(write));
    } else if (write.kind == Intent::Kind::add) {
      Value& earlier = writes[found->second].value;
      if (earlier.kind() != Value::Kind::number) {
        return Error{ErrorCode::invalidValue, "an addition to what is no number"};
      }
      earlier = Value::number(earlier.number() + write.value.number());
    } else {
      writes[found->second] = std::move(write);
    }
  }
  Drafts drafts;
  for (const Write& write : writes) {
    if (const Status status = add(drafts, write); !status.ok()) return status;
  }
  if (const Status status = checkAll(drafts); !status.ok()) return status;
  submitAll(std::move(drafts), out);
  return Done{};
}

}  // namespace danji
