// Names: a small number for every text that was ever met, and the text for the number.
//
// Sessions (16 raw bytes) and units are named in every record; inside one core they are
// numbers. The numbers are private to the core: nothing that leaves it contains one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace danji {

using NameId = std::uint32_t;

class Names {
 public:
  NameId intern(std::string_view text) {
    if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
    const auto id = static_cast<NameId>(texts_.size());
    texts_.emplace_back(text);
    ids_.emplace(texts_.back(), id);
    return id;
  }
  const std::string& text(NameId id) const { return texts_[id]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // A deque never moves its elements: the views stay valid.
  std::map<std::string_view, NameId> ids_;  // Strangers choose the texts: nothing to flood.
};

}  // namespace danji
