// Proposals: ops that wait for the word of whoever keeps the server before they are decided.
//
// There are two words. The permission is asked for when an op arrives, so of many ops at a time.
// The turn comes when nothing stands before the op any more: of a space one op has it, and until
// it is answered nothing else is decided there, so what its keeper looks at is what it will meet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "core/base/errors.h"
#include "core/entry/op_id.h"
#include "core/replica/changes.h"

namespace danji {

using Ticket = std::uint32_t;

class Proposals {
 public:
  struct Words {
    bool permission = false;
    bool turn = false;
  };
  enum class Stage : std::uint8_t { asked, permitted, inTurn };
  struct Proposal {
    Ticket ticket = 0;
    SpaceId space = 0;
    OpId op;
    std::uint32_t connection = 0;
    Stage stage = Stage::asked;
    ErrorCode code = ErrorCode::ok;  // Once permitted: another one refuses it.
  };

  void want(Words words) { words_ = words; }
  bool areWanted() const { return words_.permission || words_.turn; }
  bool wantsTurn(const Proposal& one) const {
    return words_.turn && one.code == ErrorCode::ok;
  }

  // A new op.
  const Proposal& add(SpaceId space, OpId op, std::uint32_t connection);
  const Proposal* of(SpaceId space, OpId op) const;
  const Proposal* of(Ticket ticket) const;

  void permit(Ticket ticket, ErrorCode code);
  // False while another op of the space has it.
  bool takeTurn(Ticket ticket);
  bool hasTurn(SpaceId space) const { return turns_.contains(space); }
  // It is decided, or gone.
  void end(Ticket ticket);
  // Numbers of a session that were closed up to there; one that has its turn keeps it.
  void endClosed(SpaceId space, OpId last);
  // Whether an op of the space waits for a word, not only for ops before it.
  bool areAsked(SpaceId space) const;
  void forget(SpaceId space);

 private:
  using Name = std::tuple<SpaceId, NameId, std::uint64_t>;

  Words words_;
  Ticket last_ = 0;
  std::map<Ticket, Proposal> byTicket_;
  std::map<Name, Ticket> byName_;
  std::map<SpaceId, Ticket> turns_;
};

}  // namespace danji
