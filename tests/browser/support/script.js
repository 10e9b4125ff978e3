// Random scripts for tabs, from a seed that the test prints.
import { randomInt } from 'node:crypto';
import { Random } from '../../js/random.js';

/** A random source; reproduce a failure with `DANJI_SEED=123`. */
export function seeded(t) {
  const seed = Number(process.env.DANJI_SEED ?? randomInt(2 ** 31));
  t.diagnostic(`DANJI_SEED=${seed}`);
  return new Random(seed);
}

// Few keys on purpose: where tabs meet is where they could disagree.
export const sharedKeys = ['cart', 'filter', 'theme', 'user.name', 'counter', '장바구니', '__proto__'];

function step(random) {
  const key = random.pick(sharedKeys);
  switch (random.below(8)) {
    case 0:
      return ['unset', key];
    case 1:
      return ['add', key];
    case 2:
      return ['batch', [[key, random.below(100)], [random.pick(sharedKeys), random.value(2)]]];
    case 3:
    case 4:
      return ['set', key, random.value(3)];
    default:
      return ['set', key, random.below(1000)];
  }
}

/** One key for each strategy. */
export const strategyKeys = [
  ['profile', { default: {}, conflictResolution: 'merge' }],
  ['seat', { conflictResolution: 'first_write_wins' }],
  ['likes', { default: 0, conflictResolution: 'sum' }],
  ['note', { default: '', conflictResolution: 'user_resolve' }],
  ['offer', { default: 0, conflictResolution: 'highest' }],
];

function strategyStep(random) {
  const fields = ['name', 'city', 'phone'];
  switch (random.below(6)) {
    case 0:
      return ['set', 'seat', `row ${random.below(9)}`];
    case 1:
      return ['unset', 'seat'];
    case 2:
      return ['addition', 'likes', 1 + random.below(3)];
    case 3:
      return ['set', 'note', `call back at ${random.below(24)}`];
    case 4:
      return ['set', 'offer', random.below(1000)];
    default:
      return ['field', 'profile', [random.pick(fields), random.below(100)]];
  }
}

/** As randomScript, with keys of every strategy among the others. */
export function strategyScript(random, count) {
  const steps = strategyKeys.map(([key, options]) => ['open', key, options]);
  for (let i = 0; i < count; i++) {
    steps.push(random.below(2) === 0 ? step(random) : strategyStep(random));
    if (random.below(3) === 0) steps.push(['pause', random.below(12)]);
  }
  return steps;
}

/** `count` writes with short pauses between some of them. */
export function randomScript(random, count) {
  const steps = [];
  for (let i = 0; i < count; i++) {
    steps.push(step(random));
    if (random.below(4) === 0) steps.push(['pause', random.below(8)]);
  }
  return steps;
}
