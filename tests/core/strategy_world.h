// StrategyWorld: one key, its authority, and authors who each see it as it was a while ago.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/authority/authority.h"
#include "core/base/checksum.h"
#include "core/strategy/strategy.h"
#include "tests/core/random_input.h"

namespace danji::testing_input {

class StrategyWorld {
 public:
  explicit StrategyWorld(StrategyKind strategy, std::string parameters = "", int authors = 3)
      : authority_(definitions_, [](const Space&, std::string_view, std::uint64_t) {
          return false;
        }),
        space_(Address::parse("device/global").value(), sessions_, units_, definitions_) {
    known_ = definitions_.learn({.scope = Scope::global, .plane = Plane::device,
                                 .strategy = strategy, .parameters = std::move(parameters)});
    unit_ = units_.intern("cart");
    space_.beginEpoch(1);
    entry_ = space_.entryOf("cart");
    for (int i = 0; i < authors; ++i) {
      authors_.push_back({.session = sessions_.intern(std::string(16, static_cast<char>('a' + i))),
                          .sequence = 0,
                          .view = space_.entry(entry_)});
    }
  }

  const Entry& entry() const { return space_.entry(entry_); }
  const Entry& viewOf(std::size_t author) const { return authors_[author].view; }
  Space& space() { return space_; }
  const KnownDefinition* known() const { return known_; }
  const std::vector<Record>& log() const { return log_; }
  double nowMillis = 1'000'000;

  // The author looks at what is confirmed by now.
  void look(std::size_t author) { authors_[author].view = space_.entry(entry_); }
  void everybodyLooks() {
    for (std::size_t i = 0; i < authors_.size(); ++i) look(i);
  }

  // The decision; nothing when the author's own core refuses the intent.
  std::optional<ErrorCode> write(std::size_t author, Intent::Kind kind, Value value,
                                 double ageMillis = 0) {
    Result<Change> change = intendChange(
        authors_[author].view, {.kind = kind, .value = std::move(value), .definition = known_});
    if (!change.ok()) return std::nullopt;
    return decide(author, std::move(change.value()), ageMillis);
  }
  std::optional<ErrorCode> set(std::size_t author, Value value) {
    return write(author, Intent::Kind::set, std::move(value));
  }
  std::optional<ErrorCode> unset(std::size_t author) {
    return write(author, Intent::Kind::unset, Value());
  }

  ErrorCode decide(std::size_t author, Change change, double ageMillis = 0) {
    Author& by = authors_[author];
    nowMillis += 1;
    change.entry = entry_;
    change.fingerprint = known_->fingerprint;
    const Op op{.id = {.session = by.session, .sequence = ++by.sequence},
                .unit = unit_,
                .createdMillis = nowMillis - ageMillis,
                .observed = by.view.stamp,
                .voids = false,
                .changes = {std::move(change)}};
    log_.push_back(authority_.decide(space_, op, Grants::all(), nowMillis));
    space_.fold(log_.back());
    return log_.back().decision;
  }

  // Everything that replicas must agree on.
  std::string digest() const { return digestOf(space_.state()).hex(); }

  // The digest of a replica that gets the state after `prefix` records, and then the others.
  std::string digestOfLateJoiner(std::size_t prefix) {
    Space early(space_.address(), sessions_, units_, definitions_);
    early.beginEpoch(1);
    early.entryOf("cart");
    for (std::size_t i = 0; i < prefix; ++i) early.fold(log_[i]);
    ByteWriter bytes;
    encode(bytes, early.state());
    ByteReader in(bytes.view());
    Space late(space_.address(), sessions_, units_, definitions_);
    late.entryOf("cart");
    late.adopt(decodeState(in));
    if (!in.finished()) return "the state can't be read";
    for (std::size_t i = prefix; i < log_.size(); ++i) late.fold(log_[i]);
    return digestOf(late.state()).hex();
  }

 private:
  struct Author {
    NameId session = 0;
    std::uint64_t sequence = 0;
    Entry view;
  };

  Names sessions_;
  Names units_;
  Definitions definitions_;
  Authority authority_;
  Space space_;
  const KnownDefinition* known_ = nullptr;
  NameId unit_ = 0;
  EntryId entry_ = 0;
  std::vector<Author> authors_;
  std::vector<Record> log_;
};

}  // namespace danji::testing_input
