// Seeded random JSON for laws. A test that uses it prints its seed:
// reproduce a failure with `DANJI_SEED=123 node --test tests/js/share.test.js`.
import { randomInt } from 'node:crypto';

// A small domain on purpose: equal values and clashing names are where things go wrong.
const names = ['id', 'name', 'items', '0', '__proto__', 'constructor', 'toString', 'length', ''];
const scalars = [
  null, true, false, 0, 1, -1, 0.1, 1e300, -1.2345678901234567e-100, 2 ** 53,
  '', 'Ada', '가나다', '\u0000\u001f"\\', '😀', '\ud7ff\ue000',
];

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Mulberry32. */
  below(bound) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick(choices) {
    return choices[this.below(choices.length)];
  }

  name() {
    return this.pick(names);
  }

  /** Any JSON value with containers at most `depth` deep. */
  value(depth = 4) {
    const kind = depth === 0 ? 0 : this.below(4);
    if (kind <= 1) return this.pick(scalars);
    const size = this.below(5);
    if (kind === 2) return Array.from({ length: size }, () => this.value(depth - 1));
    const fields = Array.from({ length: size }, () => [this.name(), this.value(depth - 1)]);
    return Object.fromEntries(fields);
  }

  /** An array or object. */
  container(depth = 4) {
    for (;;) {
      const value = this.value(depth);
      if (typeof value === 'object' && value !== null) return value;
    }
  }
}

/** Runs `law(random)` many times, each with a seed of its own, and says which one failed. */
export function forAll(t, rounds, law) {
  const given = process.env.DANJI_SEED;
  const first = given === undefined ? randomInt(2 ** 31) : Number(given);
  t.diagnostic(`DANJI_SEED=${first}`);
  for (let round = 0; round < rounds; round++) {
    try {
      law(new Random(first + round));
    } catch (error) {
      error.message = `DANJI_SEED=${first + round}: ${error.message}`;
      throw error;
    }
  }
}

/** Every array and object in `value`, with its path as a list of steps. */
export function containersIn(value, path = []) {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.keys(value).flatMap((name) => containersIn(value[name], [...path, name]));
  return [{ container: value, path }, ...inner];
}

export function isDeepFrozen(value) {
  return containersIn(value).every(({ container }) => Object.isFrozen(container));
}

/** A text that is the same for equal JSON, whatever the order of fields. */
export function canonical(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

export function deepFreeze(value) {
  for (const { container } of containersIn(value)) Object.freeze(container);
  return value;
}

/** A copy that shares nothing. Fields named `__proto__` stay fields. */
export function clone(value) {
  return JSON.parse(JSON.stringify(value));
}

/** Sets a field, also one named `__proto__`. */
export function setField(container, name, value) {
  const field = { value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(container, name, field);
}
