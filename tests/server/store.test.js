// What a store promises, held to by both of them; and what only the one on the disk has to.
import assert from 'node:assert/strict';
import { lmdbStore, memoryStore } from 'danji-server';
import { atEnd, dataFolder, test } from './harness.js';

const row = (address, index, text = `row ${index}`) => ({
  address, index, bytes: new TextEncoder().encode(text),
});

async function textsOf(store, address, from = 1) {
  const texts = [];
  for await (const piece of store.read(address, from)) {
    for (const bytes of piece) texts.push(new TextDecoder().decode(bytes));
  }
  return texts;
}

function openLmdb(folder = dataFolder()) {
  const store = lmdbStore(folder);
  atEnd(() => store.close());
  return store;
}

for (const [name, open] of [['memory', memoryStore], ['LMDB', openLmdb]]) {
  test(`${name}: rows come back in order, each space's its own`, async () => {
    const store = open();
    await store.append([row('server/a', 1), row('server/ab', 1, 'other'), row('server/a', 2)]);
    await store.append(Array.from({ length: 300 }, (_, i) => row('server/a', i + 3)));

    const texts = await textsOf(store, 'server/a');

    assert.deepEqual(texts, Array.from({ length: 302 }, (_, i) => `row ${i + 1}`));
    assert.deepEqual(await textsOf(store, 'server/ab'), ['other']);
    assert.deepEqual(await textsOf(store, 'server/b'), []);
  });

  test(`${name}: what is cut off is gone, and the log goes on from there`, async () => {
    const store = open();
    await store.append([1, 2, 3].map((index) => row('server/a', index)));
    await store.append([row('server/b', 1)]);

    await store.cut('server/a', 2);
    await store.append([row('server/a', 2, 'again')]);

    assert.deepEqual(await textsOf(store, 'server/a'), ['row 1', 'again']);
    assert.deepEqual(await textsOf(store, 'server/b'), ['row 1']);
  });

  test(`${name}: a row takes the place of all before it, and the log goes on from there`, async () => {
    const store = open();
    await store.append([1, 2, 3, 4, 5].map((index) => row('server/a', index)));
    await store.append([row('server/b', 1), row('server/b', 2)]);

    await store.condense(row('server/a', 4, 'four in one'));
    await store.append([row('server/a', 6)]);

    assert.deepEqual(await textsOf(store, 'server/a'), ['four in one', 'row 5', 'row 6']);
    assert.deepEqual(await textsOf(store, 'server/b'), ['row 1', 'row 2']);
    await store.condense(row('server/a', 6, 'all in one'));
    await store.append([row('server/a', 7)]);
    await store.cut('server/a', 7);
    assert.deepEqual(await textsOf(store, 'server/a'), ['all in one']);
  });

  test(`${name}: a log is read from where somebody wants it`, async () => {
    const store = open();
    await store.append([1, 2, 3, 4].map((index) => row('server/a', index)));

    assert.deepEqual(await textsOf(store, 'server/a', 3), ['row 3', 'row 4']);
    assert.deepEqual(await textsOf(store, 'server/a', 9), []);
  });
}

test('a log of any length is read in pieces', async () => {
  const store = openLmdb();
  const large = 'x'.repeat(300_000);
  await store.append([1, 2, 3, 4, 5, 6, 7, 8].map((index) => row('server/a', index, large)));

  let pieces = 0;
  let rows = 0;
  for (const piece of store.read('server/a')) {
    pieces++;
    rows += piece.length;
  }

  assert.equal(rows, 8);
  assert.ok(pieces >= 2, `${pieces} pieces`);
});

test('rows that do not follow on what is there change nothing', async () => {
  const store = openLmdb();
  await store.append([row('server/a', 1)]);
  const strangers = [
    [row('server/a', 1, 'another')],
    [row('server/a', 3)],
    [row('server/b', 2)],
    [row('server/b', 1), row('server/a', 1, 'another')],
    [row('server/b', 1), row('server/b', 3)],
  ];
  for (const rows of strangers) {
    await assert.rejects(store.append(rows), /another process/);
  }

  assert.deepEqual(await textsOf(store, 'server/a'), ['row 1']);
  assert.deepEqual(await textsOf(store, 'server/b'), []);
});

test('what was appended is there for the next process', async () => {
  const folder = dataFolder();
  const first = lmdbStore(folder);
  await first.append([row('server/a', 1)]);
  await first.close();

  assert.deepEqual(await textsOf(openLmdb(folder), 'server/a'), ['row 1']);
});
