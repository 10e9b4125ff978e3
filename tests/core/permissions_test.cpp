// Permissions: how they are spelled, and which change of a value needs which grant.

#include "core/entry/permissions.h"

#include <gtest/gtest.h>

#include "core/authority/guard.h"
#include "core/base/limits.h"

namespace danji {
namespace {

TEST(Grants, a_grant_is_two_ids_with_a_colon_between_them) {
  for (const char* good : {"unit:cart", "role:staff", "a:b", "R-1.x:_"}) {
    EXPECT_TRUE(isGrant(good)) << good;
  }
  for (const char* bad : {"", "cart", ":cart", "unit:", "unit:a:b", "unit:a b", "*", "role:é"}) {
    EXPECT_FALSE(isGrant(bad)) << bad;
  }
}

TEST(Grants, a_list_of_them_has_one_spelling) {
  EXPECT_TRUE(isGrants(""));
  EXPECT_TRUE(isGrants("apartment:main building:shop role:staff"));
  for (const char* bad : {" ", "role:b role:a", "role:a role:a", "role:a  role:b", " role:a",
                          "role:a ", "role:a,role:b", "*"}) {
    EXPECT_FALSE(isGrants(bad)) << bad;
  }
  std::string many;
  for (int i = 1000; many.size() <= kGrantsBytesMax; ++i) many += " role:" + std::to_string(i);
  EXPECT_FALSE(isGrants(many.substr(1)));
}

TEST(Grants, a_unit_holds_its_name_and_what_is_listed_and_nothing_that_only_begins_alike) {
  const Grants grants("cart", "building:shop role:staff");

  EXPECT_TRUE(grants.hold("unit:cart"));
  EXPECT_TRUE(grants.hold("building:shop"));
  EXPECT_TRUE(grants.hold("role:staff"));
  EXPECT_FALSE(grants.hold("unit:car"));
  EXPECT_FALSE(grants.hold("unit:carts"));
  EXPECT_FALSE(grants.hold("role:sta"));
  EXPECT_FALSE(Grants("", "").hold("unit:"));
}

TEST(Permissions, what_has_the_wrong_shape_is_not_read) {
  for (const char* good : {"", "{}", R"({"write":"*","read":["unit:a"],"paths":{}})",
                           R"({"write":[],"paths":{"a.b":{"write":["role:staff"]}},"later":7})"}) {
    EXPECT_TRUE(readPermissions(good)) << good;
  }
  for (const char* bad : {"7", "[]", "{", R"({"write":"unit:a"})", R"({"write":["cart"]})",
                          R"({"write":[7]})", R"({"read":{}})", R"({"paths":[]})",
                          R"({"paths":{"a":["role:b"]}})", R"({"paths":{"":{"write":[]}}})",
                          R"({"paths":{"a":{"write":["x"]}}})"}) {
    EXPECT_FALSE(readPermissions(bad)) << bad;
  }
}

TEST(Permissions, one_grant_of_a_list_is_enough_and_an_empty_list_is_nobody) {
  const Permissions permissions = *readPermissions(R"({"read":"*","write":["unit:a","role:b"]})");

  EXPECT_TRUE(isGranted(permissions.read, Grants()));
  EXPECT_TRUE(isGranted(permissions.write, Grants("a", "")));
  EXPECT_TRUE(isGranted(permissions.write, Grants("", "role:b")));
  EXPECT_FALSE(isGranted(permissions.write, Grants("b", "role:a")));
  EXPECT_FALSE(isGranted(readPermissions(R"({"write":[]})")->write, Grants("a", "role:b")));
}

// ---- Which change needs a grant

class GuardTest : public testing::Test {
 protected:
  bool mayChange(std::string_view before, const Change& change) {
    Entry entry;
    if (!before.empty()) entry.value = Value::json(std::string(before));
    return danji::mayChange(entry, change, permissions, Grants("shop", ""));
  }
  bool maySet(std::string_view before, std::string_view after) {
    return mayChange(before, {.kind = ChangeKind::set, .value = Value::json(std::string(after))});
  }
  bool mayPatch(std::string_view before, const char* path, std::string_view json) {
    const Value value = json.empty() ? Value() : Value::json(std::string(json));
    return mayChange(before, {.kind = ChangeKind::patch, .fields = {{path, value}}});
  }

