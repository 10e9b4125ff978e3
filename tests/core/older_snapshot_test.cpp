// Snapshots of older releases: what of them is outdated, and bringing back what was renewed.
#include <gtest/gtest.h>

#include <string>

#include "core/engine/engine.h"

namespace danji {
namespace {

constexpr const char* kAddress = "device/global";

struct Release {
  explicit Release(const char* version) : engine(std::string(16, 'a'), 1) {
    engine.setClock(1000);
    unit = engine.unit("cart").value();
    slot = open("order", {.version = version, .schema = "{\"maximum\":9}", .permissions = ""});
  }

  Slot open(const char* key, const Contract& contract = {}) {
    const Definition definition{.scope = Scope::global, .plane = Plane::device};
    return engine.open(engine.define(key, definition, contract).value(), kAddress).value();
  }
  Bytes snapshot() const {
    ByteWriter all;
    all.varint(0);
    all.varint(0);
    ByteWriter out;
    EXPECT_TRUE(engine.snapshot(all.view(), out).ok());
    return out.take();
  }
  Status restore(ByteView bytes, ByteView renewed = {}) {
    ByteWriter ops;
    return engine.restore(bytes, RestoreMode::merge, unit, ops, renewed);
  }
  const Entry& entry() const { return *engine.replicaAt(0).space().find("order"); }

  Engine engine;
  NameId unit = 0;
  Slot slot = 0;
};

Bytes renewedOrder(double number) {
  ByteWriter out;
  out.varint(1);
  out.text(kAddress);
  out.text("order");
  encode(out, Value::number(number));
  return out.take();
}

TEST(OlderSnapshot, what_this_page_keeps_under_a_higher_version_is_told_with_its_own) {
  Release before("1");
  before.engine.setNumber(before.slot, before.unit, 3);
  before.engine.setNumber(before.open("theme"), before.unit, 4);
  Release now("1.5");
  ByteWriter rows;

  ASSERT_TRUE(now.engine.outdated(before.snapshot(), rows).ok());

  ByteReader in(rows.view());
  EXPECT_EQ(in.varint(), 1u);
  EXPECT_EQ(in.text(kAddressBytesMax), kAddress);
  EXPECT_EQ(in.text(kKeyBytesMax), "order");
  EXPECT_EQ(in.text(kKeyBytesMax), "1");
  EXPECT_EQ(decodeValue(in), Value::number(3));
  EXPECT_TRUE(in.finished());
  ByteWriter none;
  ASSERT_TRUE(before.engine.outdated(before.snapshot(), none).ok());
  EXPECT_EQ(none.take(), Bytes{0});
  EXPECT_EQ(now.engine.outdated(Bytes{1, 2}, none).error().code, ErrorCode::malformed);
}

TEST(OlderSnapshot, a_renewed_value_comes_back_under_the_version_of_this_page) {
  Release before("1");
  before.engine.setNumber(before.slot, before.unit, 3);
  Release now("2");
  now.engine.setNumber(now.slot, now.unit, 5);

  EXPECT_EQ(now.restore(before.snapshot()).error().code, ErrorCode::readOnlySchema);
  ASSERT_TRUE(now.restore(before.snapshot(), renewedOrder(7)).ok());

  EXPECT_EQ(now.entry().value, Value::number(7));
  EXPECT_EQ(now.entry().known->contract.version, "2");
}

TEST(OlderSnapshot, renewed_values_that_do_not_fit_or_cant_be_read_change_nothing) {
  Release before("1");
  before.engine.setNumber(before.slot, before.unit, 3);
  Release now("2");
  now.engine.setNumber(now.slot, now.unit, 5);

  EXPECT_EQ(now.restore(before.snapshot(), renewedOrder(10)).error().code, ErrorCode::validation);
  EXPECT_EQ(now.restore(before.snapshot(), Bytes{1, 0}).error().code, ErrorCode::malformed);

  EXPECT_EQ(now.entry().value, Value::number(5));
}

}  // namespace
}  // namespace danji
