// Searches small worlds in every order of events with danji_scope (tests/scope/main.cpp).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { play } from './simulator.mjs';
import { Stop, note, step } from './steps.mjs';

export const strategies = [
  'last_write_wins', 'first_write_wins', 'merge', 'merge_deep',
  'sum', 'sum_bounded', 'user_resolve', 'custom',
];

/** Where every other op of a page takes the value away. */
const takingBack = strategies.map((name) => `${name}_unset`);

/** Every two, written in one batch. */
const pairs = strategies.flatMap((one, place) =>
  strategies.slice(place + 1).map((other) => `${one}+${other}`),
);

/** The largest that ends in about a minute for each. */
const whole = [
  { names: strategies, form: 'tabs', ops: 4, crashes: 2 },
  { names: strategies, form: 'tabs', ops: 5, crashes: 0 },
  { names: strategies, form: 'server', ops: 3, crashes: 2 },
  { names: strategies, form: 'server', ops: 5, crashes: 0 },
  { names: takingBack, form: 'tabs', ops: 3, crashes: 2 },
  { names: takingBack, form: 'server', ops: 3, crashes: 1 },
  { names: pairs, form: 'tabs', ops: 3, crashes: 2 },
  { names: pairs, form: 'server', ops: 2, crashes: 2 },
];

/** What every test run can afford. */
const short = [
  { names: strategies, form: 'tabs', ops: 2, crashes: 2 },
  { names: strategies, form: 'server', ops: 2, crashes: 1 },
  { names: pairs, form: 'tabs', ops: 2, crashes: 1 },
];

/** The program that stands beside the simulator, once that is built. */
export const scopeProgram = ([simulator, ...rest]) => [
  join(simulator, '..', 'danji_scope'), ...rest,
];

function read(text) {
  const line = text.split('\n').find((one) => one.startsWith('scope\t'));
  const [, name, form, ops, crashes, states, steps, paths, ends, violations, seconds, seen] =
    line.split('\t');
  return { name, form, ops, crashes, states: Number(states), steps: Number(steps), paths,
    ends: Number(ends), violations: Number(violations), seconds, isWhole: seen === 'whole' };
}

async function searchOne(program, { name, form, ops, crashes }) {
  const { text, red } = await play(program, ['search', name, form, String(ops), String(crashes)]);
  return { ...read(text), red: red[0]?.why, text };
}

async function searchAll(program, wanted) {
  const todo = wanted.flatMap(({ names, ...size }) => names.map((name) => ({ name, ...size })));
  const results = new Array(todo.length);
  let next = 0;
  const work = async () => {
    while (next < todo.length) {
      const place = next;
      next += 1;
      results[place] = await searchOne(program, todo[place]);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

const titles = {
  name: 'strategy, or two in one batch', form: 'form', ops: 'ops', crashes: 'crashes',
  states: 'states', paths: 'paths', ends: 'ends', violations: 'violations', seconds: 'seconds',
};
const widths = {
  name: -34, form: -8, ops: 4, crashes: 8, states: 12, paths: 11, ends: 9, violations: 11,
  seconds: 9,
};

function printTable(results) {
  for (const row of [titles, ...results]) {
    const cells = Object.entries(widths).map(([column, width]) => {
      const text = String(row[column]);
      return width < 0 ? text.padEnd(-width) : text.padStart(width);
    });
    console.log(`  ${cells.join('')}`);
  }
}

function stopIfWrong(results) {
  const cut = results.find(({ isWhole }) => !isWhole);
  if (cut) throw new Stop(`${cut.name}: there are more states than a search takes.`);
  const red = results.find((result) => result.red);
  if (!red) return;
  console.log(red.text);
  throw new Stop(`${red.name} among ${red.form}: ${red.red}`);
}

/** `ops` and `crashes`: another size than the usual ones, for every strategy among tabs. */
export async function searchWhole(program, { ops, crashes }) {
  const other = [{ names: strategies, form: 'tabs', ops: ops ?? 4, crashes: crashes ?? 2 }];
  const isOther = ops !== undefined || crashes !== undefined;
  const results = await step('Playing small worlds in every order', () =>
    searchAll(program, isOther ? other : whole),
  );
  printTable(results);
  stopIfWrong(results);
}

/** The first anomaly that happens when a rule of the core is taken out, and what is seen of it. */
export async function anomalyWithout(program, rule) {
  const folder = join(root, 'tests', 'scope', 'anomalies');
  for (const file of readdirSync(folder)) {
    const { red } = await play(program, ['perform', join(folder, file), String(rule)]);
    if (red.length > 0) return `${file}: ${red[0].why}`;
  }
  return undefined;
}

export async function searchShort(program) {
  const results = await step('Playing small worlds in every order', () =>
    searchAll(program, short),
  );
  const states = results.reduce((sum, result) => sum + result.states, 0);
  note(`${results.length} searches, ${states} states`);
  stopIfWrong(results);
}
