// A page that is put into the back/forward cache gives everything back first, so it may rest
// there; when the reader returns to it, it joins the others again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';

/** Makes a page recognizable: it will say whether it is the same, and how it came back. */
function mark(tab) {
  return tab.evaluate(() => {
    window.mark = 'the same page';
    window.addEventListener('pageshow', ({ persisted }) => {
      window.wasPersisted = persisted;
    });
  });
}

/** Writes a last word and leaves in the same task. */
async function leaveFor(tab, address) {
  await mark(tab);
  await Promise.all([
    tab.page.waitForURL(address),
    tab.evaluate((next) => {
      void window.tab.set('last word', 'goodbye');
      location.href = next;
    }, address),
  ]);
}

/** Goes through the history; the page there must be the one that was left, not a new one. */
async function returnBy(tab, go) {
  await go({ waitUntil: 'commit' });
  const found = await tab.evaluate(() => ({
    mark: window.mark,
    wasPersisted: window.wasPersisted,
    reasons: performance.getEntriesByType('navigation')[0].notRestoredReasons,
  }));
  assert.deepEqual(found, { mark: 'the same page', wasPersisted: true, reasons: null });
}

async function checkReturn(cluster, isLeader) {
  const tabs = await cluster.openAll(3);
  const traveller = tabs[isLeader ? 0 : 1];
  const others = tabs.filter((tab) => tab !== traveller);
  assert.equal(await traveller.role(), isLeader ? 'leader' : 'follower');
  await traveller.set('theme', 'dark');
  await cluster.rest();

  await leaveFor(traveller, cluster.address('/pages/blank.html'));
  traveller.isAway = true;
  // Messages on the channel and a lock that changes hands: neither may touch the page at rest.
  await others[0].set('theme', 'light');
  await cluster.rest();
  await (await cluster.leader()).close();
  const stayed = await cluster.leader();
  await stayed.set('cart', { items: { 'p-1': 2 } });
  await returnBy(traveller, (options) => traveller.page.goBack(options));
  traveller.isAway = false;
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

test(
  'pages of one tab take turns in the back/forward cache, beside another tab and alone',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const other = await cluster.open();
    const tab = await cluster.open();
    const second = cluster.address('/pages/tab.html', { query: { page: '2' } });
    const back = (options) => tab.page.goBack(options);
    const forward = (options) => tab.page.goForward(options);
    const checkAll = async (number) => {
      await cluster.rest();
      await tab.set('visits', number);
      await cluster.rest();
      for (const each of cluster.live()) assert.equal(await each.get('visits'), number);
    };
    await tab.set('cart', { items: { 'p-1': 1 } });

    await leaveFor(tab, second);
    await checkAll(1);
    await other.set('theme', 'dark');
    await mark(tab);
    await returnBy(tab, back);
    await checkAll(2);
    await returnBy(tab, forward);
    await checkAll(3);
    await other.close();
    await returnBy(tab, back);
    await checkAll(4);
    await returnBy(tab, forward);
    await checkAll(5);

    assert.deepEqual(await tab.get('cart'), { items: { 'p-1': 1 } });
    assert.equal(await tab.get('theme'), 'dark');
    assert.equal(await tab.get('last word'), 'goodbye');
  }),
);
