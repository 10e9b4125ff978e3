#include "core/replica/overlay.h"

#include <algorithm>

namespace danji {
namespace {

bool comesBefore(const Overlay::Layer& a, const Overlay::Layer& b) {
  const Overlay::Pending& left = *a.pending;
  const Overlay::Pending& right = *b.pending;
  if (left.isOwn != right.isOwn) return right.isOwn;
  return left.isOwn ? left.op.id.sequence < right.op.id.sequence : left.arrival < right.arrival;
}

}  // namespace

bool Overlay::add(Op op, bool isOwn, double nowMillis) {
  const OpId id = op.id;
  Session& session = sessions_[id.session];
  if (session.contains(id.sequence)) return false;
  const Pending& pending = session
                               .emplace(id.sequence, Pending{.op = std::move(op),
                                                             .isOwn = isOwn,
                                                             .posted = !isOwn,
                                                             .arrival = ++arrivals_,
                                                             .arrivedMillis = nowMillis})
                               .first->second;
  for (const Change& change : pending.op.changes) {
    std::vector<Layer>& layers = layers_[change.entry];
    const Layer layer{&pending, &change};
    layers.insert(std::upper_bound(layers.begin(), layers.end(), layer, comesBefore), layer);
  }
  ++size_;
  return true;
}

std::optional<Op> Overlay::remove(OpId id) {
  const auto session = sessions_.find(id.session);
  if (session == sessions_.end()) return std::nullopt;
  const auto found = session->second.find(id.sequence);
  if (found == session->second.end()) return std::nullopt;
  for (const Change& change : found->second.op.changes) {
    const auto layers = layers_.find(change.entry);
    if (layers == layers_.end()) continue;
    std::erase_if(layers->second,
                  [&](const Layer& layer) { return layer.pending == &found->second; });
    if (layers->second.empty()) layers_.erase(layers);
  }
  Op op = std::move(found->second.op);
  session->second.erase(found);
  if (session->second.empty()) sessions_.erase(session);
  --size_;
  return op;
}

const Overlay::Session* Overlay::of(NameId session) const {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : &found->second;
}

Overlay::Session* Overlay::of(NameId session) {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : &found->second;
}

std::vector<Overlay::Layer> Overlay::layersOf(EntryId entry) const {
  const auto found = layers_.find(entry);
  return found == layers_.end() ? std::vector<Layer>{} : found->second;
}

bool Overlay::hasOwnWrite(EntryId entry) const {
  const auto found = layers_.find(entry);
  if (found == layers_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [](const Layer& layer) {
    return layer.pending->isOwn && layer.change->kind != ChangeKind::define;
  });
}

std::uint32_t Overlay::countOf(EntryId entry) const {
  const auto found = layers_.find(entry);
  if (found == layers_.end()) return 0;
  return static_cast<std::uint32_t>(
      std::count_if(found->second.begin(), found->second.end(), [](const Layer& layer) {
        return layer.change->kind != ChangeKind::define;
      }));
}

}  // namespace danji
