#include "core/server/proposals.h"

#include <algorithm>

namespace danji {

const Proposals::Proposal& Proposals::add(SpaceId space, OpId op, std::uint32_t connection) {
  const Proposal one{.ticket = ++last_,
                     .space = space,
                     .op = op,
                     .connection = connection,
                     .stage = words_.permission ? Stage::asked : Stage::permitted};
  byName_[{space, op.session, op.sequence}] = one.ticket;
  return byTicket_.emplace(one.ticket, one).first->second;
}

const Proposals::Proposal* Proposals::of(SpaceId space, OpId op) const {
  const auto found = byName_.find({space, op.session, op.sequence});
  return found == byName_.end() ? nullptr : of(found->second);
}

const Proposals::Proposal* Proposals::of(Ticket ticket) const {
  const auto found = byTicket_.find(ticket);
  return found == byTicket_.end() ? nullptr : &found->second;
}

void Proposals::permit(Ticket ticket, ErrorCode code) {
  const auto found = byTicket_.find(ticket);
  if (found == byTicket_.end()) return;
  found->second.stage = Stage::permitted;
  found->second.code = code;
}

bool Proposals::takeTurn(Ticket ticket) {
  const auto found = byTicket_.find(ticket);
  if (found == byTicket_.end()) return false;
  if (!turns_.emplace(found->second.space, ticket).second) return false;
  found->second.stage = Stage::inTurn;
  return true;
}

void Proposals::end(Ticket ticket) {
  const auto found = byTicket_.find(ticket);
  if (found == byTicket_.end()) return;
  const Proposal& one = found->second;
  if (one.stage == Stage::inTurn) turns_.erase(one.space);
  byName_.erase({one.space, one.op.session, one.op.sequence});
  byTicket_.erase(found);
}

void Proposals::endClosed(SpaceId space, OpId last) {
  auto one = byName_.lower_bound({space, last.session, 0});
  while (one != byName_.end() && one->first <= Name(space, last.session, last.sequence)) {
    const Ticket ticket = one->second;
    ++one;
    if (of(ticket)->stage != Stage::inTurn) end(ticket);
  }
}

bool Proposals::areAsked(SpaceId space) const {
  return std::any_of(byTicket_.begin(), byTicket_.end(), [space](const auto& one) {
    return one.second.space == space && one.second.stage != Stage::permitted;
  });
}

void Proposals::forget(SpaceId space) {
  turns_.erase(space);
  std::erase_if(byName_, [space](const auto& one) { return std::get<0>(one.first) == space; });
  std::erase_if(byTicket_, [space](const auto& one) { return one.second.space == space; });
}

}  // namespace danji
