// An address names one place in one way.

#include "core/entry/address.h"

#include <gtest/gtest.h>

namespace danji {
namespace {

TEST(Address, every_scope_has_its_form) {
  const auto global = Address::parse("device/global");
  const auto apartment = Address::parse("device/apartment:main");
  const auto building = Address::parse("server/building:mall/checkout");
  const auto unit = Address::parse("tab/private:mall/checkout/cart");

  ASSERT_TRUE(global.ok() && apartment.ok() && building.ok() && unit.ok());
  EXPECT_EQ(global.value().scope, Scope::global);
  EXPECT_EQ(apartment.value().scope, Scope::apartment);
  EXPECT_EQ(building.value().scope, Scope::building);
  EXPECT_EQ(building.value().plane, Plane::server);
  EXPECT_EQ(unit.value().scope, Scope::privateToUnit);
  EXPECT_EQ(unit.value().plane, Plane::tab);
}

TEST(Address, anything_else_is_refused) {
  const std::string long65(65, 'a');
  for (const std::string& text :
       {std::string(), std::string("device"), std::string("device/"), std::string("moon/global"),
        std::string("device/global/"), std::string("device/apartment:"),
        std::string("device/apartment:a/b"), std::string("device/building:a"),
        std::string("device/building:a/b/c"), std::string("tab/private:a/b"),
        std::string("device/apartment:a b"), std::string("device/apartment:../x/"),
        "device/apartment:" + long65, std::string("device/apartment:\xC3\xA9")}) {
    EXPECT_FALSE(Address::parse(text).ok()) << text;
  }
}

TEST(Address, an_id_has_1_to_64_harmless_characters) {
  EXPECT_TRUE(isId("A-z_0.9"));
  EXPECT_TRUE(isId(std::string(64, 'a')));
  EXPECT_FALSE(isId(""));
  EXPECT_FALSE(isId(std::string(65, 'a')));
  EXPECT_FALSE(isId("a/b"));
}

}  // namespace
}  // namespace danji
