// What home-made state layers of pages are known to get wrong, one test for each.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import { openUnit, refusal, rejection, sharedDigests, test } from './harness.js';

const global = { scope: 'global' };
const theme = defineState({ ...global, key: 'theme', default: 'light' });
const profile = defineState({
  ...global, key: 'profile', default: {}, conflictResolution: 'merge',
});
const likes = defineState({ ...global, key: 'likes', default: 0, conflictResolution: 'sum' });

/** Two tabs that have met, in a time that stands still. */
async function openPair(t) {
  const world = openTabs(t);
  const tabs = [world.open(), world.open()];
  await world.settle();
  return { world, ada: tabs[0], bob: tabs[1], tabs };
}

const shared = (tab) => sharedDigests(tab.manager);

test('two writes in one millisecond end as one value in all tabs', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  const writes = [ada.unit.setState(theme, 'dark'), bob.unit.setState(theme, 'blue')];
  await world.settle();
  await Promise.all(writes);
  assert.equal(ada.unit.getState(theme), bob.unit.getState(theme));
  assertAgree(tabs, shared);
});

test('a tab whose clock is an hour ahead does not win for an hour', async (t) => {
  const world = openTabs(t);
  const ada = world.open();
  const bob = world.open({ clock: () => world.now + 3_600_000 });
  await world.settle();
  const first = bob.unit.setState(theme, 'blue');
  await world.settle();
  const second = ada.unit.setState(theme, 'dark');
  await world.settle();
  await Promise.all([first, second]);
  for (const { unit } of [ada, bob]) assert.equal(unit.getState(theme), 'dark');
});

test('an older write of a field that arrives late does not overwrite a newer one', async (t) => {
  const world = openTabs(t);
  const ada = world.open();
  await world.settle();
  await ada.unit.setState(profile, { city: 'Bern', name: 'Ada' });
  // Bob's write waits in his tab until he knows who decides.
  const bob = world.open();
  const late = bob.unit.setState(profile, { city: 'Genf', phone: 7 });
  world.now += 1000;
  const newer = ada.unit.update(profile, (draft) => void (draft.city = 'Chur'));
  await world.settle();
  await Promise.all([late, newer]);
  assert.deepEqual(ada.unit.getState(profile), { city: 'Chur', name: 'Ada', phone: 7 });
  assertAgree([ada, bob], shared);
});

test('a field that was taken away stays away when another tab writes beside it', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  await Promise.all([ada.unit.setState(profile, { city: 'Bern', name: 'Ada' }), world.settle()]);
  const writes = [
    ada.unit.update(profile, (draft) => void delete draft.city),
    bob.unit.update(profile, (draft) => void (draft.name = 'Eve')),
  ];
  await world.settle();
  await Promise.all(writes);
  assert.deepEqual(bob.unit.getState(profile), { name: 'Eve' });
  assertAgree(tabs, shared);
});

test('a frame that arrives twice, or three times, counts once', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  await Promise.all([bob.unit.add(likes, 10), world.settle()]);
  for (const [from, to] of [[bob, ada], [ada, bob], [bob, ada]]) {
    for (const frame of [...from.sent]) world.channel.inject(to, frame);
    await world.settle();
  }
  await Promise.all([bob.unit.add(likes, 5), world.settle()]);
  for (const { unit } of tabs) assert.equal(unit.getState(likes), 15);
  assertAgree(tabs, shared);
});

test('two tabs never give one version to two values', async (t) => {
  const { world, ada, bob } = await openPair(t);
  const writes = [1, 2, 3].flatMap((n) => [
    ada.unit.setState(theme, `dark ${n}`), bob.unit.setState(theme, `blue ${n}`),
  ]);
  await world.settle();
  const versions = (await Promise.all(writes)).map(({ version }) => version);
  assert.equal(new Set(versions.map(({ epoch }) => epoch)).size, 1);
  assert.equal(new Set(versions.map(({ index }) => index)).size, versions.length);
  const readings = [ada, bob].map(({ unit }) => unit.readState(theme));
  assert.deepEqual(readings[0].meta.version, readings[1].meta.version);
});

test('a write that is refused is dropped, and what others wrote meanwhile stands', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  await Promise.all([ada.unit.setState(theme, 'dark'), world.settle()]);
  const { version } = bob.unit.readState(theme).meta;
  const refused = rejection('STALE', bob.unit.setState(theme, 'mine', { ifVersion: version }));
  assert.equal(bob.unit.getState(theme), 'mine');
  const write = ada.unit.setState(theme, 'blue');
  await world.settle();
  await Promise.all([refused, write]);
  // Not 'dark', which was there when the refused write was made.
  for (const { unit } of tabs) assert.equal(unit.getState(theme), 'blue');
});

test('a private key and a shared key can not have one name, so neither hides the other', () => {
  const { unit } = openUnit();
  unit.setState(theme, 'dark');
  const hidden = { ...theme.definition, scope: 'private' };
  refusal('DEFINITION_CLASH', () => unit.getState(defineState(hidden)));
  assert.equal(unit.getState('theme'), 'dark');
});

test('what a path listener costs does not grow with the rest of the value', () => {
  const shelf = defineState({ ...global, key: 'shelf', default: {} });
  const { unit } = openUnit();
  const books = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`b${n}`, { title: n }]));
  unit.setState(shelf, { books, note: { text: 'new' } });
  const before = unit.getState(shelf);
  const heard = [];
  unit.subscribeToPath('shelf', 'books', (value) => heard.push(value));
  unit.update(shelf, (draft) => void (draft.note.text = 'old'));
  // The same object: one comparison tells that nothing in it changed.
  assert.equal(unit.getState(shelf).books, before.books);
  assert.deepEqual(heard, []);
});
