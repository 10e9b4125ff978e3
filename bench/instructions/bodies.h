// What is counted, by the part of the core that does it.
#pragma once

#include "bench/instructions/meter.h"

namespace danji::bench {

void countWrites(Meter& meter);
void countOverlay(Meter& meter);
void countRecords(Meter& meter);
void countSnapshots(Meter& meter);
void countPaths(Meter& meter);

}  // namespace danji::bench
