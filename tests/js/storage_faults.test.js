// What indexedDbStorage does when IndexedDB fails, fault by fault. The faults are those that
// browsers were seen with; time passes only when a test says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forceCloseDatabase } from 'fake-indexeddb';
import { indexedDbStorage } from '../../dist/js/src/storage/indexed-db.js';
import { FaultyFactory, holdOpen, settle } from '../storage/faulty_factory.js';
import { bytesOf, readAll, refused } from '../storage/laws.js';

const cart = (value) => ({ put: [['cart', bytesOf(value)]] });

async function openedWith(factory, report = assert.fail) {
  const adapter = indexedDbStorage({ factory });
  await adapter.open('shop', report);
  return adapter;
}

async function refusedBecause(reason, promise) {
  const error = await refused('STORAGE', promise);
  assert.equal(error.details.reason, reason, error.message);
  return error;
}

/** Turns of the event loop and seconds of time, in turns, until nothing more happens. */
async function passTime(t, seconds) {
  for (let second = 0; second < seconds; second++) {
    await settle();
    t.mock.timers.tick(1000);
  }
  await settle();
}

test('the durability that is asked is the one of the transaction', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);

  await adapter.commit(cart(1), 'strict');
  await adapter.commit(cart(2), 'relaxed');
  await adapter.clear();

  const expected = ['readwrite/strict', 'readwrite/relaxed', 'readwrite/strict'];
  assert.deepEqual(factory.begun, expected);
});

test('no room is told as QUOTA, though each request had succeeded, and nothing is there', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);
  await adapter.commit(cart(1), 'relaxed');

  factory.beginning.push('QuotaExceededError');
  await refused('QUOTA', adapter.commit(cart(2), 'strict'));

  assert.deepEqual(await readAll(adapter), [['cart', bytesOf(1)]]);
  await adapter.commit(cart(3), 'relaxed');
  assert.equal(factory.openCount, 1, 'the connection is as good as before');
});

test('no room to open is told as QUOTA', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const factory = new FaultyFactory();
  factory.opening.push('QuotaExceededError', 'QuotaExceededError', 'QuotaExceededError');

  const opening = refused('QUOTA', openedWith(factory));
  await passTime(t, 2);

  await opening;
});

test('a handle that died before is replaced within the call', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);

  factory.beginning.push('dead');
  await adapter.commit(cart(1), 'relaxed');

  assert.deepEqual(await readAll(adapter), [['cart', bytesOf(1)]]);
  assert.equal(factory.openCount, 2);
});

test('commits that find a dead handle still happen in their order', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);
  factory.beginning.push('dead');
  const expect = (value) => [['cart', value === null ? null : bytesOf(value)]];

  const all = [1, 2, 3, 4].map((value) =>
    adapter.commit({ ...cart(value), expect: expect(value === 1 ? null : value - 1) }, 'relaxed'),
  );
  await Promise.all(all);

  assert.deepEqual(await readAll(adapter), [['cart', bytesOf(4)]]);
});

test('a handle that is dead twice is given up, and the next call opens again', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);

  factory.beginning.push('dead', 'dead');
  await refusedBecause('lost', adapter.commit(cart(1), 'relaxed'));
  await adapter.commit(cart(2), 'relaxed');

  assert.deepEqual(await readAll(adapter), [['cart', bytesOf(2)]]);
});

for (const name of ['UnknownError', 'AbortError', '']) {
  const what = name || 'no error at all';
  test(`a connection lost in the middle, told by ${what}, fails that commit only`, async () => {
    const factory = new FaultyFactory();
    const adapter = await openedWith(factory);
    await adapter.commit(cart(1), 'relaxed');

    factory.beginning.push(name);
    await refusedBecause('lost', adapter.commit(cart(2), 'strict'));
    await adapter.commit({ expect: [['cart', bytesOf(1)]], ...cart(3) }, 'strict');

    assert.equal(factory.openCount, 2, 'the dead handle was not used again');
    assert.deepEqual(await readAll(adapter), [['cart', bytesOf(3)]]);
  });
}

