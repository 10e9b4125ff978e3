// npm run sim: plays worlds of devices, tabs, disks, a network and a server, from seeds.
//
//   npm run sim                        10,000 seeds
//   npm run sim -- --seeds 100000      so many, --first tells which is the first
//   npm run sim -- --seed 42           one, aloud
//   npm run sim -- --play FILE         a schedule of steps (tests/sim/schedule.h), or of a small
//                                      world (tests/scope/schedule.h), aloud
//   npm run sim -- --exhaustive        small worlds in every order of events: the largest that end
//                                      in a minute; --ops and --crashes ask for another size
//   npm run sim -- --skew              20,000 seeds twice: with right clocks and with wrong ones
//   npm run sim -- --mutations         takes out one rule of the core after the other; for each a
//                                      world among 5,000 must turn red, or an anomaly happen
//                                      (tests/scope/anomalies)
//   npm run sim -- --wasm              2,000 seeds natively and in WebAssembly: the same ends
//
// Of the first seed that is red the least that still is becomes a schedule in build/logs.
// A kind of fault that never happened in 5,000 seeds or more is a failure too: then the
// simulator doesn't test what it seems to.
import './lib/node-version.mjs';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './lib/paths.mjs';
import {
  buildSimulator, compareWithWasm, kindFor, playMany, stopIfRed,
} from './lib/simulation.mjs';
import { anomalyWithout, scopeProgram, searchWhole } from './lib/scope.mjs';
import { addReports, play, playUntilRed } from './lib/simulator.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const command = 'npm run sim';
const tools = ['cmake', 'make', 'compiler'];
const seedsPerRule = 5000;

function readWords() {
  const options = {
    seeds: { type: 'string' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    play: { type: 'string' },
    skew: { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
    wasm: { type: 'boolean', default: false },
    exhaustive: { type: 'boolean', default: false },
    ops: { type: 'string' },
    crashes: { type: 'string' },
  };
  let values;
  try {
    values = parseArgs({ options }).values;
  } catch (error) {
    throw new Stop(`${error.message}. The options are in scripts/sim.mjs.`);
  }
  const whole = (name, least = 1) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    if (number < least) throw new Stop(`--${name} wants a whole number from ${least} on.`);
    return number;
  };
  return { ...values, seeds: whole('seeds'), first: whole('first'), seed: whole('seed'),
    ops: whole('ops'), crashes: whole('crashes', 0) };
}

async function playSkewed(program, first, pairs) {
  stopIfRed(await step(`Playing ${pairs} seeds with right and wrong clocks`, () =>
    addReports(program, 'skew', first, pairs),
  ));
}

/** The rules, in the order of their numbers from 1 on. */
function ruleNames() {
  const header = readFileSync(join(root, 'core', 'base', 'mutation.h'), 'utf8');
  const list = /enum class Rule[^{]*{([^}]*)}/.exec(header)[1];
  return [...list.matchAll(/^ {2}(\w+),/gm)].map(([, name]) => name).filter((n) => n !== 'none');
}

/** How a world is played without a rule. One of them shows only where clocks are wrong. */
const wordsWithout = (first) => (name, place) =>
  name === 'ageNotTime'
    ? ['skew', String(first), '500', String(place + 1)]
    : ['without', String(place + 1), String(first), String(seedsPerRule)];

async function takeOutRules(first) {
  const program = await buildSimulator({
    defines: ['DANJI_MUTATIONS'],
    folder: 'sim-mutations',
  });
  const names = ruleNames();
  const results = await step(`Taking out ${names.length} rules, one at a time`, () =>
    playUntilRed(program, names.map(wordsWithout(first))),
  );
  const missed = [];
  for (const [place, name] of names.entries()) {
    const red = results[place];
    const anomaly = red ? undefined : await anomalyWithout(scopeProgram(program), place + 1);
    const how = red ? `seed ${red.seed}: ${red.why}` : (anomaly ?? 'NOT NOTICED');
    note(`${name.padEnd(24)} ${how}`);
    if (!red && !anomaly) missed.push(name);
  }
  if (missed.length > 0) throw new Stop(`No world missed ${missed.join(', ')}.`);
  console.log(`\nEach of ${names.length} rules is missed when it is taken out.`);
}

const isOfSmallWorld = (file) => existsSync(file) && /^pages /m.test(readFileSync(file, 'utf8'));

await script(async () => {
  const words = readWords();
  await provideTools(words.wasm ? [...tools, 'emcc'] : tools, command);
  if (words.mutations) return takeOutRules(words.first);
  const program = await buildSimulator({ kind: kindFor(words.seeds ?? 0) });
  if (words.seed) {
    const { text, red } = await play(program, ['tell', String(words.seed)]);
    console.log(text);
    if (red.length > 0) process.exitCode = 1;
    return undefined;
  }
  if (words.exhaustive) return searchWhole(scopeProgram(program), words);
  if (words.play) {
    const player = isOfSmallWorld(words.play) ? scopeProgram(program) : program;
    const { text, red } = await play(player, ['perform', words.play, 'aloud']);
    console.log(text);
    if (red.length > 0) process.exitCode = 1;
    return undefined;
  }
  if (words.skew) return playSkewed(program, words.first, words.seeds ?? 20_000);
  if (words.wasm) return compareWithWasm(program, words.first, words.seeds ?? 2000);
  return playMany(program, words.first, words.seeds ?? 10_000);
});
