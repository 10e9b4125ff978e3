// Tabs that write keys of their own, each one once, and what has to be true of such writes.
import assert from 'node:assert/strict';
import { until } from './agreement.js';

const writeEveryMillis = 30;

/** Lets a tab write `name/1`, `name/2` and so on, until it is told to stop. */
export function startWriting(tab, name) {
  return tab.evaluate(([author, millis]) => window.tab.startWriting(author, millis), [
    name,
    writeEveryMillis,
  ]);
}

export function stopWriting(tab) {
  return tab.evaluate(() => window.tab.stopWriting());
}

const progressOf = (tab) => tab.evaluate(() => window.tab.progress());

/** Waits until everything that these tabs had written by now is decided. */
export async function decided(tabs, options) {
  for (const tab of tabs) {
    const { made } = await progressOf(tab);
    await until(`${made} writes are decided`, async () => (await progressOf(tab)).answered >= made, {
      explain: async () => JSON.stringify([await tab.look(), await progressOf(tab)]),
      ...options,
    });
  }
}

/** What a tab's core says about each key: value, version and op. */
async function entriesOf(tab) {
  const entries = await tab.evaluate(() =>
    window.tab.manager
      .createSnapshot({ scope: 'apartment' })
      .entries.map(({ key, value, version, opId }) => [key, { value, version, opId }]),
  );
  return new Map(entries);
}

/**
 * Every write of these tabs was answered once, and is there once, in all tabs under the same
 * version, which no other key has. Returns the number of writes. Ask when the tabs are at rest.
 */
export async function checkEachIsThereOnce(tabs) {
  const writes = (await Promise.all(tabs.map((tab) => tab.evaluate(() => window.tab.writes)))).flat();
  const [entries, ...others] = await Promise.all(tabs.map(entriesOf));
  for (const { key, value, outcomes } of writes) {
    assert.equal(outcomes.length, 1, `${key} was answered ${outcomes.length} times`);
    assert.equal(outcomes[0].code, undefined, `${key} was refused`);
    const entry = entries.get(key);
    assert.deepEqual(entry?.value, value, `${key} of a living tab is lost`);
    assert.equal(entry.opId, outcomes[0].opId, `${key} was written twice`);
  }
  const versions = new Set([...entries.values()].map(({ version }) => version.index));
  assert.equal(versions.size, entries.size, 'two keys share a version');
  for (const other of others) assert.deepEqual(other, entries);
  return writes.length;
}
