// Whatever a tab says is heard as it was said, and whatever a stranger says is either refused or
// has exactly one meaning.

#include "core/wire/messages.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/random_wire.h"

namespace danji {
namespace {

using namespace testing_input;

template <class Message>
Bytes encoded(const Message& message) {
  ByteWriter out;
  encode(out, message);
  return out.take();
}

// One row for each message: how to make a random one, and how to read it.
struct HelloCase {
  static Hello any(RandomInput& random) {
    return {.sender = random.session(), .cursors = anyCursors(random)};
  }
  static Hello decode(ByteReader& in) { return decodeHello(in); }
};
struct PrepareCase {
  static Prepare any(RandomInput& random) {
    return {.sender = random.session(),
            .leaderEpoch = random.below(99),
            .accepted = random.below(99),
            .cursors = anyCursors(random)};
  }
  static Prepare decode(ByteReader& in) { return decodePrepare(in); }
};
struct PromiseCase {
  static Promise any(RandomInput& random) {
    Promise promise{.sender = random.session(),
                    .leaderEpoch = random.below(99),
                    .asker = random.session(),
                    .accepted = random.below(99),
                    .states = {}};
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      promise.states.push_back(anySpaceState(random, anyAddress(random)));
    }
    return promise;
  }
  static Promise decode(ByteReader& in) { return decodePromise(in); }
};
struct RefuseCase {
  static Refuse any(RandomInput& random) {
    return {.sender = random.session(), .asker = random.session(), .promised = random.below(99)};
  }
  static Refuse decode(ByteReader& in) { return decodeRefuse(in); }
};
struct LeadCase {
  static Lead any(RandomInput& random) {
    return {.sender = random.session(),
            .leaderEpoch = random.below(99),
            .live = anySessions(random, 4),
            .cursors = anyCursors(random)};
  }
  static Lead decode(ByteReader& in) { return decodeLead(in); }
};
struct WelcomeCase {
  static Welcome any(RandomInput& random) {
    Welcome welcome{.sender = random.session(),
                    .leaderEpoch = random.below(99),
                    .target = random.session(),
                    .live = anySessions(random, 4),
                    .updates = {}};
    for (Cursor& cursor : anyCursors(random)) {
      SpaceUpdate update{.cursor = std::move(cursor)};
      if (random.oneIn(3)) {
        update.state = anySpaceState(random, update.cursor.address);
      } else if (random.oneIn(2)) {
        update.tables = anyTables(random);
        update.tail = anyRecordsSection(random, update.tables);
        update.tail->address = update.cursor.address;
      }
      welcome.updates.push_back(std::move(update));
    }
    return welcome;
  }
  static Welcome decode(ByteReader& in) { return decodeWelcome(in); }
};
struct PushCase {
  static Push any(RandomInput& random) {
    Push push{.sender = random.session(), .tables = anyTables(random), .sections = {}};
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      push.sections.push_back(anyPushSection(random, push.tables));
    }
    return push;
  }
  static Push decode(ByteReader& in) { return decodePush(in); }
};
struct RecordsCase {
  static Records any(RandomInput& random) {
    Records records{.sender = random.session(),
                    .leaderEpoch = random.below(99),
                    .tables = anyTables(random),
                    .sections = {}};
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      records.sections.push_back(anyRecordsSection(random, records.tables));
    }
    return records;
  }
  static Records decode(ByteReader& in) { return decodeRecords(in); }
};
struct EventCase {
  static Event any(RandomInput& random) {
    return {.sender = random.session(),
            .scope = static_cast<Scope>(random.below(4)),
            .apartment = "main",
            .building = "checkout",
            .unit = "cart",
            .name = "added to cart",
            .json = "{\"apples\":" + std::to_string(random.below(9)) + "}"};
  }
  static Event decode(ByteReader& in) { return decodeEvent(in); }
};
struct ByeCase {
  static Bye any(RandomInput& random) { return {.sender = random.session()}; }
  static Bye decode(ByteReader& in) { return decodeBye(in); }
};

struct StoredCase {
  static Stored any(RandomInput& random) {
    return {.sender = random.session(),
            .leaderEpoch = random.below(9),
            .cursors = {{"device/global", random.below(5), random.below(5)}}};
  }
  static Stored decode(ByteReader& in) { return decodeStored(in); }
};

template <class Case>
class MessageLaws : public testing::Test {};

using Cases = testing::Types<HelloCase, PrepareCase, PromiseCase, RefuseCase, LeadCase, WelcomeCase,
                             PushCase, RecordsCase, EventCase, ByeCase, StoredCase>;
TYPED_TEST_SUITE(MessageLaws, Cases);

TYPED_TEST(MessageLaws, decoding_gives_back_what_was_encoded) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 500; ++round) {
    const Bytes bytes = encoded(TypeParam::any(random));
    ByteReader in(bytes);

    const auto message = TypeParam::decode(in);

    ASSERT_TRUE(in.finished()) << round;
    ASSERT_EQ(encoded(message), bytes) << round;
  }
}

TYPED_TEST(MessageLaws, a_truncated_message_is_refused) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 30; ++round) {
    const Bytes bytes = encoded(TypeParam::any(random));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      ByteReader in(ByteView(bytes).first(length));

      TypeParam::decode(in);

      ASSERT_TRUE(in.failed()) << round << ", " << length << " of " << bytes.size();
    }
  }
}

TYPED_TEST(MessageLaws, damaged_bytes_are_refused_or_mean_one_thing) {
  RandomInput random;
  SCOPED_TRACE(random.trace());

  for (int round = 0; round < 3'000; ++round) {
    Bytes bytes = encoded(TypeParam::any(random));
    for (std::uint64_t i = 1 + random.below(3); i > 0; --i) {
      bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.below(256));
    }
    ByteReader in(bytes);
    const auto message = TypeParam::decode(in);
    if (in.failed()) continue;

    const Bytes first = encoded(message);
    ByteReader again(first);
    const Bytes second = encoded(TypeParam::decode(again));

    ASSERT_TRUE(again.finished()) << round;
    ASSERT_EQ(first, second) << round;
  }
}

TEST(Messages, a_leader_epoch_that_leaves_no_room_above_it_is_refused) {
  const Bytes bytes = encoded(Refuse{.sender = std::string(16, 's'),
                                     .asker = std::string(16, 'a'),
                                     .promised = kSequenceMax + 1});
  ByteReader in(bytes);

  decodeRefuse(in);

  EXPECT_TRUE(in.failed());
}

TEST(Messages, an_event_with_a_name_or_text_that_is_none_is_refused) {
  const Event good{.sender = std::string(16, 's'),
                   .scope = Scope::global,
                   .apartment = "main",
                   .building = "main",
                   .unit = "cart",
                   .name = "opened",
                   .json = "1"};
  const auto isRead = [](const Event& event) {
    const Bytes bytes = encoded(event);
    ByteReader in(bytes);
    decodeEvent(in);
    return in.finished();
  };
  Event nameless = good;
  nameless.name = "";
  Event wordless = good;
  wordless.json = "{";
  Event homeless = good;
  homeless.apartment = "no place";

  EXPECT_TRUE(isRead(good));
  EXPECT_FALSE(isRead(nameless));
  EXPECT_FALSE(isRead(wordless));
  EXPECT_FALSE(isRead(homeless));
}

}  // namespace
}  // namespace danji
