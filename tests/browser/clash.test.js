// A key means the same in all tabs: the first definition stands, and a tab that brings another
// one is told so and can't use that key. Nobody else notices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';

/** Uses `theme` as a state of the whole origin, where the other tabs use it in an apartment. */
function useOtherwise(tab) {
  return tab.evaluate(() => {
    const { unit, state } = window.tab;
    window.theirs = state('theme', { scope: 'global', default: 'light' });
    unit.readState(window.theirs);
  });
}

/** What the tab is told about the key when it reads it and when it writes it. */
function toldAbout(tab) {
  return tab.evaluate(() => {
    const { unit, DanjiError, plainError } = window.tab;
    const { value, meta } = unit.readState(window.theirs);
    try {
      void unit.setState(window.theirs, 'dark');
      return { value, error: meta.error?.code, thrown: null };
    } catch (error) {
      const isTyped = error instanceof DanjiError;
      return { value, error: meta.error?.code, isTyped, thrown: plainError(error) };
    }
  });
}

async function checkTold(tab) {
  await tab.until('the tab is told', () => {
    const { meta } = window.tab.unit.readState(window.theirs);
    return meta.error !== null;
  });

  const { value, error, isTyped, thrown } = await toldAbout(tab);
  assert.equal(value, 'light');
  assert.equal(error, 'DEFINITION_CLASH');
  assert.equal(isTyped, true);
  assert.equal(thrown.code, 'DEFINITION_CLASH');
  assert.equal(thrown.key, 'theme');
  const errors = await tab.takeErrors();
  assert.deepEqual(errors.map(({ code, key }) => [code, key]), [['DEFINITION_CLASH', 'theme']]);
}

async function checkUnharmed(cluster, [first, second], stranger) {
  await first.set('theme', 'dark');
  await second.set('user.name', 'Ada');
  await stranger.set('cart', { items: {} });
  await cluster.rest();

  for (const tab of [first, second]) {
    const readings = await tab.read(['theme', 'user.name', 'cart']);
    assert.deepEqual(readings.map(({ value }) => value), ['dark', 'Ada', { items: {} }]);
    assert.deepEqual(readings.map(({ error }) => error), [null, null, null]);
  }
  assert.equal(await stranger.get('user.name'), 'Ada');
}

test(
  'a follower with another definition of a key is told and harms nobody',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const tabs = await cluster.openAll(2);
    await tabs[0].set('theme', 'twilight');
    const stranger = await cluster.open();

    await useOtherwise(stranger);

    await checkTold(stranger);
    await checkUnharmed(cluster, tabs, stranger);
  }),
);

test(
  'a leader with another definition of a key is told and harms nobody',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const [stranger, ...tabs] = await cluster.openAll(3);
    assert.equal(await stranger.role(), 'leader');
    await tabs[0].set('theme', 'twilight');

    await useOtherwise(stranger);

    await checkTold(stranger);
    await checkUnharmed(cluster, tabs, stranger);
  }),
);

test(
  'a write under another definition, made before the tab knew anybody, is refused',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const tabs = await cluster.openAll(2);
    await tabs[0].set('theme', 'twilight');
    const stranger = await cluster.open({ query: { globally: 'theme' } });

    const outcome = await stranger.evaluate(() => window.tab.globally);

    assert.equal(outcome.code, 'DEFINITION_CLASH');
    // Once as the clash itself, once as the rejected write.
    const errors = await stranger.takeErrors();
    assert.deepEqual(new Set(errors.map(({ code }) => code)), new Set(['DEFINITION_CLASH']));
    await checkUnharmed(cluster, tabs, stranger);
  }),
);
