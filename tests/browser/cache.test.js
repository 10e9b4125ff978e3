// A page that is put into the back/forward cache gives everything back first, so it may rest
// there; when the reader returns to it, it joins the others again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';

/** Writes a last word and leaves in the same task. */
async function leave(cluster, tab) {
  await tab.evaluate(() => {
    window.mark = 'the same page';
    window.addEventListener('pageshow', ({ persisted }) => {
      window.persisted = persisted;
    });
  });
  const away = cluster.address('/pages/blank.html');
  await Promise.all([
    tab.page.waitForURL(away),
    tab.evaluate((address) => {
      void window.tab.set('last word', 'goodbye');
      location.href = address;
    }, away),
  ]);
}

async function comeBack(tab) {
  await tab.page.goBack({ waitUntil: 'commit' });
  const state = () => [window.mark, window.persisted, performance.getEntriesByType('navigation')[0].notRestoredReasons];
  console.log(await tab.evaluate(state));
}

async function checkReturn(cluster, isLeader) {
  const [first, second, third] = await cluster.openAll(3);
  const traveller = isLeader ? first : second;
  const others = [first, second, third].filter((tab) => tab !== traveller);
  await traveller.set('theme', 'dark');
  await cluster.rest();

  await leave(cluster, traveller);
  traveller.isFrozen = true;
  await others[0].set('theme', 'light');
  await cluster.rest();
  await (await cluster.leader()).close();
  const stayed = await cluster.leader();
  await stayed.set('cart', { items: { 'p-1': 2 } });
  await comeBack(traveller);
  traveller.isFrozen = false;
  await cluster.rest();

  for (const tab of [traveller, stayed]) {
    assert.equal(await tab.get('last word'), 'goodbye');
    assert.equal(await tab.get('theme'), 'light');
    assert.deepEqual(await tab.get('cart'), { items: { 'p-1': 2 } });
  }
}

test(
  'a leader comes back from the back/forward cache and agrees',
  { timeout: 60_000 },
  inCluster((cluster) => checkReturn(cluster, true)),
);

test(
  'a follower comes back from the back/forward cache and agrees',
  { timeout: 60_000 },
  inCluster((cluster) => checkReturn(cluster, false)),
);
