// indexedDbStorage on an IndexedDB in memory: the laws of every adapter, with many seeds. What a
// real browser makes of it is in tests/browser/storage.test.js.
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { test } from 'node:test';
import { indexedDbStorage } from '../../dist/js/src/storage/indexed-db.js';
import { laws } from '../storage/laws.js';
import { seedsOf } from '../storage/seeds.js';

globalThis.IDBKeyRange = IDBKeyRange;

for (const { name, run } of laws) {
  test(`in IndexedDB, ${name}`, async (t) => {
    const count = name.startsWith('any run') ? 20 : 1;
    for (const seed of seedsOf(t, count)) {
      const factory = new IDBFactory();
      await run({ adapter: () => indexedDbStorage({ factory }), seed, isCopying: true });
    }
  });
}
