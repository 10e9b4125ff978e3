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

function majorOfClang() {
  const clang = findClang();
  return clang && /llvm-(\d+)/.exec(realpathSync(clang))?.[1];
}

/** A clang++ that can link libFuzzer, or undefined. */
export const findFuzzingClang = () => allClangs().find(hasFuzzer);

/** A tool of that same clang, such as llvm-cov: counts of one version are unreadable to another. */
export function findClangTool(name) {
  const clang = findClang();
  const file = clang && join(dirname(realpathSync(clang)), name);
  return file && existsSync(file) ? file : undefined;
}

/** What Debian calls the tools of the clang that is here. */
export function toolsPackage() {
  const major = majorOfClang();
  return major ? `llvm-${major}` : 'llvm';
}

/** What Debian calls the runtime of the clang that is here; another major version's is no use. */
export function runtimePackage() {
  const major = majorOfClang();
  return major ? `libclang-rt-${major}-dev` : 'libclang-rt-dev';
}
