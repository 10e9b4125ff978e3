// Ops that are taken back while they wait: whatever gets lost on the way, each op is decided once,
// its author is told how, and the sum has what was accepted and nothing else.

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>

#include "core/base/limits.h"
#include "tests/core/random_input.h"
#include "tests/core/server_world.h"

namespace danji {
namespace {

using testing_input::RandomInput;

const std::string kSelf(16, 'a');

double shown(const Page& page) {
  const Value value = page.replica().visible(0);
  return value.isSet() ? value.number() : 0;
}

// Adds what no other op adds, so that the sum tells which of them were accepted.
std::uint64_t add(Page& page, Slot likes, double bit) {
  return page.core.setNumber(likes, page.unit, shown(page) + bit).sequence;
}

Status withdraw(Page& page, std::uint64_t sequence) {
  return page.core.withdraw(kAddress, kSelf, sequence);
}

// By number: how the page was told its ops were decided.
using Told = std::multimap<std::uint64_t, ErrorCode>;

void listen(Page& page, Told& told) {
  ByteWriter out;
  page.core.drain(out);
  ByteReader in(out.view());
  for (std::uint8_t item = in.u8(); item != 0; item = in.u8()) {
    ASSERT_FALSE(in.failed());
    switch (item) {
      case 1: {
        in.u32();
        const bool isVisible = in.u8() == 1;
        in.f64();
        in.f64();
        in.u32();
        in.u32();
        in.u8();
        if (isVisible) decodeValue(in);
        break;
      }
      case 2: {
        in.u32();
        const auto sequence = static_cast<std::uint64_t>(in.f64());
        told.emplace(sequence, static_cast<ErrorCode>(in.u8()));
        in.f64();
        in.u8();
        break;
      }
      case 6:
        in.u32();
        in.text(16);
        break;
      case 15:
        break;
      default:
        FAIL() << "an item " << int{item} << " that nobody expected";
    }
  }
}

TEST(Withdraw, what_nobody_was_told_of_never_counts) {
  Server server;
  Page page;
  const Slot likes = page.open("likes", StrategyKind::sum);
  add(page, likes, 1);
  const std::uint64_t unwanted = add(page, likes, 2);
  add(page, likes, 4);

  EXPECT_TRUE(withdraw(page, unwanted).ok());
  EXPECT_EQ(shown(page), 5);
  EXPECT_EQ(withdraw(page, unwanted).error().code, ErrorCode::stale);
  page.connect(server);

  EXPECT_EQ(page.value("likes"), Value::number(5));
  Told told;
  listen(page, told);
  EXPECT_EQ(told.find(unwanted)->second, ErrorCode::voided);
  EXPECT_EQ(told.size(), 3u);
}

TEST(Withdraw, what_was_decided_before_stands_and_its_author_is_told_so) {
  Server server;
  Page page;
  const Slot likes = page.open("likes", StrategyKind::sum);
  page.connect(server);
  const std::uint64_t late = add(page, likes, 1);
  for (const Bytes& frame : page.core.uplink().flush()) server.host.receive(1, frame);
  server.write();  // The answer gets lost.

  EXPECT_TRUE(withdraw(page, late).ok());
  EXPECT_EQ(shown(page), 0);
  page.core.uplink().disconnected();
  page.connect(server);

  EXPECT_EQ(shown(page), 1);
  Told told;
  listen(page, told);
  EXPECT_EQ(told.find(late)->second, ErrorCode::ok);
}

// So much happened meanwhile that the page gets the state in place of records.
TEST(Withdraw, a_state_tells_whether_it_came_in_time_as_records_do) {
  for (const bool isLate : {false, true}) {
    Server server;
    Page page;
    const Slot likes = page.open("likes", StrategyKind::sum);
    page.connect(server);
    const std::uint64_t unwanted = add(page, likes, 1);
    for (const Bytes& frame : page.core.uplink().flush()) {
      if (isLate) server.host.receive(1, frame);
    }
    server.write();  // The answer gets lost.
    page.core.uplink().disconnected();
    EXPECT_TRUE(withdraw(page, unwanted).ok());

    Page other('b');
    const Slot theirs = other.open("likes", StrategyKind::sum);
    other.connect(server, 2);
    for (std::size_t i = 0; i <= kRecordsKept; ++i) {
      add(other, theirs, 2);
      other.talk(server, 2);
    }
    page.connect(server, 3);

    Told told;
    listen(page, told);
    EXPECT_EQ(told.count(unwanted), 1u);
    EXPECT_EQ(told.find(unwanted)->second, isLate ? ErrorCode::ok : ErrorCode::voided);
    EXPECT_EQ(shown(page), shown(other));
    EXPECT_EQ(page.replica().hasUndecided(), false);
  }
}

// One page on a way that loses things in both directions.
class LossyWay {
 public:
  LossyWay(RandomInput& random, Page& page, Server& server)
      : random_(random), page_(page), server_(server) {}

  void carry() {
    for (const Bytes& frame : page_.core.uplink().flush()) {
      if (isOpen_ && !random_.oneIn(4)) server_.host.receive(1, frame);
    }
    for (const Outgoing& answer : server_.write()) {
      if (isOpen_ && !random_.oneIn(3)) page_.core.uplink().receive(answer.bytes);
    }
  }
  void flip() {
    isOpen_ = !isOpen_;
    if (isOpen_) {
      server_.host.connected(1);
      page_.core.uplink().connected();
    } else {
      close();
    }
  }
  void close() {
    server_.host.disconnected(1);
    page_.core.uplink().disconnected();
    isOpen_ = false;
  }

 private:
  RandomInput& random_;
  Page& page_;
  Server& server_;
  bool isOpen_ = false;
};

TEST(Withdraw, the_sum_has_what_was_told_to_be_accepted_whatever_was_lost_and_taken_back) {
  RandomInput random;
  SCOPED_TRACE(random.trace());
  for (int round = 0; round < 150; ++round) {
    Server server;
    Page page;
    const Slot likes = page.open("likes", StrategyKind::sum);
    LossyWay way(random, page, server);
    std::map<std::uint64_t, double> bits;
    std::set<std::uint64_t> takenBack;
    Told told;
    double bit = 1;
    for (int step = 0; step < 60; ++step) {
      if (random.oneIn(3) && bits.size() < 30) {
        bits[add(page, likes, bit)] = bit;
        bit *= 2;
      } else if (random.oneIn(3) && !bits.empty()) {
        const std::uint64_t one = std::next(bits.begin(), static_cast<std::ptrdiff_t>(
                                                              random.below(bits.size())))->first;
        if (withdraw(page, one).ok()) takenBack.insert(one);
      } else if (random.oneIn(4)) {
        way.flip();
      } else {
        way.carry();
      }
      listen(page, told);
    }
    way.close();
    page.connect(server);
    listen(page, told);

    double accepted = 0;
    for (const auto& [sequence, added] : bits) {
      ASSERT_EQ(told.count(sequence), 1u) << "op " << sequence;
      const ErrorCode code = told.find(sequence)->second;
      if (code == ErrorCode::ok) accepted += added;
      if (!takenBack.contains(sequence)) {
        ASSERT_EQ(code, ErrorCode::ok);
      }
      if (code != ErrorCode::ok) {
        ASSERT_EQ(code, ErrorCode::voided);
      }
    }
    ASSERT_EQ(shown(page), accepted);
    ASSERT_FALSE(page.replica().hasUndecided());
    Page other('b');
    other.open("likes", StrategyKind::sum);
    other.connect(server, 2);
    ASSERT_EQ(shown(other), accepted);
  }
}

}  // namespace
}  // namespace danji
