// Grants: what a writer may call itself, such as "unit:cart", "building:shop" or "role:staff".
//
//   grant  := id ':' id
//   grants := '' | grant (' ' grant)*        sorted by bytes, each once
//
// Every writer has "unit:" and its unit's name without saying so; that goes along in the op
// anyway. Who checks grants says whose they are: in a tab what the op claims counts, which keeps
// teams from accidents; at a server only what the connection was given.
#pragma once

#include <string>
#include <string_view>

namespace danji {

class Grants {
 public:
  Grants() = default;
  // `others` is canonical (isGrants); `unit` may be empty: then nothing is implied.
  Grants(std::string_view unit, std::string_view others) : unit_(unit), others_(others) {}
  // May do everything: what the core does for itself.
  static Grants all() {
    Grants grants;
    grants.isAll_ = true;
    return grants;
  }

  bool areAll() const { return isAll_; }
  bool hold(std::string_view grant) const;

 private:
  std::string_view unit_;
  std::string_view others_;
  bool isAll_ = false;
};

bool isGrant(std::string_view text);
// Whether a list of grants is spelled as above and not too long.
bool isGrants(std::string_view text);

}  // namespace danji
