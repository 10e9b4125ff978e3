#include "tests/sim/history.h"

namespace danji::sim {
namespace {

using OpName = std::pair<std::string, std::uint64_t>;  // Session and number.

std::string named(const std::string& space, const OpName& op) {
  std::string hex;
  for (const char byte : op.first) {
    constexpr const char* kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[byte & 15];
  }
  return space + ", op " + std::to_string(op.second) + " of " + hex.substr(24);
}

class SpaceCheck {
 public:
  SpaceCheck(std::string space, const History& history) : space_(std::move(space)) {
    for (const AskedOp& op : history.asked) {
      if (op.space == space_) asked_[{op.session, op.sequence}] = &op;
    }
    for (const ToldOp& op : history.told) {
      if (op.space == space_) told_[{op.session, op.sequence}] = op.code;
    }
    for (const AskedOp& op : history.stored) {
      if (op.space == space_) stored_.insert({op.session, op.sequence});
    }
    history_ = &history;
    const auto sums = history.sums.find(space_);
    if (sums != history.sums.end()) sums_ = sums->second;
  }

  std::string run(const std::vector<LoggedOp>& log) {
    for (const LoggedOp& op : log) {
      const std::string fault = check(op);
      if (!fault.empty()) return fault;
    }
    for (const auto& [key, sum] : sums_) {
      if (totals_[key] != sum) return "miscounted: " + space_ + ", " + key;
    }
    for (const auto& [op, code] : told_) {
      if (code == ErrorCode::ok && !decided_.contains(op)) return "lost: " + named(space_, op);
    }
    for (const OpName& op : stored_) {
      if (!decided_.contains(op)) return "forgotten: " + named(space_, op);
    }
    for (const auto& [op, asked] : asked_) {
      if (history_->survivors.contains(op.first) && !told_.contains(op)) {
        return (decided_.contains(op) && decided_[op] != ErrorCode::ok ? "silent: "
                                                                      : "unanswered: ") +
               named(space_, op);
      }
    }
    return {};
  }

 private:
  std::string check(const LoggedOp& op) {
    const std::uint64_t first = op.voidsFrom > 0 ? op.voidsFrom : op.sequence;
    for (std::uint64_t number = first; number <= op.sequence; ++number) {
      if (!decided_.emplace(OpName(op.session, number), op.code).second) {
        return "doubled: " + named(space_, {op.session, number});
      }
    }
    std::uint64_t& last = last_[op.session];
    if (first <= last) return "reordered: " + named(space_, {op.session, op.sequence});
    last = op.sequence;
    if (op.voidsFrom > 0) return {};
    return checkContent(op, {op.session, op.sequence});
  }

  std::string checkContent(const LoggedOp& op, const OpName& name) {
    const auto asked = asked_.find(name);
    if (asked == asked_.end()) return "invented: " + named(space_, name);
    const auto told = told_.find(name);
    if (told != told_.end() && told->second != op.code) return "misreported: " + named(space_, name);
    const std::string unjust = checkGrants(op, *asked->second, name);
    if (!unjust.empty() || op.code != ErrorCode::ok) return unjust;
    for (const auto& [key, text] : asked->second->writes) {
      const auto written = op.writes.find(key);
      if (written == op.writes.end()) return "half: " + named(space_, name) + " lacks " + key;
      if (!text.empty() && written->second != text) {
        return "altered: " + named(space_, name) + " " + key + " is " + written->second +
               " instead of " + text;
      }
    }
    return checkStrategies(op, name);
  }

  // Grants may be looked at whenever the op comes by, until it is decided.
  std::string checkGrants(const LoggedOp& op, const AskedOp& asked, const OpName& name) const {
    const bool isForbidden = op.code == ErrorCode::forbidden;
    if (!isForbidden && !(op.isGuarded && op.code == ErrorCode::ok)) return {};
    const std::size_t device = history_->devices.at(op.session);
    for (std::size_t moment = asked.moment; moment <= op.moment; ++moment) {
      if (history_->barred[moment].contains(device) == isForbidden) return {};
    }
    return (isForbidden ? "barred: " : "usurped: ") + named(space_, name);
  }

  std::string checkStrategies(const LoggedOp& op, const OpName& name) {
    for (const std::string& key : op.claims) {
      if (!claimed_.insert(key).second) return "stolen: " + named(space_, name) + " " + key;
    }
    for (const std::string& key : op.releases) claimed_.erase(key);
    for (const auto& [key, amount] : op.additions) totals_[key] += amount;
    for (const auto& [key, writer] : op.expectations) {
      if (writers_[key] != writer) return "unseen: " + named(space_, name) + " " + key;
    }
    for (const auto& [key, text] : op.writes) writers_[key] = name;
    return checkForms(op, name);
  }

  std::string checkForms(const LoggedOp& op, const OpName& name) {
    for (const auto& [key, number] : op.numbers) {
      if (number.empty()) return "misshapen: " + named(space_, name) + " " + key;
      const bool isSame = numbers_[key] == number || !op.renewals.contains(key);
      if (!isSame) return "garbled: " + named(space_, name) + " " + key;
      numbers_[key] = number;
    }
    return {};
  }

  std::string space_;
  std::map<OpName, const AskedOp*> asked_;
  std::map<OpName, ErrorCode> told_;
  std::set<OpName> stored_;
  std::map<OpName, ErrorCode> decided_;
  std::map<std::string, std::uint64_t> last_;
  std::set<std::string> claimed_;
  std::map<std::string, OpName> writers_;
  std::map<std::string, double> totals_;
  std::map<std::string, std::string> numbers_;
  std::map<std::string, double> sums_;
  const History* history_ = nullptr;
};

}  // namespace

std::string findFault(const History& history) {
  for (const auto& [space, log] : history.logs) {
    const std::string fault = SpaceCheck(space, history).run(log);
    if (!fault.empty()) return fault;
  }
  for (const auto& [space, digests] : history.digests) {
    if (digests.size() > 1) return "diverged: " + space;
  }
  return {};
}

}  // namespace danji::sim
