// Tabs that live side by side show the same state, whoever wrote it and whenever they joined.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';
import { randomScript, seeded, sharedKeys } from './support/script.js';

/** What all tabs show, which must be the same. */
async function shown(tabs, keys) {
  const [first, ...others] = await Promise.all(tabs.map((tab) => tab.read(keys)));
  const plain = (readings) => readings.map(({ key, value, version }) => ({ key, value, version }));
  for (const other of others) assert.deepEqual(plain(other), plain(first));
  return first;
}

async function checkRandomWrites(cluster, t, count) {
  const random = seeded(t);
  const tabs = await cluster.openAll(count);

  await Promise.all(tabs.map((tab) => tab.run(randomScript(random, 200))));
  await cluster.rest();

  await shown(tabs, sharedKeys);
  for (const tab of tabs) {
    const unanswered = await tab.evaluate(
      () => window.tab.writes.filter(({ outcomes }) => outcomes.length !== 1 || outcomes[0].code),
    );
    assert.deepEqual(unanswered, []);
  }
}

test(
  'two tabs agree after 200 random writes from each of them',
  { timeout: 60_000 },
  inCluster((cluster, t) => checkRandomWrites(cluster, t, 2)),
);

test(
  'four tabs agree after 200 random writes from each of them',
  { timeout: 60_000 },
  inCluster((cluster, t) => checkRandomWrites(cluster, t, 4)),
);

test(
  'a new tab has the state before its first write is decided, and never writes a default',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const first = await cluster.open();
    await first.set('theme', 'dark');
    await first.set('counter', 41);
    const [before] = await first.look();

    const second = await cluster.open({ query: { early: 'counter', watch: 'theme' } });
    const early = await second.evaluate(async () => ({ ...window.tab.early, receipt: (await window.tab.early.promise).toJSON() }));
    await cluster.rest();
    console.log(JSON.stringify(early), before.spaces);
  }),
);

test(
  'two tabs that open in the same instant have one leader',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const tabs = await cluster.openAll(2, { path: '/pages/blank.html' });
    for (let round = 1; round <= 10; round++) {
      const group = `together-${round}`;

      await cluster.openTogether(tabs, group);
      await Promise.all(tabs.map((tab, place) => tab.set(`key-${place}`, round)));
      await cluster.rest(group);

      for (const tab of tabs) {
        const readings = await tab.read(['key-0', 'key-1']);
        assert.deepEqual(readings.map(({ value }) => value), [round, round]);
      }
    }
  }),
);
