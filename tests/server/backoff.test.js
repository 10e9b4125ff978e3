// The pauses between attempts, by a clock of the test's own.
import assert from 'node:assert/strict';
import { note, openClient, test } from './harness.js';

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
