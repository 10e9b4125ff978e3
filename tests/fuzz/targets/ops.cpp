// Tables, and the ops and records that point into them: refused, or within bounds and the same
// when they are said again. The first byte says what follows the tables: ops or records.

#include "core/wire/ops.h"

#include "core/base/limits.h"
#include "tests/fuzz/claim.h"

namespace danji::fuzz {
namespace {

void checkOp(const WireOp& op, const WireTables& tables) {
  claim(op.session < tables.sessions.size(), "an op's session is in the table");
  claim(op.unit < tables.units.size(), "an op's unit is in the table");
  claim(op.sequence >= 1 && op.sequence <= kSequenceMax, "an op's number is within bounds");
  claim(!op.voids || op.changes.empty(), "a void changes nothing");
  claim(!op.voids || !op.isHidden || op.observed + 1 == op.sequence,
        "what takes an op back closes its number and no other");
  for (const WireChange& change : op.changes) {
    claim(change.key < tables.keys.size(), "a change's key is in the table");
    const bool isDefine = change.kind == ChangeKind::define;
    claim(!isDefine || tables.keys[change.key].definition.has_value(), "a define has a definition");
    const bool mayHave = change.kind != ChangeKind::define && change.kind != ChangeKind::unset &&
                         !carriesFields(change.kind);
    const bool mayLack = change.kind == ChangeKind::resolve || change.kind == ChangeKind::reset;
    claim(mayLack || change.value.isSet() == mayHave, "a change has a value when its kind says so");
    claim(change.fields.empty() || carriesFields(change.kind), "only a patch has fields");
    const bool isFill = change.kind == ChangeKind::fill;
    claim(change.observed.size() <= (isFill ? kIncludedMax : kSiblingsMax),
          "a change names at most so many ops");
    for (const WireDot& dot : change.observed) {
      claim(dot.sequence > 0 && dot.session < tables.sessions.size(), "a dot names an op");
    }
  }
}

void check(const PushSection& section, const WireTables& tables) {
  for (const WireOp& op : section.ops) checkOp(op, tables);
}

void check(const RecordsSection& section, const WireTables& tables) {
  claim(section.from >= 1, "a log begins at one");
  for (const WireRecord& record : section.records) {
    checkOp(record.op, tables);
    claim(!record.op.isHidden, "nothing that is decided is hidden");
    claim(record.stamp.ticks <= kStampTicksMax, "a stamp leaves room for others");
  }
}

template <class Section>
void read(ByteReader& in, const WireTables& tables,
          Section (*decode)(ByteReader&, const WireTables&)) {
  const Section section = decode(in, tables);
  if (in.failed()) return;
  check(section, tables);
  const Bytes said = encoded(section);
  ByteReader again(said);
  const Bytes saidAgain = encoded(decode(again, tables));
  claim(again.finished() && said == saidAgain, "a section has one meaning");
}

}  // namespace
}  // namespace danji::fuzz

DANJI_FUZZ_TARGET(ops, bytes, size) {
  using namespace danji;
  if (size == 0) return 0;
  ByteReader in(ByteView(bytes + 1, size - 1));
  const WireTables tables = decodeTables(in);
  if (in.failed()) return 0;
  const Bytes said = fuzz::encoded(tables);
  ByteReader again(said);
  const Bytes saidAgain = fuzz::encoded(decodeTables(again));
  fuzz::claim(again.finished() && said == saidAgain, "tables have one meaning");
  if (bytes[0] % 2 == 0) fuzz::read(in, tables, decodePushSection);
  if (bytes[0] % 2 == 1) fuzz::read(in, tables, decodeRecordsSection);
  return 0;
}
