// What valgrind counts: instructions for each operation of the core, and how they differ from those
// that were recorded.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fastestCompiler } from './native-build.mjs';
import { buildFolder, logFolder, root } from './paths.mjs';
import { Stop, note, run } from './steps.mjs';

export const baselineFile = join(root, 'bench', 'baseline.json');

/** A rise of more than this share is told. */
export const riseMost = 0.03;

// What a processor has beyond the oldest of its kind would make glibc copy and compare otherwise.
const plainest =
  'glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-AVX512BW,-BMI1,-BMI2,-LZCNT,-MOVBE,-ERMS,' +
  '-FSRM,-SSE4_2,-SSE4_1,-SSSE3';

/** Whose code is counted: how the compiler calls itself, and for which processors it makes it. */
export function compilerName() {
  const said = execFileSync(fastestCompiler(), ['--version'], { encoding: 'utf8' });
  return `${said.split('\n')[0]}, ${process.arch}`;
}

/**
 * Instructions by the name of the work, of the texts that callgrind wrote: each part of it says by
 * whom it was asked for, and ends with its total.
 */
export function readCounts(text) {
  const counts = new Map();
  let name;
  for (const line of text.split('\n')) {
    name = /^desc: Trigger: Client Request: (.+)$/.exec(line)?.[1] ?? name;
    const total = /^totals: (\d+)/.exec(line);
    if (total === null) continue;
    if (name !== undefined) counts.set(name, Number(total[1]));
    name = undefined;
  }
  return counts;
}

/** Lines of a name and how many operations it did. */
export function readOperations(text) {
  const lines = text.split('\n').map((line) => /^([^$].*)\t(\d+)$/.exec(line));
  return new Map(lines.filter(Boolean).map(([, name, count]) => [name, Number(count)]));
}

/** Instructions of one operation, by name. Throws when something was not counted. */
export function perOperation(counts, operations) {
  const each = {};
  for (const [name, count] of operations) {
    const instructions = counts.get(name);
    if (!(instructions > 0) || !(count > 0)) throw new Error(`"${name}" was not counted`);
    each[name] = Math.round((instructions / count) * 10) / 10;
  }
  if (operations.size === 0) throw new Error('nothing was counted');
  return each;
}

/** What rose too much, and what is in only one of the two, as a sentence each. */
export function complaints(recorded, counted) {
  const names = new Set([...Object.keys(recorded), ...Object.keys(counted)]);
  return [...names].flatMap((name) => {
    const [before, now] = [recorded[name], counted[name]];
    if (before === undefined) return [`"${name}" is not in the baseline`];
    if (now === undefined) return [`"${name}" is in the baseline and was not counted`];
    if (now <= before * (1 + riseMost)) return [];
    const rise = ((now / before - 1) * 100).toFixed(1);
    return [`"${name}" takes ${now} instructions, ${rise} % more than ${before}`];
  });
}

/** Runs the program under valgrind; instructions of one operation, by name. */
export async function countInstructions(program) {
  const out = join(buildFolder, 'callgrind.out');
  rmSync(out, { force: true });
  const options = [
    '--tool=callgrind', '--instr-atstart=no', '--combine-dumps=yes', '-q',
    `--callgrind-out-file=${out}`,
  ];
  await run('valgrind', [...options, program], {
    log: 'instructions',
    failure: 'The instructions could not be counted',
    env: { GLIBC_TUNABLES: plainest },
  });
  const said = readFileSync(join(logFolder, 'instructions.log'), 'utf8');
  return perOperation(readCounts(readFileSync(out, 'utf8')), readOperations(said));
}

/**
 * Fails for what rose too much over the baseline. What another compiler made is only told of: it
 * is another program.
 */
export function judge(counted) {
  const { compiler, instructions } = JSON.parse(readFileSync(baselineFile, 'utf8'));
  const found = complaints(instructions, counted);
  if (compiler === compilerName()) {
    if (found.length > 0) throw new Stop(found.join('\n'));
    return;
  }
  for (const sentence of found) note(sentence);
  note(`The baseline is of ${compiler}, and this is ${compilerName()}: nothing fails by that.`);
}
