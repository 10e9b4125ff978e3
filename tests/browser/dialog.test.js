// Two notes that met wait for a person: the tab that can be seen asks, and the first answer counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';

const shownBy = (tab) => tab.evaluate(() => window.tab.shown());
const call = (tab, name, ...words) =>
  tab.evaluate(([method, given]) => window.tab[method](...given), [name, words]);

/** Two tabs, of which only the first can be seen, and which hear each other. */
async function openSeenAndHidden(cluster) {
  const [seen, hidden] = await cluster.openAll(2, { path: '/pages/dialog.html' });
  await cluster.rest();
  // Frozen pages of Chromium stay hidden when they go on.
  await hidden.freeze();
  await hidden.thaw();
  await cluster.rest();
  const looks = await Promise.all([seen, hidden].map(shownBy));
  assert.deepEqual(looks.map(({ visibility }) => visibility), ['visible', 'hidden']);
  return [seen, hidden];
}

/** Both do something before either hears of the other. */
async function atOnce(cluster, tabs, things) {
  for (const tab of tabs) await call(tab, 'hold');
  for (const [place, tab] of tabs.entries()) await things[place](tab);
  for (const tab of tabs) await call(tab, 'release');
  await cluster.rest();
}

test(
  'a conflict is shown in the tab that can be seen, and its answer reaches both',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const tabs = await openSeenAndHidden(cluster);
    const [seen, hidden] = tabs;

    await atOnce(cluster, tabs, [
      (tab) => call(tab, 'write', 'tea'),
      (tab) => call(tab, 'write', 'rice'),
    ]);

    const [open, closed] = await Promise.all(tabs.map(shownBy));
    assert.deepEqual(open.question, ['tea', 'rice']);
    assert.deepEqual([closed.question, closed.tickets], [null, 1]);
    assert.deepEqual([open.note, closed.note], ['tea', 'tea']);

    await seen.page.click('#take');
    await seen.until('the answer is decided', () => window.tab.shown().told !== '');
    await cluster.rest();

    for (const tab of [seen, hidden]) {
      const { note, question, tickets } = await shownBy(tab);
      assert.deepEqual({ note, question, tickets }, { note: 'rice', question: null, tickets: 0 });
    }
    assert.equal((await shownBy(seen)).told, 'thank you');
  }),
);

test(
  'of two answers at once one counts, and the other is told that it came late',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const tabs = await openSeenAndHidden(cluster);
    await atOnce(cluster, tabs, [
      (tab) => call(tab, 'write', 'tea'),
      (tab) => call(tab, 'write', 'rice'),
    ]);

    await atOnce(cluster, tabs, [
      (tab) => tab.page.click('#keep'),
      (tab) => call(tab, 'answer', 'incoming'),
    ]);

    const looks = await Promise.all(tabs.map(shownBy));
    assert.deepEqual(looks.map(({ note }) => note), ['tea', 'tea']);
    assert.deepEqual(looks.map(({ tickets }) => tickets), [0, 0]);
    assert.deepEqual(looks.map(({ told }) => told), ['thank you', 'somebody was faster']);
  }),
);
