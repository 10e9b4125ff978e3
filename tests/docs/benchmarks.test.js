// The benchmarks whose numbers the README shows: every library does the work it is measured at,
// and one that does not is found out. No time is looked at.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { adapters, compare, scenarios } from '../../bench/node/compare.mjs';

const load = async (scenario) => import(`../../bench/node/scenarios/${scenario}.mjs`);

for (const adapter of adapters) {
  test(`${adapter} does the work of every scenario`, async () => {
    const { open } = await import(`../../bench/node/adapters/${adapter}.mjs`);
    for (const scenario of scenarios) {
      const { prepare } = await load(scenario);
      const subject = prepare(open);
      await subject.run(3);
      subject.check();
      await subject.close();
    }
  });
}

/** Reads like a store, and does nothing, or forgets one part of its work. */
const idlers = {
  'does nothing': () => ({ read: () => 0, set() {}, setAll() {}, subscribe() {}, close() {} }),
  'tells nobody': () => {
    let values = [];
    return {
      read: (place) => values[place],
      set: (place, value) => void (values[place] = value),
      setAll: (all) => void (values = [...all]),
      subscribe() {},
      close() {},
    };
  },
  'keeps nothing': () => {
    const listeners = [];
    return {
      read: () => 0,
      set: (place, value) => listeners[place](value),
      setAll: (all) => all.forEach((value, place) => listeners[place]?.(value)),
      subscribe: (place, listener) => void (listeners[place] = listener),
      close() {},
    };
  },
};

for (const [vice, open] of Object.entries(idlers)) {
  test(`a library that ${vice} fails`, async () => {
    for (const scenario of scenarios) {
      // Who only reads has nothing to tell.
      if (vice === 'tells nobody' && scenario === 'read-key') continue;
      const { prepare } = await load(scenario);
      const subject = prepare(open);
      await subject.run(3);
      assert.throws(() => subject.check(), { code: 'ERR_ASSERTION' }, scenario);
    }
  });
}

test('processes take turns and answer with a number each', async () => {
  const effort = { rounds: 2, warmMillis: 1, sampleMillis: 1 };

  const nanos = await compare('read-key', effort, ['danji', 'map']);

  assert.deepEqual(Object.keys(nanos), ['danji', 'map']);
  assert.ok(Object.values(nanos).every((number) => Number.isFinite(number)));
});
