// The store that can't be wrong: a plain map, and random commits for it.

export class Model {
  #rows = new Map();

  clear() {
    this.#rows.clear();
  }

  between(from, to) {
    const rows = [...this.#rows].filter(([key]) => from <= key && key < to);
    return rows.sort(([one], [other]) => (one < other ? -1 : 1));
  }

  at(key) {
    return this.#rows.get(key) ?? null;
  }

  /** How a commit of this has to end: done or STALE. */
  commit({ expect = [], put = [], remove = [] }) {
    if (expect.some(([key, bytes]) => String(this.at(key)) !== String(bytes))) return 'STALE';
    for (const [key, bytes] of put) this.#rows.set(key, bytes);
    for (const key of remove) this.#rows.delete(key);
    return 'done';
  }
}

// A small domain on purpose: commits have to meet.
const keys = ['', 'a', 'a/', 'a/1', 'a/2', 'b', 'cursor', 'epoch', 'é', '\ud83d\ude00', '\uff00'];

/** Mulberry32, which gives the same in every environment. */
export function chanceFrom(seed) {
  let state = seed >>> 0;
  const below = (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
  const pick = (choices) => choices[below(choices.length)];
  const bytes = () => Uint8Array.from({ length: below(4) }, () => below(3));
  return { below, pick, bytes, key: () => pick(keys) };
}

export function anyCommit(chance, model) {
  const rowsUpTo = (count) => {
    const chosen = new Set(Array.from({ length: chance.below(count) }, chance.key));
    return [...chosen];
  };
  const expected = (key) => (chance.below(5) === 0 ? chance.bytes() : model.at(key));
  const put = rowsUpTo(5).map((key) => [key, chance.bytes()]);
  const written = new Set(put.map(([key]) => key));
  return {
    commit: {
      expect: rowsUpTo(3).map((key) => [key, expected(key)]),
      put,
      remove: rowsUpTo(4).filter((key) => !written.has(key)),
    },
    durability: chance.below(8) === 0 ? 'strict' : 'relaxed',
  };
}
