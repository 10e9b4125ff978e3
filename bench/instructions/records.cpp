// Records: folded into a space, and as bytes.
#include "bench/core/records.h"

#include "bench/core/space_of_one.h"
#include "bench/instructions/bodies.h"

namespace danji::bench {

namespace {

constexpr std::size_t kRuns = 20;

void countFolds(Meter& meter) {
  SpaceOfOne space;
  meter.measure({.name = "fold a record", .runs = 1000, .operationsEach = 1},
                [&] { space.foldNext(); });
  DANJI_ASSERT(space.hasFoldedAll());
}

void countCoding(Meter& meter) {
  const RecordsSection section = sectionOfNumbers();
  const WireTables tables = tablesOfNumbers();
  Bytes bytes;
  meter.measure({.name = "encode a record", .runs = kRuns, .operationsEach = kRecordCount}, [&] {
    ByteWriter out;
    encode(out, tables);
    encode(out, section);
    bytes = out.take();
  });
  meter.measure({.name = "decode a record", .runs = kRuns, .operationsEach = kRecordCount}, [&] {
    ByteReader in(bytes);
    const WireTables readTables = decodeTables(in);
    const RecordsSection readSection = decodeRecordsSection(in, readTables);
    DANJI_ASSERT(in.finished() && readSection.records.size() == kRecordCount);
  });
}

}  // namespace

void countRecords(Meter& meter) {
  countFolds(meter);
  countCoding(meter);
}

}  // namespace danji::bench
