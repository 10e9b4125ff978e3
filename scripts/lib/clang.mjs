// clang, and the libFuzzer that belongs to it: it lies beside the compiler that it was built with.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from './programs.mjs';

const newestMajor = 24;
const oldestMajor = 14;

/** Homebrew keeps its llvm off the PATH, where Apple's clang is, which has no libFuzzer. */
const brewPrograms = ['/opt/homebrew/opt/llvm/bin/clang++', '/usr/local/opt/llvm/bin/clang++'];

function allClangs() {
  const names = ['clang++'];
  for (let major = newestMajor; major >= oldestMajor; major -= 1) names.push(`clang++-${major}`);
  const onPath = names.map((name) => findProgram(name)).filter((file) => file !== undefined);
  return [...onPath, ...brewPrograms.filter((file) => existsSync(file))];
}

function hasFuzzer(program) {
  const versions = join(dirname(dirname(realpathSync(program))), 'lib', 'clang');
  if (!existsSync(versions)) return false;
  return readdirSync(versions, { recursive: true }).some((file) =>
    /libclang_rt\.fuzzer(-|_osx|\.a)/.test(file),
  );
}

export const findClang = () => allClangs()[0];

/** A clang++ that can link libFuzzer, or undefined. */
export const findFuzzingClang = () => allClangs().find(hasFuzzer);

/** What Debian calls the runtime of the clang that is here; another major version's is no use. */
export function runtimePackage() {
  const clang = findClang();
  const major = clang && /llvm-(\d+)/.exec(realpathSync(clang))?.[1];
  return major ? `libclang-rt-${major}-dev` : 'libclang-rt-dev';
}
