// Host, what is decided and when: ops in order of their sessions, and, where the keeper of the
// server has a say, each with his words (proposals.h).

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/mutation.h"
#include "core/server/host.h"
#include "core/server/told.h"

namespace danji {

// What this server's own list of keys says of an op. A key that the space does not have yet comes
// in as this server means it, permissions and all, whatever its author takes it for.
ErrorCode Host::judgeKeys(const Replica& replica, Op& op) const {
  for (Change& change : op.changes) {
    const Entry& entry = replica.space().entry(change.entry);
    const Registration* registration = realm_.definitions.registrationOf(entry.key);
    if (registration == nullptr) return ErrorCode::notRegistered;
    const KnownDefinition& known = *registration->known;
    if (known.fingerprint != change.fingerprint) return ErrorCode::definitionClash;
    const KnownDefinition* meant = realm_.definitions.meantBy(change);
    if (meant->raisesVersion(known)) return ErrorCode::notRegistered;
    if (!entry.isDefined()) change.definition = &known;
  }
  return ErrorCode::ok;
}

// What is refused before its keys get a place here: nobody fills a server with names.
ErrorCode Host::judgeRoom(const Replica& replica, const WireTables& tables,
                          const WireOp& op) const {
  std::size_t count = replica.space().entryCount();
  for (const WireChange& change : op.changes) {
    const std::string& key = tables.keys[change.key].key;
    if (replica.space().find(key) != nullptr) continue;
    if (knowsKeys_ && realm_.definitions.registrationOf(key) == nullptr) {
      return ErrorCode::notRegistered;
    }
    if (++count > kEntriesMax) return ErrorCode::tooLarge;
  }
  return ErrorCode::ok;
}

ErrorCode Host::judge(const Replica& replica, Op& op) {
  if (op.grants == nobody_) return ErrorCode::forbidden;
  if (op.voids) return ErrorCode::ok;
  const auto unread = unread_.find({replica.id(), op.id});
  if (unread != unread_.end()) {
    const ErrorCode code = unread->second;
    unread_.erase(unread);
    return code;
  }
  const bool mayGrow = std::any_of(op.changes.begin(), op.changes.end(), [](const Change& one) {
    return one.kind != ChangeKind::define && one.kind != ChangeKind::unset;
  });
  if (mayGrow && full_.contains(replica.id())) return ErrorCode::tooLarge;
  return knowsKeys_ ? judgeKeys(replica, op) : ErrorCode::ok;
}

void Host::decide(Replica& replica, Op op, ErrorCode word) {
  ErrorCode code = judge(replica, op);
  if (code == ErrorCode::ok) code = word;
  if (code != ErrorCode::ok) op.changes.clear();
  const Grants grants =
      authenticates_ ? realm_.grantsIn(op.grants) : realm_.grantsIn(op.grants, op.unit);
  Record record = authority_.decide(replica.space(), std::move(op), grants, realm_.nowMillis);
  if (code != ErrorCode::ok) record.decision = code;
  record.op.grants = 0;  // Nobody has to know; this log never has to be decided again.
  replica.apply(record);
  realm_.changes = {};
  writeRow(replica);
}

// Every op whose predecessors are decided, each session's in order of their numbers.
void Host::decidePending(Replica& replica) {
  if (proposals_.areWanted()) return decideProposed(replica);
  std::vector<NameId> sessions;
  for (const auto& [session, ops] : replica.overlay().sessions()) sessions.push_back(session);
  for (const NameId session : sessions) {
    while (const Op* next = replica.overlay().nextOf(session, replica.space().floorOf(session))) {
      decide(replica, Op(*next));  // A copy: deciding removes the original.
    }
  }
}

// ---- With words

void Host::question(const Replica& replica, const Proposals::Proposal& one) {
  const Op& op = replica.overlay().of(one.op.session)->find(one.op.sequence)->second.op;
  questions_.push_back({.ticket = one.ticket,
                        .connection = one.connection,
                        .isTurn = one.stage == Proposals::Stage::inTurn,
                        .op = told(realm_, replica, op, ownerOf(one.op.session))});
}

// What declares keys only, and what is refused anyway, goes its way without a word.
void Host::propose(const Replica& replica, const Op& op, ConnectionId connection) {
  if (op.voids || !op.writes() || op.grants == nobody_) return;
  const Proposals::Proposal& one = proposals_.add(replica.id(), op.id, connection);
  if (one.stage == Proposals::Stage::asked) question(replica, one);
}

// The next op of a session that waits for nothing. The oldest of those that wait for a turn is
// left in `first`.
bool Host::decideNext(Replica& replica, NameId session, const Proposals::Proposal*& first) {
  const Op* next = replica.overlay().nextOf(session, replica.space().floorOf(session));
  if (next == nullptr) return false;
  const Proposals::Proposal* one = proposals_.of(replica.id(), next->id);
  if (one != nullptr && one->stage != Proposals::Stage::permitted) return false;
  if (one != nullptr && proposals_.wantsTurn(*one)) {
    if (first == nullptr || one->ticket < first->ticket) first = one;
    return false;
  }
  const ErrorCode word = one == nullptr ? ErrorCode::ok : one->code;
  const OpId id = next->id;
  decide(replica, Op(*next), word);
  // A void closes several.
  proposals_.endClosed(replica.id(), id);
  return true;
}

void Host::decideProposed(Replica& replica) {
  if (proposals_.hasTurn(replica.id())) return;
  std::vector<NameId> sessions;
  for (const auto& [session, ops] : replica.overlay().sessions()) sessions.push_back(session);
  const Proposals::Proposal* first = nullptr;
  for (const NameId session : sessions) {
    while (decideNext(replica, session, first)) continue;
  }
  if (first == nullptr) return;
  proposals_.takeTurn(first->ticket);
  question(replica, *first);
}

void Host::answer(Ticket ticket, ErrorCode code) {
  const Proposals::Proposal* found = proposals_.of(ticket);
  if (found == nullptr) return;
  hasNews_ = true;
  const Proposals::Proposal one = *found;
  Replica& replica = *replicas_[one.space];
  if (one.stage == Proposals::Stage::asked) {
    proposals_.permit(ticket, code);
  } else if (one.stage == Proposals::Stage::inTurn) {
    proposals_.end(ticket);
    const Op* next = replica.overlay().nextOf(one.op.session,
                                              replica.space().floorOf(one.op.session));
    if (next != nullptr && next->id == one.op) decide(replica, Op(*next), code);
  }
  decidePending(replica);
}

}  // namespace danji
