// Builds the simulator and plays with it: what `npm run sim` and `npm test` have in common.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSimulatorForNode } from './core-build.mjs';
import { alone } from './lock.mjs';
import { buildNative, fastestCompiler } from './native-build.mjs';
import { buildFolder, root } from './paths.mjs';
import { addReports, missingKinds, play, printReport } from './simulator.mjs';
import { Stop, note, step } from './steps.mjs';

/** Below so many seeds a rare fault may well not happen. */
const seedsForAllKinds = 5000;

/** From so many seeds on a build is worth its time that plays them faster. */
const seedsForLarge = 30_000;

/** The command that runs it. `defines` are macros, for builds whose rules can be taken out. */
export async function buildSimulator({ defines = [], kind = 'sim', folder = kind } = {}) {
  const title = `Building the simulator${defines.length > 0 ? ' with rules to take out' : ''}`;
  const options = { folder, defines, compiler: fastestCompiler() };
  const place = await step(title, () => alone(() => buildNative(kind, options)));
  return [join(place, 'tests', 'danji_sim')];
}

/** The build for so many seeds. */
export const kindFor = (seeds) => (seeds >= seedsForLarge ? 'sim-large' : 'sim');

/** The program whose instructions are counted: it is made of the same core, and built with it. */
export const countedBeside = ([program]) => join(dirname(program), '..', 'danji_instructions');

export function stopIfRed({ red }) {
  if (red.length === 0) return;
  for (const { seed, why } of red.slice(0, 10)) note(`seed ${seed}: ${why}`);
  throw new Stop(
    `${red.length} seeds are red; see the first with npm run sim -- --seed ${red[0].seed}`,
  );
}

/** The least of a red world that still is red, as a file. */
async function writeSchedule(program, seed) {
  const title = `Leaving out what seed ${seed} does not need`;
  const { text } = await step(title, () => play(program, ['shrink', String(seed)]));
  const file = join(buildFolder, 'logs', `sim-${seed}.txt`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  note(`the least of it: npm run sim -- --play ${relative(root, file)}`);
}

/** Plays, prints what happened, and stops if a world is red or a fault never happened. */
export async function playMany(program, first, seeds) {
  const began = performance.now();
  const report = await step(`Playing ${seeds} simulated worlds`, () =>
    addReports(program, 'play', first, seeds),
  );
  const seconds = (performance.now() - began) / 1000;
  printReport(report);
  console.log(`\n  ${Math.round(seeds / seconds)} schedules a second, digest ${report.digest}`);
  if (report.red.length > 0) await writeSchedule(program, report.red[0].seed);
  stopIfRed(report);
  const missing = seeds >= seedsForAllKinds ? missingKinds(report) : [];
  if (missing.length > 0) throw new Stop(`It never happened: ${missing.join(', ')}.`);
}

/** Plays the same seeds natively and in WebAssembly, and stops if they don't end alike. */
export async function compareWithWasm(program, first, seeds) {
  const file = await step('Building the simulator as WebAssembly', () =>
    alone(() => buildSimulatorForNode()),
  );
  const words = ['play', String(first), String(seeds)];
  const title = `Playing ${seeds} worlds natively and in WebAssembly`;
  const [native, wasm] = await step(title, () =>
    Promise.all([play(program, words), play([process.execPath, file], words)]),
  );
  stopIfRed(native);
  if (native.digest !== wasm.digest) {
    throw new Stop(`Natively the digest is ${native.digest}, in WebAssembly ${wasm.digest}.`);
  }
  note(`both end in ${native.digest}`);
}
