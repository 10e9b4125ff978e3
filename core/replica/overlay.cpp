#include "core/replica/overlay.h"

#include <algorithm>
#include <tuple>

#include "core/base/sort.h"

namespace danji {
namespace {

// By own numbers, above what others wrote.
bool isBelowOwn(const Overlay::Layer& a, const Overlay::Layer& b) {
  const Overlay::Pending& left = *a.pending;
  const Overlay::Pending& right = *b.pending;
  if (left.isOwn != right.isOwn) return right.isOwn;
  if (!left.isOwn && left.arrival != right.arrival) return left.arrival < right.arrival;
  return std::tie(left.op.id.sequence, left.hold) < std::tie(right.op.id.sequence, right.hold);
}

// As the authority will stamp them: what was made later lies above.
bool isBelow(const Overlay::Layer& a, const Overlay::Layer& b) {
  const double left = a.pending->shownMillis;
  const double right = b.pending->shownMillis;
  return left != right ? left < right : isBelowOwn(a, b);
}

bool isWrite(const Overlay::Layer& layer) { return layer.change->kind != ChangeKind::define; }

template <class Sessions>
auto findSession(Sessions& sessions, NameId session) {
  const auto found = sessions.find(session);
  return found == sessions.end() ? nullptr : &found->second;
}

}  // namespace

// What is held is written when its page says so: after all that others wrote until then, and
// before what this tab wrote over it.
void Overlay::Layers::sort() {
  danji::sort(list, held > 0 ? isBelowOwn : isBelow);
}

void Overlay::addLayers(const Pending& pending) {
  for (const Change& change : pending.op.changes) {
    Layers& layers = layers_[change.entry];
    if (pending.hold != 0 && layers.held++ == 0) layers.sort();
    const Layer layer{&pending, &change};
    const auto place = std::upper_bound(layers.list.begin(), layers.list.end(), layer,
                                        layers.held > 0 ? isBelowOwn : isBelow);
    reshaped_ += place == layers.list.end() ? 0 : 1;
    layers.writes += isWrite(layer) ? 1 : 0;
    layers.list.insert(place, layer);
  }
}

void Overlay::removeLayers(const Pending& pending) {
  for (const Change& change : pending.op.changes) {
    const auto found = layers_.find(change.entry);
    if (found == layers_.end()) continue;
    ++reshaped_;
    // What is decided is mostly the oldest.
    Layers& layers = found->second;
    const auto isOfIt = [&](const Layer& layer) { return layer.change == &change; };
    const auto layer = std::find_if(layers.list.begin(), layers.list.end(), isOfIt);
    if (layer == layers.list.end()) continue;
    layers.writes -= isWrite(*layer) ? 1 : 0;
    layers.list.erase(layer);
    if (pending.hold != 0 && --layers.held == 0) layers.sort();
    if (layers.list.empty()) layers_.erase(found);
  }
}

// An age is as wrong as its way was long, and a clock may jump: a session's ops stay in order.
void Overlay::rank(const Session& session, Pending& pending) {
  const auto isShown = [](const Pending& one) { return !one.op.voids; };
  pending.arrival = ++arrivals_;
  pending.shownMillis = pending.op.createdMillis;
  auto above = session.lower_bound(pending.op.id.sequence);
  auto below = above;
  while (below != session.begin()) {
    if (!isShown((--below)->second)) continue;
    pending.shownMillis = std::max(pending.shownMillis, below->second.shownMillis);
    break;
  }
  while (above != session.end() && !isShown(above->second)) ++above;
  if (above == session.end() || above->second.shownMillis > pending.shownMillis) return;
  pending.shownMillis = above->second.shownMillis;
  pending.arrival = above->second.arrival;
}

Overlay::Pending& Overlay::place(Op op, bool isOwn, double nowMillis) {
  const OpId id = op.id;
  voids_ += op.voids ? 1 : 0;
  ++size_;
  Pending pending{
      .op = std::move(op), .isOwn = isOwn, .posted = !isOwn, .arrivedMillis = nowMillis};
  Session& session = sessions_[id.session];
  rank(session, pending);
  return session.emplace(id.sequence, std::move(pending)).first->second;
}

void Overlay::clockWentBack(double byMillis) {
  for (auto& [session, ops] : sessions_) {
    for (auto& [sequence, pending] : ops) {
      for (double* moment : {&pending.sentMillis, &pending.arrivedMillis, &pending.shownMillis}) {
        *moment -= byMillis;
      }
    }
  }
}

bool Overlay::add(Op op, bool isOwn, double nowMillis) {
  if (op.withdraws()) return addWithdrawal(std::move(op), isOwn, nowMillis);
  if (!isOwn && op.voids) return addVoid(op, nowMillis);
  if (!isOwn && voids_ > 0) cutVoids(op.id, nowMillis);
  const Session* session = of(op.id.session);
  if (session != nullptr && session->contains(op.id.sequence)) return false;
  addLayers(place(std::move(op), isOwn, nowMillis));
  return true;
}

bool Overlay::addWithdrawal(Op op, bool isOwn, double nowMillis) {
  cutVoids(op.id, nowMillis);
  if (const Pending* known = find(op.id)) {
    if (known->op.withdraws()) return false;
    remove(op.id);
  }
  place(std::move(op), isOwn, nowMillis);
  return true;
}

// Of what it closes, the stretches between the ops that are here.
bool Overlay::addVoid(const Op& op, double nowMillis) {
  std::vector<std::uint64_t> ends;
  if (const Session* session = of(op.id.session)) {
    auto one = session->upper_bound(op.observed.ticks);
    for (; one != session->end() && one->first <= op.id.sequence; ++one) {
      const Op& known = one->second.op;
      if (!known.voids || known.withdraws()) ends.push_back(one->first - 1);
    }
  }
  ends.push_back(op.id.sequence);
  bool isNew = false;
  std::uint64_t after = op.observed.ticks;
  for (const std::uint64_t end : ends) {
    if (end > after) isNew = addStretch(op, after, end, nowMillis) || isNew;
    after = end + 1;
  }
  return isNew;
}

bool Overlay::addStretch(Op op, std::uint64_t after, std::uint64_t end, double nowMillis) {
  op.id.sequence = end;
  op.observed.ticks = after;
  Session& session = sessions_[op.id.session];
  const auto same = session.find(end);
  if (same == session.end()) {
    place(std::move(op), false, nowMillis);
    return true;
  }
  // Which closes more is the one that can be decided.
  const Op& known = same->second.op;
  if (!known.voids || known.withdraws() || known.observed.ticks <= after) return false;
  same->second.op.observed.ticks = after;
  same->second.sentVia = 0;
  return true;
}

// An op is here, though voids close its number: they close what is left.
void Overlay::cutVoids(OpId known, double nowMillis) {
  std::vector<Op> cut;
  if (const Session* session = of(known.session)) {
    for (auto one = session->lower_bound(known.sequence); one != session->end(); ++one) {
      const Op& op = one->second.op;
      if (op.withdraws()) continue;
      if (op.voids && op.observed.ticks < known.sequence) cut.push_back(op);
    }
  }
  for (const Op& op : cut) {
    remove(op.id);
    if (known.sequence - 1 > op.observed.ticks) {
      addStretch(op, op.observed.ticks, known.sequence - 1, nowMillis);
    }
    if (op.id.sequence > known.sequence) {
      addStretch(op, known.sequence, op.id.sequence, nowMillis);
    }
  }
}

std::optional<Op> Overlay::remove(OpId id) {
  const auto session = sessions_.find(id.session);
  if (session == sessions_.end()) return std::nullopt;
  const auto found = session->second.find(id.sequence);
  if (found == session->second.end()) return std::nullopt;
  removeLayers(found->second);
  Op op = std::move(found->second.op);
  voids_ -= op.voids ? 1 : 0;
  session->second.erase(found);
  if (session->second.empty()) sessions_.erase(session);
  --size_;
  return op;
}

void Overlay::hold(HoldId id, Op op, Held held) {
  Pending pending{.op = std::move(op), .isOwn = true, .posted = true, .hold = id};
  HeldOp& place = held_[id] = {.pending = std::move(pending), .held = std::move(held)};
  addLayers(place.pending);
}

const Op* Overlay::nextOf(NameId session, std::uint64_t floor) const {
  const Session* ops = of(session);
  if (ops == nullptr) return nullptr;
  for (const auto& [sequence, pending] : *ops) {
    if (pending.op.follows(floor)) return &pending.op;
  }
  return nullptr;
}

std::optional<Overlay::HeldOp> Overlay::release(HoldId id) {
  const auto found = held_.find(id);
  if (found == held_.end()) return std::nullopt;
  removeLayers(found->second.pending);
  HeldOp op = std::move(found->second);
  held_.erase(found);
  return op;
}

void Overlay::cover(const Change& later, std::uint64_t sequence, StrategyKind strategy) {
  for (auto& [id, op] : held_) {
    Change& change = op.pending.op.changes.front();
    if (change.entry != later.entry || op.pending.op.id.sequence >= sequence) continue;
    op.held.cover(later, strategy);
    change = op.held.restOf(std::move(change));
  }
}

void Overlay::raiseHeld(std::uint64_t sequence, HoldId after) {
  for (auto& [id, op] : held_) {
    if (id <= after) continue;
    removeLayers(op.pending);
    op.pending.op.id.sequence = std::max(op.pending.op.id.sequence, sequence);
    addLayers(op.pending);
  }
}

const Overlay::Pending* Overlay::find(OpId id) const {
  const Session* session = of(id.session);
  if (session == nullptr) return nullptr;
  const auto found = session->find(id.sequence);
  return found == session->end() ? nullptr : &found->second;
}

const Overlay::Session* Overlay::of(NameId session) const {
  return findSession(sessions_, session);
}

Overlay::Session* Overlay::of(NameId session) { return findSession(sessions_, session); }

const std::vector<Overlay::Layer>& Overlay::layersOf(EntryId entry) const {
  static const std::vector<Layer> none;
  const auto found = layers_.find(entry);
  return found == layers_.end() ? none : found->second.list;
}

bool Overlay::hasOwnWrite(EntryId entry) const {
  const std::vector<Layer>& layers = layersOf(entry);
  return std::any_of(layers.rbegin(), layers.rend(), [](const Layer& layer) {
    return layer.pending->isOwn && layer.pending->hold == 0 && isWrite(layer);
  });
}

bool Overlay::hasWrite(EntryId entry) const {
  const std::vector<Layer>& layers = layersOf(entry);
  return std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
    return layer.pending->hold == 0 && isWrite(layer);
  });
}

std::uint32_t Overlay::countOf(EntryId entry) const {
  const auto found = layers_.find(entry);
  return found == layers_.end() ? 0 : found->second.writes;
}

}  // namespace danji
