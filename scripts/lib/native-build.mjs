// The native builds of the core: with tests or fuzz targets under the sanitizers, with tests that
// count what they reach, fast for benchmarks, or as a simulator.
import { join } from 'node:path';
import { findFuzzingClang } from './clang.mjs';
import { buildWithCmake } from './cmake.mjs';
import { buildFolder } from './paths.mjs';
import { findHeaderFolder, findProgram } from './programs.mjs';

/** Whether valgrind can be had: where it is not, nothing is counted. */
export function countsInstructions() {
  return process.platform === 'linux' && findHeaderFolder('valgrind/callgrind.h') !== undefined;
}

const kindOptions = () => ({
  // -O1: the sanitizers see everything and the tests stay fast.
  native: [
    '-DCMAKE_BUILD_TYPE=None',
    '-DCMAKE_CXX_FLAGS=-O1 -g1',
    '-DDANJI_SANITIZE=ON',
    '-DDANJI_TESTS=ON',
  ],
  fuzz: [
    '-DCMAKE_BUILD_TYPE=None',
    '-DCMAKE_CXX_FLAGS=-O1 -g',
    '-DDANJI_SANITIZE=ON',
    '-DDANJI_FUZZ=ON',
  ],
  // -O0: a line that is optimised away has no count of its own.
  coverage: [
    '-DCMAKE_BUILD_TYPE=None',
    '-DCMAKE_CXX_FLAGS=-O0 -fprofile-instr-generate -fcoverage-mapping',
    '-DDANJI_TESTS=ON',
  ],
  // The simulator plays many worlds: as fast as it goes. What is counted is made of the same core.
  sim: [
    '-DCMAKE_BUILD_TYPE=None',
    '-DCMAKE_CXX_FLAGS=-O2',
    '-DDANJI_SIM=ON',
    `-DDANJI_INSTRUCTIONS=${countsInstructions() ? 'ON' : 'OFF'}`,
  ],
  // For very many worlds: a sixth faster, and it takes a minute to build.
  'sim-large': [
    '-DCMAKE_BUILD_TYPE=None', '-DCMAKE_CXX_FLAGS=-O3', '-DDANJI_SIM=ON', '-DDANJI_WHOLE=ON',
  ],
  'native-release': ['-DCMAKE_BUILD_TYPE=Release', '-DDANJI_BENCH=ON'],
});

export const chosenCompiler = () => process.env.CXX || findProgram('g++') || findProgram('clang++');

/** clang compiles what the sanitizers watch in half of the time. */
export const watchingCompiler = () => process.env.CXX || findFuzzingClang() || chosenCompiler();

/** What clang makes of the simulator plays a tenth faster; it comes with Emscripten, as a rule. */
export const fastestCompiler = () => process.env.CXX || findProgram('clang++') || chosenCompiler();

/**
 * Builds into build/<folder> (default: the kind) and returns that folder's path. cmake itself
 * skips what is built already.
 */
export async function buildNative(
  kind,
  { folder = kind, defines = [], compiler = chosenCompiler() } = {},
) {
  const place = join(buildFolder, folder);
  await buildWithCmake({
    folder: place,
    name: folder,
    compiler,
    options: [
      ...kindOptions()[kind],
      `-DCMAKE_CXX_COMPILER=${compiler}`,
      `-DDANJI_DEFINES=${defines.join(';')}`,
    ],
    failure: 'The native build of the core failed',
  });
  return place;
}
