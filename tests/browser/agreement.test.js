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
    const { seen, version } = await second.evaluate(async () => {
      const { version: decided } = await window.tab.early.promise;
      return { seen: window.tab.early.seen, version: decided };
    });
    await cluster.rest();

    assert.deepEqual(seen[0], {
      role: 'joining', value: 'early', pending: 1, loading: true, watched: 'default',
    });
    const whenDecided = seen.find(({ pending }) => pending === 0);
    assert.deepEqual(whenDecided, {
      role: 'follower', value: 'early', pending: 0, loading: false, watched: 'dark',
    });
    const [{ epoch, index }] = before.spaces;
    assert.deepEqual(version, { epoch, index: index + 1 });
    for (const tab of [first, second]) {
      const [theme, counter] = await tab.read(['theme', 'counter']);
      assert.equal(theme.value, 'dark');
      assert.equal(counter.value, 'early');
      assert.deepEqual(counter.version, version);
    }
    // One op more than before: the early write. Nobody wrote the default of `theme`.
    const [after] = await first.look();
    assert.equal(after.spaces[0].index, index + 1);
  }),
);

test(
  'what a lone tab decided by its short cut reaches whoever joins later',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const lone = await cluster.open({ query: { journal: 'off' } });
    const writeAll = (round) =>
      lone.evaluate((number) => {
        for (let i = 0; i < 50; i++) void window.tab.set(`number-${i}`, number + i);
        for (let i = 0; i < 50; i++) void window.tab.set(`object-${i}`, { i, number });
        void window.tab.set('text', `round ${number}`);
        return window.tab.unit.unsetState(window.tab.state('object-49')).then(() => {});
      }, round);
    const untilPeers = (count) =>
      lone.until(
        `it knows of ${count} others`,
        (expected) => window.tab.manager.tabs.peers().length === expected,
        count,
      );
    const checkJoined = async (tab, round) => {
      // Before, its core has no texts of what was written last, and can't be looked into.
      await untilPeers(1);
      await cluster.rest();
      const keys = ['number-7', 'object-7', 'object-49', 'text'];
      const values = (await shown([tab, lone], keys)).map(({ value }) => value);
      assert.deepEqual(values, [round + 7, { i: 7, number: round }, null, `round ${round}`]);
    };

    await lone.until('the tab leads', () => window.tab.manager.tabs.role === 'leader');
    await writeAll(100);
    const second = await cluster.open();
    await checkJoined(second, 100);
    await second.close();
    await untilPeers(0);
    await writeAll(200);
    const third = await cluster.open();
    await checkJoined(third, 200);
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
