// A tab that is frozen may lead or follow, and may have been told or not: nobody waits for it
// for ever, and when it wakes it agrees with the others and has lost nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';
import { checkEachIsThereOnce, decided, startWriting, stopWriting } from './support/writers.js';

async function openWriters(cluster, queries) {
  const tabs = [];
  for (const query of queries) tabs.push(await cluster.open({ query }));
  for (const [place, tab] of tabs.entries()) await startWriting(tab, `tab-${place}`);
  await decided(tabs);
  return tabs;
}

async function checkNothingIsLost(cluster, tabs) {
  await decided(tabs);
  await Promise.all(tabs.map(stopWriting));
  await cluster.rest();
  await checkEachIsThereOnce(tabs);
}

test(
  'a leader that is told of its freezing gives the lock back at once',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const [leader, ...others] = await openWriters(cluster, [{}, {}, {}]);
    assert.equal(await leader.role(), 'leader');

    await leader.freeze();
    const next = await cluster.leader();
    await decided(others);
    await leader.thaw();

    await checkNothingIsLost(cluster, [leader, ...others]);
    assert.equal(await next.role(), 'leader');
  }),
);

test(
  'a leader that falls silent is robbed of the lock, and what it wrote survives',
  { timeout: 90_000 },
  inCluster(async (cluster) => {
    const [zombie, ...others] = await openWriters(cluster, [{}, {}, {}]);
    assert.equal(await zombie.role(), 'leader');

    // It still believes that it leads when it wakes, and decides what it writes.
    await zombie.stall('woken');
    const next = await cluster.leader('main', { millisMax: 30_000 });
    await decided(others);
    zombie.goOn();

    await checkNothingIsLost(cluster, [zombie, ...others]);
    assert.equal(await next.role(), 'leader');
    assert.equal(await zombie.role(), 'follower');
  }),
);
