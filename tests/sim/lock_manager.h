// LockManager: one Web Lock and the list of held session locks, as a browser keeps them.
//
// A request is a token. The first in the queue holds the lock; stealing takes it at once and
// tells the one that had it. Nothing here knows what the lock is for, and nothing here is late:
// the cluster delays what goes in and what comes out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

namespace danji::sim {

class LockManager {
 public:
  using Token = std::uint64_t;
  struct Notice {
    Token token = 0;
    bool isGranted = false;  // Otherwise it was stolen.
  };

  std::vector<Notice> request(Token token) {
    queue_.push_back(token);
    return grantNext();
  }

  std::vector<Notice> steal(Token token) {
    std::vector<Notice> notices;
    if (holder_ != 0) notices.push_back({.token = holder_, .isGranted = false});
    holder_ = token;
    notices.push_back({.token = token, .isGranted = true});
    return notices;
  }

  // Gives the lock back, or leaves the queue.
  std::vector<Notice> release(Token token) {
    std::erase(queue_, token);
    if (holder_ == token) holder_ = 0;
    return grantNext();
  }

  void holdSession(const std::string& session) { sessions_.insert(session); }
  void freeSession(const std::string& session) { sessions_.erase(session); }
  std::vector<std::string> sessions() const { return {sessions_.begin(), sessions_.end()}; }
  // 0: nobody.
  Token holder() const { return holder_; }
  const std::deque<Token>& waiting() const { return queue_; }

 private:
  std::vector<Notice> grantNext() {
    if (holder_ != 0 || queue_.empty()) return {};
    holder_ = queue_.front();
    queue_.pop_front();
    return {{.token = holder_, .isGranted = true}};
  }

  Token holder_ = 0;
  std::deque<Token> queue_;
  std::set<std::string> sessions_;
};

}  // namespace danji::sim