test('a connection that the browser closes is opened again', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);
  await adapter.commit(cart(1), 'relaxed');

  let uses = 0;
  factory.databases[0].transaction = () => {
    uses++;
    throw new DOMException('made up', 'InvalidStateError');
  };
  forceCloseDatabase(factory.databases[0]);
  await settle();
  await adapter.commit({ expect: [['cart', bytesOf(1)]], ...cart(2) }, 'relaxed');

  assert.deepEqual([factory.openCount, uses], [2, 0]);
});

test('a row that the browser refuses fails its commit and no other', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);

  factory.beginning.push('refuses');
  const refusal = refusedBecause('failed', adapter.commit({ ...cart(1), remove: ['a'] }, 'strict'));
  const next = adapter.commit(cart(2), 'relaxed');

  assert.equal((await refusal).cause.name, 'DataError');
  await next;
});

test('an open that fails is tried three times', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const factory = new FaultyFactory();
  factory.opening.push('UnknownError', 'UnknownError');
  const opening = openedWith(factory);
  await passTime(t, 2);
  const adapter = await opening;

  await adapter.commit(cart(1), 'relaxed');
  assert.equal(factory.openCount, 3);
});

test('an open that fails three times is told, and may be asked for again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const factory = new FaultyFactory();
  const adapter = indexedDbStorage({ factory });
  factory.opening.push('UnknownError', 'UnknownError', 'UnknownError');
  const opening = refusedBecause('failed', adapter.open('shop', assert.fail));
  await passTime(t, 2);
  assert.equal((await opening).cause.name, 'UnknownError');

  await adapter.open('shop', assert.fail);

  await adapter.commit(cart(1), 'relaxed');
  assert.equal(factory.openCount, 4);
});

test('an open that is never answered is told as stalled', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const factory = new FaultyFactory();
  factory.opening.push('hangs', 'hangs', 'hangs');

  const opening = refusedBecause('stalled', openedWith(factory));
  await passTime(t, 10);

  await opening;
  assert.equal(factory.openCount, 3);
});

test('an open that hangs is tried again, and either answer will do', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const late of [0, 1]) {
    const factory = new FaultyFactory();
    factory.opening.push('hangs', 'hangs', 'hangs');
    const opening = openedWith(factory);
    await passTime(t, 3);
    assert.ok(factory.openCount >= 2);

    factory.held[late].release();
    const adapter = await opening;

    factory.held[1 - late].release();
    await settle();
    await adapter.commit(cart(1), 'relaxed');
    assert.equal(factory.databases.filter((each) => !each._closed).length, 1, 'one is kept');
  }
});

test('an answer that comes after all were refused is used by the next call', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const factory = new FaultyFactory();
  const adapter = indexedDbStorage({ factory });
  factory.opening.push('hangs', 'hangs', 'hangs');
  const opening = refusedBecause('stalled', adapter.open('shop', assert.fail));
  await passTime(t, 10);
  await opening;

  factory.held[0].release();
  await settle();

  await adapter.commit(cart(1), 'relaxed');
  await adapter.open('shop', assert.fail);
  assert.deepEqual(await readAll(adapter), [['cart', bytesOf(1)]]);
  assert.equal(factory.openCount, 3);
});

test('an answer that comes after the adapter was closed is closed as well', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const factory = new FaultyFactory();
  factory.opening.push('hangs');
  const adapter = indexedDbStorage({ factory });
  const opening = refused('CLOSED', adapter.open('shop', assert.fail));
  await settle();

  await adapter.close();
  await opening;
  factory.held[0].release();
  await settle();

  assert.ok(factory.databases[0]._closed);
});

