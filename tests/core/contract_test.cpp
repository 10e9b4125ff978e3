// Contracts: their versions, their bytes, and which of two stands.

#include "core/entry/contract.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/entry/definitions.h"
#include "core/strategy/strategy.h"

namespace danji {
namespace {

Contract at(std::string version) {
  return {.version = std::move(version), .schema = "{\"type\":\"number\"}", .permissions = ""};
}

bool isRead(const Contract& contract) {
  ByteWriter out;
  encode(out, contract);
  ByteReader in(out.view());
  return decodeContract(in) == contract && in.finished();
}

TEST(Contract, versions_are_compared_number_by_number) {
  EXPECT_LT(compareVersions("1.9", "1.10"), 0);
  EXPECT_GT(compareVersions("2", "1.99.99"), 0);
  EXPECT_LT(compareVersions("1", "1.0.1"), 0);
  EXPECT_EQ(compareVersions("1", "1.0"), 0);
  EXPECT_EQ(compareVersions("", ""), 0);
  EXPECT_LT(compareVersions("", "0"), 0);
}

TEST(Contract, a_version_is_numbers_with_dots_between_them) {
  for (const char* good : {"0", "1", "10", "1.10.0", "999999999", "1.2.3.4.5.6.7.8"}) {
    EXPECT_TRUE(isSchemaVersion(good)) << good;
  }
  for (const char* bad : {"", "v1", "1.", ".1", "1..2", "01", "1.00", "-1", "1 ", "1234567890",
                          "1.2.3.4.5.6.7.8.9", "1.x"}) {
    EXPECT_FALSE(isSchemaVersion(bad)) << bad;
  }
}

TEST(Contract, what_was_written_is_read) {
  EXPECT_TRUE(isRead(at("1.10")));
  EXPECT_TRUE(isRead({.version = "", .schema = "", .permissions = "{\"write\":\"*\"}"}));
  EXPECT_TRUE(isRead({.version = "1", .schema = "{}", .permissions = "{}"}));
  for (const Lifetime lifetime : {Lifetime::session, Lifetime::persistent}) {
    EXPECT_TRUE(isRead({.version = "", .schema = "", .permissions = "", .lifetime = lifetime}));
    EXPECT_TRUE(isRead({.version = "1", .schema = "{}", .permissions = "{}",
                        .lifetime = lifetime}));
  }
}

TEST(Contract, what_is_no_contract_is_refused) {
  EXPECT_FALSE(isRead({}));  // Nothing is said by leaving it out.
  EXPECT_FALSE(isRead(at("v1")));
  EXPECT_FALSE(isRead({.version = "1", .schema = "[]", .permissions = ""}));
  EXPECT_FALSE(isRead({.version = "1", .schema = "{", .permissions = ""}));
  EXPECT_FALSE(isRead({.version = "", .schema = "", .permissions = "7"}));
  EXPECT_FALSE(isRead({.version = "1",
                       .schema = "{\"" + std::string(kContractBytesMax, 'a') + "\":1}",
                       .permissions = ""}));
}

TEST(Contract, a_lifetime_is_one_of_those_there_are) {
  for (const std::uint8_t lifetime : {0, 3, 255}) {
    const Bytes bytes{4, lifetime};
    ByteReader in(bytes);
    decodeContract(in);
    EXPECT_TRUE(in.failed()) << int{lifetime};
  }
}

TEST(Contract, of_one_version_the_longest_life_stands) {
  Definitions definitions;
  const auto meant = [&](const std::string& version, Lifetime lifetime) {
    return definitions.learn(Definition{}, {.version = version, .schema = "", .permissions = "",
                                            .lifetime = lifetime});
  };
  const KnownDefinition* brief = meant("", Lifetime::memory);
  const KnownDefinition* lasting = meant("", Lifetime::persistent);

  EXPECT_TRUE(lasting->replaces(*brief));
  EXPECT_FALSE(lasting->raisesVersion(*brief));
  EXPECT_FALSE(brief->replaces(*lasting));
  EXPECT_TRUE(meant("2", Lifetime::memory)->replaces(*lasting));
  EXPECT_FALSE(lasting->replaces(*meant("2", Lifetime::memory)));
}

TEST(Contract, it_is_no_part_of_what_a_key_is) {
  Definitions definitions;

  const KnownDefinition* old = definitions.learn(Definition{}, at("1"));
  const KnownDefinition* young = definitions.learn(Definition{}, at("2"));

  EXPECT_NE(old, young);
  EXPECT_EQ(old->fingerprint, young->fingerprint);
  EXPECT_EQ(definitions.learn(Definition{}, at("2")), young);
}

TEST(Contract, a_page_keeps_the_highest_version_that_was_registered) {
  Definitions definitions;
  const auto standing = [&](const Contract& contract) {
    const DefinitionId id = definitions.registerKey("order", Definition{}, contract).value();
    return definitions.registration(id).known->contract;
  };

  EXPECT_EQ(standing({}), Contract());
  EXPECT_EQ(standing(at("1.9")), at("1.9"));
  EXPECT_EQ(standing(at("1.10")), at("1.10"));
  EXPECT_EQ(standing(at("1.9")), at("1.10"));
  EXPECT_EQ(standing({.version = "1.10", .schema = "{}", .permissions = ""}), at("1.10"));
}

TEST(Contract, in_the_log_a_higher_version_replaces_a_lower_one) {
  Definitions definitions;
  Entry entry;
  const auto define = [&](const Definition& definition, const Contract& contract) {
    foldChange(entry,
               {.kind = ChangeKind::define,
                .definition = definitions.learn(definition, contract)},
               {.index = 1, .stamp = {1}, .id = {}, .unit = 0});
    return entry.known->contract.version;
  };

  EXPECT_EQ(define(Definition{}, at("1")), "1");
  EXPECT_EQ(define(Definition{}, at("2")), "2");
  EXPECT_EQ(define(Definition{}, at("1")), "2");
  EXPECT_EQ(define(Definition{}, {}), "2");
  EXPECT_EQ(define({.scope = Scope::global}, at("3")), "2");
}

TEST(Contract, a_key_is_registered_with_no_version_that_could_not_be_compared) {
  Definitions definitions;
  const auto refusal = [&](const char* version) {
    const auto result = definitions.registerKey("order", Definition{}, {.version = version});
    return result.ok() ? ErrorCode::ok : result.error().code;
  };

  EXPECT_EQ(refusal("1.x"), ErrorCode::invalidDefinition);
  EXPECT_EQ(refusal("v1"), ErrorCode::invalidDefinition);
  EXPECT_EQ(refusal("1"), ErrorCode::ok);
}

}  // namespace
}  // namespace danji
