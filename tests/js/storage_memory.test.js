// memoryStorage holds the laws of every adapter, and so does any that is made after docs/storage.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage, MemoryDevice } from '../../dist/js/src/storage/memory.js';
import { bytesOf, laws, readAll } from '../storage/laws.js';
import { seedsOf } from '../storage/seeds.js';

for (const { name, run } of laws) {
  test(`in memory, ${name}`, async (t) => {
    for (const seed of seedsOf(t, 20)) {
      const device = new MemoryDevice();
      await run({ adapter: () => memoryStorage(device), seed });
    }
  });
}

test('two adapters without a device of their own share nothing', async () => {
  const [one, other] = [memoryStorage(), memoryStorage()];
  for (const adapter of [one, other]) await adapter.open('shop', assert.fail);

  await one.commit({ put: [['cart', bytesOf(1)]] }, 'strict');

  assert.deepEqual(await readAll(other), []);
});

/** Each breaks one promise of the interface. */
const broken = {
  'rows in the order of writing': (real) => ({
    ...real,
    read: async (from, to, take) => {
      const rows = [];
      await real.read(from, to, (part) => rows.push(...part));
      take(rows.reverse());
    },
  }),
  'nothing expected': (real) => ({
    ...real,
    commit: ({ put, remove }, durability) => real.commit({ put, remove }, durability),
  }),
  'half a commit': (real) => ({
    ...real,
    commit: async ({ expect, put, remove }, durability) => {
      await real.commit({ put }, durability);
      await real.commit({ expect, remove }, durability);
    },
  }),
  'the end of a range with it': (real) => ({
    ...real,
    read: (from, to, take) => real.read(from, `${to}\u0000`, take),
  }),
  'one cluster for all': (real) => ({ ...real, open: (_, report) => real.open('', report) }),
  'no way back': (real) => ({ ...real, clear: async () => {} }),
};

for (const [what, breakIt] of Object.entries(broken)) {
  test(`an adapter with ${what} breaks a law`, async () => {
    const verdicts = await Promise.allSettled(
      laws.map(({ run }) => {
        const device = new MemoryDevice();
        return run({ adapter: () => breakIt(memoryStorage(device)), seed: 1 });
      }),
    );

    assert.ok(verdicts.some(({ status }) => status === 'rejected'));
  });
}