test('a browser without IndexedDB, or one that denies it, says so at once', async () => {
  const factory = new FaultyFactory();
  factory.opening.push('throws', 'SecurityError', 'InvalidStateError');

  await refusedBecause('unavailable', openedWith(factory));
  await refusedBecause('unavailable', openedWith(factory));
  await refusedBecause('unavailable', openedWith(factory));
  await refusedBecause('unavailable', openedWith(undefined));

  assert.equal(factory.openCount, 3, 'nobody tried again');
});

test('a transaction that a frozen tab holds up is given up, and does not happen later', async (t) => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);
  const frozen = await holdOpen(factory, 'danji.1.shop');
  t.mock.timers.enable({ apis: ['setTimeout'] });

  const expect = [['cart', null]];
  const waiting = refusedBecause('stalled', adapter.commit({ expect, ...cart(1) }, 'relaxed'));
  const reading = refusedBecause('stalled', readAll(adapter));
  await passTime(t, 6);
  await Promise.all([waiting, reading]);
  frozen.end();
  await settle();

  assert.deepEqual(await readAll(adapter), []);
  await adapter.commit(cart(2), 'relaxed');
});

test('a commit of many rows is not taken for a stalled one', async (t) => {
  const adapter = await openedWith(new FaultyFactory());
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const put = Array.from({ length: 3000 }, (_, number) => [`entry/${number}`, bytesOf(1)]);

  const commit = adapter.commit({ put }, 'relaxed');
  // Its first requests are answered, the last are not.
  await settle();
  t.mock.timers.tick(10_000);

  await commit;
});

test('a database that another tab deletes goes at once, and its rows are not expected', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);
  await adapter.commit(cart(1), 'strict');

  await new Promise((resolve, reject) => {
    const request = factory.real.deleteDatabase('danji.1.shop');
    request.onsuccess = resolve;
    request.onblocked = reject;
  });

  await refused('STALE', adapter.commit({ expect: [['cart', bytesOf(1)]], ...cart(2) }, 'relaxed'));
  assert.deepEqual(await readAll(adapter), []);
});

test('the version of the database is never raised', async () => {
  const factory = new FaultyFactory();
  const adapter = await openedWith(factory);
  await adapter.commit(cart(1), 'relaxed');
  await adapter.clear();

  assert.deepEqual(factory.databases.map(({ name, version }) => [name, version]), [
    ['danji.1.shop', 1],
  ]);
});

async function putForeign(factory, values) {
  const store = factory.databases[0].transaction('rows', 'readwrite').objectStore('rows');
  for (const [key, value] of values) store.put(value, key);
  await settle();
}

test('a value that is not bytes is told and skipped, and may be written over', async () => {
  const factory = new FaultyFactory();
  const told = [];
  const adapter = await openedWith(factory, (error) => told.push(error));
  await adapter.commit({ put: [['a', bytesOf(1)], ['z', bytesOf(2)]] }, 'relaxed');
  await putForeign(factory, [['m', 'text'], ['n', { length: 0 }], ['o', null]]);

  const rows = await readAll(adapter);

  assert.deepEqual(rows, [['a', bytesOf(1)], ['z', bytesOf(2)]]);
  assert.deepEqual(told.map(({ code, details }) => [code, details.reason]), [
    ['STORAGE', 'damaged'],
    ['STORAGE', 'damaged'],
    ['STORAGE', 'damaged'],
  ]);
  await adapter.commit({ expect: [['m', null]], put: [['m', bytesOf(3)]] }, 'relaxed');
  assert.equal((await readAll(adapter)).length, 3);
});

test('a database that somebody else made, without our rows, is left alone and told', async () => {
  const factory = new FaultyFactory();
  const request = factory.real.open('danji.1.shop', 1);
  await new Promise((resolve) => {
    request.onsuccess = resolve;
  });
  request.result.close();
  const adapter = await openedWith(factory);

  const error = await refusedBecause('lost', adapter.commit(cart(1), 'relaxed'));

  assert.equal(error.cause.name, 'NotFoundError');
});
