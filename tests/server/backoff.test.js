// The pauses between attempts, by a clock of the test's own.
import assert from 'node:assert/strict';
import {
  WebSocket, likes, note, openClient, openServer, test, until,
} from './harness.js';

test('a longer outage makes the pauses longer, up to a point', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(Math, 'random', () => 1);
  let attempts = 0;
  class Refused {
    bufferedAmount = 0;
    constructor() {
      attempts++;
      queueMicrotask(() => this.onclose({ code: 1006 }));
    }
    close() {}
  }
  // Requests are refused too: nobody listens there.
  t.mock.method(globalThis, 'fetch', async () => {
    attempts++;
    throw new TypeError('refused');
  });
  const { unit } = openClient('ws://127.0.0.1:1', {
    remote: { WebSocket: Refused, backoff: { baseMillis: 10, maxMillis: 60 } },
  });
  const settle = async () => {
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  };
  unit.setState(note, 'waits').catch(() => {});
  await settle();
  assert.equal(attempts, 1);

  for (const [made, pause] of [10, 20, 40, 60, 60].entries()) {
    t.mock.timers.tick(pause - 1);
    await settle();
    assert.equal(attempts, made + 1, `not before ${pause} ms`);
    t.mock.timers.tick(1);
    await settle();
    assert.equal(attempts, made + 2, `after ${pause} ms`);
  }
});

test('a server that refuses for a minute is asked seldom, and gets everything once, in order', async (t) => {
  const server = await openServer();
  let attempts = 0;
  let isUp = false;
  class Door extends WebSocket {
    constructor(url) {
      super(isUp ? url : 'ws://127.0.0.1:1');
      attempts++;
    }
  }
  const realFetch = globalThis.fetch;
  t.mock.method(globalThis, 'fetch', async (...parts) => {
    if (isUp) return realFetch(...parts);
    attempts++;
    return new Response('', { status: 503 });
  });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const author = openClient(server.url, {
    remote: { WebSocket: Door, backoff: { baseMillis: 500, maxMillis: 30_000 } },
  });
  const { outbox } = author.manager;
  const writes = [];
  for (let second = 0; second < 60; second++) {
    writes.push(author.unit.setState(note, `note ${second}`), author.unit.add(likes, 1));
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    t.mock.timers.tick(1000);
    await new Promise((resolve) => realFetch('http://127.0.0.1:1').catch(resolve));
  }
  // By doubled pauses of chance below 0.5, 1, 2 … 30 s: more would be a storm.
  assert.ok(attempts >= 1 && attempts <= 30, `${attempts} attempts`);
  assert.equal(outbox.size(), 120);
  assert.ok(outbox.list().every(({ attempts: sent }) => sent === 0));
  const keys = outbox.list().map((item) => item.keys.join());
  assert.deepEqual(keys.slice(0, 4), ['note', 'likes', 'note', 'likes']);

  t.mock.timers.reset();
  isUp = true;
  await outbox.retry();

  assert.equal(outbox.size(), 0);
  const receipts = await Promise.all(writes);
  const indexes = receipts.map(({ version }) => version.index);
  assert.deepEqual(indexes, [...indexes].sort((one, other) => one - other));
  const reader = openClient(server.url);
  await until(() => reader.unit.getState(likes) === 60);
  assert.equal(reader.unit.getState(note), 'note 59');
});
