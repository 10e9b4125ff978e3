#include "core/server/told.h"

#include <algorithm>

#include "core/entry/rules.h"

namespace danji {
namespace {

std::uint8_t digitsOf(const KnownDefinition* known) {
  if (known == nullptr || known->definition.strategy != StrategyKind::sum) return 0;
  return readRules(known->definition.parameters).value_or(Rules()).sum.digits;
}

void tellWrite(ByteWriter& out, const Realm& realm, const Entry& entry, const Change& change) {
  const KnownDefinition* known =
      entry.isDefined() ? entry.known : realm.definitions.meantBy(change);
  out.text(entry.key);
  out.u8(static_cast<std::uint8_t>(change.kind));
  out.u8(digitsOf(known));
  encode(out, change.value);
  out.varint(change.fields.size());
  for (const FieldChange& field : change.fields) {
    out.text(field.path);
    encodeFieldValue(out, field.path, field.value);
  }
  encode(out, entry.value);
}

bool isWrite(const Change& change) { return change.kind != ChangeKind::define; }

}  // namespace

Bytes told(const Realm& realm, const Replica& replica, const Op& op, std::string_view user) {
  ByteWriter out;
  out.text(replica.space().address().text);
  out.raw(realm.sessions.text(op.id.session));
  out.f64(static_cast<double>(op.id.sequence));
  out.text(realm.units.text(op.unit));
  out.text(user);
  out.varint(static_cast<std::uint64_t>(
      std::count_if(op.changes.begin(), op.changes.end(), isWrite)));
  for (const Change& change : op.changes) {
    if (isWrite(change)) tellWrite(out, realm, replica.space().entry(change.entry), change);
  }
  return out.take();
}

}  // namespace danji
