// All of it, in one process: valgrind starts but once.
#include "bench/instructions/bodies.h"

int main() {
  danji::bench::Meter meter;
  danji::bench::countWrites(meter);
  danji::bench::countOverlay(meter);
  danji::bench::countRecords(meter);
  danji::bench::countSnapshots(meter);
  danji::bench::countPaths(meter);
}
