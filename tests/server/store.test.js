// What a store promises, held to by all of them; and what only those that outlive a process have to.
import assert from 'node:assert/strict';
import { lmdbStore, memoryStore, redisStore } from 'danji-server';
import { atEnd, dataFolder, startRedis, test, until } from './harness.js';
import { durable } from './redis.js';

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

async function openRedis(redis) {
  const { url } = redis ?? (await startRedis());
  const store = redisStore(url);
  atEnd(() => store.close());
  return store;
}

const lasting = [['LMDB', openLmdb], ['Redis', openRedis]];

for (const [name, open] of [['memory', memoryStore], ...lasting]) {
  test(`${name}: rows come back in order, each space's its own`, async () => {
    const store = await open();
    await store.append([row('server/a', 1), row('server/ab', 1, 'other'), row('server/a', 2)]);
    await store.append(Array.from({ length: 300 }, (_, i) => row('server/a', i + 3)));

    const texts = await textsOf(store, 'server/a');

    assert.deepEqual(texts, Array.from({ length: 302 }, (_, i) => `row ${i + 1}`));
    assert.deepEqual(await textsOf(store, 'server/ab'), ['other']);
    assert.deepEqual(await textsOf(store, 'server/b'), []);
  });

  test(`${name}: what is cut off is gone, and the log goes on from there`, async () => {
    const store = await open();
    await store.append([1, 2, 3].map((index) => row('server/a', index)));
    await store.append([row('server/b', 1)]);

    await store.cut('server/a', 2);
    await store.append([row('server/a', 2, 'again')]);

    assert.deepEqual(await textsOf(store, 'server/a'), ['row 1', 'again']);
    assert.deepEqual(await textsOf(store, 'server/b'), ['row 1']);
  });

  test(`${name}: a row takes the place of all before it, and the log goes on from there`, async () => {
    const store = await open();
    await store.append([1, 2, 3, 4].map((index) => row('server/a', index)));
    await store.append([row('server/b', 1), row('server/b', 2)]);

    await store.condense(row('server/a', 4, 'four in one'));
    await store.append([row('server/a', 5), row('server/a', 6)]);

    assert.deepEqual(await textsOf(store, 'server/a'), ['four in one', 'row 5', 'row 6']);
    assert.deepEqual(await textsOf(store, 'server/b'), ['row 1', 'row 2']);
    await store.condense(row('server/a', 6, 'all in one'));
    await store.append([row('server/a', 7)]);
    await store.cut('server/a', 7);
    assert.deepEqual(await textsOf(store, 'server/a'), ['all in one']);
  });

  test(`${name}: a log is read from where somebody wants it`, async () => {
    const store = await open();
    await store.append([1, 2, 3, 4].map((index) => row('server/a', index)));

    assert.deepEqual(await textsOf(store, 'server/a', 3), ['row 3', 'row 4']);
    assert.deepEqual(await textsOf(store, 'server/a', 9), []);
  });
}

for (const [name, open] of lasting) {
  test(`${name}: a log of any length is read in pieces`, async () => {
    const store = await open();
    const large = 'x'.repeat(10_000);
    await store.append(Array.from({ length: 300 }, (_, i) => row('server/a', i + 1, large)));

    let pieces = 0;
    let rows = 0;
    for await (const piece of store.read('server/a')) {
      pieces++;
      rows += piece.length;
    }

    assert.equal(rows, 300);
    assert.ok(pieces >= 2, `${pieces} pieces`);
  });

  test(`${name}: rows that do not follow on what is there change nothing`, async () => {
    const store = await open();
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
}

test('what was appended is there for the next process', async () => {
  const folder = dataFolder();
  const first = lmdbStore(folder);
  await first.append([row('server/a', 1)]);
  await first.close();

  assert.deepEqual(await textsOf(openLmdb(folder), 'server/a'), ['row 1']);
});

test('Redis: what was appended is there for the next process, and when Redis is back', async () => {
  const redis = await startRedis();
  const first = await openRedis(redis);
  await first.append([row('server/a', 1)]);
  await redis.kill();
  await until(() => !first.isUp());

  await redis.start();

  assert.deepEqual(await textsOf(first, 'server/a'), ['row 1']);
  assert.deepEqual(await textsOf(await openRedis(redis), 'server/a'), ['row 1']);
  assert.ok(first.isUp());
});

test('Redis: rows that are appended while it is away are there, once, when it is back', async () => {
  const redis = await startRedis();
  const store = await openRedis(redis);
  await store.append([row('server/a', 1)]);
  await redis.kill();
  let isDone = false;
  const appended = store.append([row('server/a', 2), row('server/b', 1)]).then(() => (isDone = true));
  await until(() => !store.isUp());
  assert.equal(isDone, false);

  await redis.start();
  await appended;
  await store.append([row('server/a', 2), row('server/b', 1)]);

  assert.deepEqual(await textsOf(store, 'server/a'), ['row 1', 'row 2']);
  assert.deepEqual(await textsOf(store, 'server/b'), ['row 1']);
});

test('Redis: one that is frozen is not up, and goes on where it was', async () => {
  const redis = await startRedis();
  const store = await openRedis(redis);
  await store.append([row('server/a', 1)]);
  redis.freeze();
  const appended = store.append([row('server/a', 2)]);
  await until(() => !store.isUp());

  redis.thaw();
  await appended;

  assert.ok(store.isUp());
  assert.deepEqual(await textsOf(store, 'server/a'), ['row 1', 'row 2']);
});

const settings = [
  [['--appendonly', 'no'], /no append-only file/],
  [['--appendonly', 'yes', '--appendfsync', 'everysec'], /appendfsync is everysec/],
  [[...durable, '--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'], /is allkeys-lru/],
];
for (const [given, warning] of settings) {
  test(`Redis with ${given.slice(-2).join(' ')} is warned of when a store is opened`, async () => {
    const { url } = await startRedis(given);
    const said = [];
    const store = redisStore(url, { logger: { warn: (...words) => said.push(words.at(-1)) } });
    atEnd(() => store.close());

    await until(() => said.length > 0);

    assert.equal(said.length, 1, said.join('\n'));
    assert.match(said[0], warning);
  });
}

test('Redis that writes to its disk before it answers is not warned of', async () => {
  const { url } = await startRedis();
  const said = [];
  const store = redisStore(url, { logger: { warn: (...words) => said.push(words.at(-1)) } });
  atEnd(() => store.close());

  await store.append([row('server/a', 1)]);
  // What is said of it is asked before.
  await textsOf(store, 'server/a');

  assert.deepEqual(said, []);
});
