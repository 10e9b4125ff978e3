// History: what the pages asked for, what they were told, and what the server's logs say. The
// checks know nothing of how the answers came about.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/errors.h"

namespace danji::sim {

// One op as its page made it: for each key what was written, as text.
struct AskedOp {
  std::string space;
  std::string session;
  std::uint64_t sequence = 0;
  std::map<std::string, std::string> writes;
  std::size_t moment = 0;  // How often grants had changed.
};

// What a page was told of one of its own ops.
struct ToldOp {
  std::string space;
  std::string session;
  std::uint64_t sequence = 0;
  ErrorCode code = ErrorCode::ok;
};

// One record of a log, in the order of the log.
struct LoggedOp {
  std::string session;
  std::uint64_t sequence = 0;
  std::uint64_t voidsFrom = 0;  // Of a void: the first number that it closes.
  ErrorCode code = ErrorCode::ok;
  std::map<std::string, std::string> writes;
  std::set<std::string> claims;    // Keys of first_write_wins that it sets,
  std::set<std::string> releases;  // and that it takes back.
  std::map<std::string, double> additions;  // To sums.
  // What a key of a custom strategy was computed from: the op that wrote it last; 0: nobody had.
  std::map<std::string, std::pair<std::string, std::uint64_t>> expectations;
  std::map<std::string, std::string> numbers;  // Of forms, what they say in any release's shape.
  std::set<std::string> renewals;  // Forms that are only brought into another shape.
  bool isGuarded = false;  // It writes what only editors may write.
  std::size_t moment = 0;  // How often grants had changed when it was decided.
};

struct History {
  std::vector<AskedOp> asked;
  std::vector<ToldOp> told;
  std::map<std::string, std::vector<LoggedOp>> logs;        // By space.
  std::map<std::string, std::map<std::string, double>> sums;  // By space and key: in the end.
  std::vector<AskedOp> stored;  // Undecided ops that the disk had, as their authors were told.
  std::set<std::string> survivors;                          // Sessions of pages that still live.
  std::map<std::string, std::size_t> devices;               // Whose a session is.
  // The devices without the grant, from one change to the next.
  std::vector<std::set<std::size_t>> barred = {{}};
  std::map<std::string, std::set<std::string>> digests;     // By space: what the replicas have.
};

// Empty when all is well; else which rule is broken, and by what.
//   lost       told as accepted, but in no log
//   forgotten  an undecided op that the disk had is in no log
//   doubled    an op is in a log twice
//   reordered  a session's ops are not in the order of their numbers
//   half       a batch is in the log in part
//   altered    a key was written with another value than was asked for
//   invented   an op that nobody asked for
//   silent     refused in the log, and its author, who lives, was not told
//   misreported  told otherwise than decided
//   unanswered  a page that lives was told nothing of its op
//   stolen     a key of first_write_wins was set though it was
//   unseen     a computed value was let in over a write that it was not computed from
//   usurped    accepted, though its device had no grant from when it was asked for
//   barred     refused for a grant that its device had all the time
//   misshapen  a form does not have the shape of its release
//   garbled    bringing a form into another shape changed what it says
//   miscounted a sum is not what was added to it
//   diverged   two replicas have different states
std::string findFault(const History& history);

}  // namespace danji::sim