  Permissions permissions = *readPermissions(
      R"({"paths":{"item.price":{"write":["role:staff"]}},"base":{"item":{"price":1},"n":0}})");
};

TEST_F(GuardTest, a_whole_value_needs_the_grant_of_what_it_changes) {
  const char* now = R"({"item":{"price":5,"name":"tea"},"n":1})";

  EXPECT_TRUE(maySet(now, R"({"n":2,"item":{"name":"rice", "price":5}})"));
  EXPECT_FALSE(maySet(now, R"({"item":{"price":4,"name":"tea"},"n":1})"));
  EXPECT_FALSE(maySet(now, R"({"item":{"name":"tea"},"n":1})"));
  EXPECT_FALSE(maySet(now, R"({"n":1})"));
  EXPECT_FALSE(maySet(now, R"([5])"));
}

TEST_F(GuardTest, a_first_write_is_compared_with_the_default) {
  EXPECT_TRUE(maySet("", R"({"item":{"price":1},"n":9})"));
  EXPECT_FALSE(maySet("", R"({"item":{"price":2},"n":0})"));
  EXPECT_TRUE(mayChange(R"({"item":{"price":1},"n":7})", {.kind = ChangeKind::unset}));
  EXPECT_FALSE(mayChange(R"({"item":{"price":5},"n":7})", {.kind = ChangeKind::unset}));
}

TEST_F(GuardTest, of_a_patch_only_the_fields_that_differ_count) {
  const char* now = R"({"item":{"price":5,"name":"tea"},"n":1})";

  EXPECT_TRUE(mayPatch(now, "/n", "2"));
  EXPECT_TRUE(mayPatch(now, "/item/name", "\"rice\""));
  EXPECT_TRUE(mayPatch(now, "/item/prices", "7"));
  EXPECT_TRUE(mayPatch(now, "/item/price", "5"));
  EXPECT_FALSE(mayPatch(now, "/item/price", "6"));
  EXPECT_FALSE(mayPatch(now, "/item/price", ""));
  EXPECT_FALSE(mayPatch(now, "/item/price/net", "6"));
  EXPECT_TRUE(mayPatch(now, "/item", R"({"name":"rice","price":5})"));
  EXPECT_FALSE(mayPatch(now, "/item", R"({"name":"tea","price":6})"));
  EXPECT_FALSE(mayPatch(now, "/item", ""));
  EXPECT_TRUE(mayPatch(R"({"n":1})", "/item", R"({"name":"tea"})"));
  EXPECT_FALSE(mayPatch(now, "", R"({"n":1})"));
}

TEST_F(GuardTest, where_a_path_meets_a_list_or_no_object_that_counts_as_a_whole) {
  EXPECT_FALSE(maySet(R"({"item":[1,2]})", R"({"item":[1,3]})"));
  EXPECT_TRUE(maySet(R"({"item":[1,2],"n":1})", R"({"item":[1,2],"n":2})"));
  EXPECT_FALSE(mayPatch(R"({"item":7})", "/item", "8"));
  EXPECT_FALSE(mayChange("", {.kind = ChangeKind::add, .value = Value::number(1)}));
}

TEST_F(GuardTest, a_definition_may_always_be_brought) {
  permissions = *readPermissions(R"({"write":[]})");

  EXPECT_TRUE(mayChange("", {.kind = ChangeKind::define}));
  EXPECT_FALSE(mayChange("", {.kind = ChangeKind::unset}));
  EXPECT_FALSE(maySet("", "{}"));
}

}  // namespace
}  // namespace danji
