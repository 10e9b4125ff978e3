// The benchmarks through a server find out who does not do the work. No time is looked at but the
// limit of those who never answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as kills from '../../bench/server/scenarios/kills.mjs';
import * as latency from '../../bench/server/scenarios/latency.mjs';
import * as manyWriters from '../../bench/server/scenarios/many-writers.mjs';
import * as rate from '../../bench/server/scenarios/rate.mjs';

const limitMillis = 200;
const enoughMillis = 10_000;
const efforts = [
  [latency, { sets: 5, limitMillis, enoughMillis }],
  [manyWriters, { clients: 3, setsEach: 2, limitMillis }],
  [rate, { readers: 2, seconds: 0.05, limitMillis, rates: [100, 200] }],
  [kills, { writes: 6, kills: 2, limitMillis, enoughMillis }],
];

/** A library within this process, with one vice. */
function library(vice = null) {
  const clients = new Set();
  let kept = new Map();
  const hand = (to, key, value) =>
    setImmediate(() => {
      if (vice !== 'tells nobody') to.take(key, vice === 'tells something else' ? -1 : value);
    });
  return {
    acknowledges: false,
    start: async () => ({ kill: async () => {}, stop: async () => (kept = new Map()) }),
    async connect() {
      const values = new Map(kept);
      const listeners = new Map();
      let bytes = 0;
      const own = {
        take(key, value) {
          bytes += 10;
          if (vice !== 'keeps nothing') values.set(key, value);
          listeners.get(key)?.(value);
        },
      };
      clients.add(own);
      return {
        room: null,
        set(key, value) {
          if (vice === 'does nothing') return;
          own.take(key, value);
          if (vice !== 'forgets') kept.set(key, value);
          for (const other of clients) if (other !== own) hand(other, key, value);
        },
        get: (key) => values.get(key),
        fetch: async (key) => values.get(key),
        subscribe: (key, listener) => void listeners.set(key, listener),
        bytesRead: () => bytes,
        close: async () => void clients.delete(own),
      };
    },
  };
}

test('a library that does the work has a number in every scenario', async () => {
  const answers = [];
  for (const [{ run }, effort] of efforts) answers.push(await run(library(), effort));

  assert.ok(answers[0].bytesEach >= 10 && answers[0].millis > 0);
  assert.ok(answers[1].millis > 0);
  assert.equal(answers[2].rate, 200);
  assert.deepEqual(answers[3], { lost: 0, accepted: 6, kills: 2 });
});

for (const vice of ['does nothing', 'tells nobody', 'tells something else', 'keeps nothing']) {
  test(`a library that ${vice} fails`, async () => {
    for (const [scenario, effort] of efforts) {
      // A write that somebody saw counts there, whatever he saw: at the end it is lost.
      if (scenario === kills && /else|keeps/.test(vice)) continue;
      await assert.rejects(scenario.run(library(vice), effort), vice);
    }
  });
}

test('what a server forgets is counted as lost', async () => {
  const { lost, accepted } = await kills.run(library('forgets'), efforts[3][1]);

  assert.deepEqual([lost, accepted], [6, 6]);
});
