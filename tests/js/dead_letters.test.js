// Writes that were refused while nobody listened, and how many still wait.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from './fake-tabs.js';
import { openUnit, rejection, reported, test } from './harness.js';

const scope = 'apartment';
const seat = defineState({
  key: 'seat', scope, default: null, conflictResolution: 'first_write_wins',
});
const stock = defineState({
  key: 'stock', scope, default: 2, conflictResolution: 'sum', sum: { digits: 1, min: 0 },
});
const profile = defineState({ key: 'profile', scope, default: {}, conflictResolution: 'merge' });
const total = defineState({ key: 'total', scope, default: 0 });

async function openPair(t) {
  const world = openTabs(t);
  const [leader, follower] = [world.open(), world.open()];
  await world.settle();
  for (const { unit } of [leader, follower]) {
    for (const key of [seat, stock, profile, total]) unit.getState(key);
  }
  await world.settle();
  return { world, leader, follower, letters: follower.manager.deadLetters };
}

const writesOf = (letters) => letters.list().map(({ writes }) => writes);

/** Until who listens late would have begun to. */
async function unheard(t, world) {
  await world.settle();
  await world.advance(10);
}

test('a refused write that nobody listened to is kept with what it said', async (t) => {
  const { world, leader, follower, letters } = await openPair(t);
  const told = [];
  letters.subscribe((list) => told.push(list));
  leader.unit.setState(seat, 'Ada');
  follower.unit.setState(seat, { name: 'Bob' });
  await unheard(t, world);
  const [letter] = letters.list();
  assert.deepEqual(letter.writes, [{ key: 'seat', kind: 'set', value: { name: 'Bob' } }]);
  assert.equal(letter.error.code, 'CONFLICT');
  assert.equal(letter.error.key, 'seat');
  assert.equal(letter.unitId, 'cart');
  assert.ok(letter.opId.startsWith(`${follower.manager.tabs.id}/device/apartment:main#`));
  assert.ok(letter.refusedAt >= 1_700_000_000_000);
  assert.deepEqual(follower.errors, [letter.error]);
  assert.deepEqual(told, [letters.list()]);
  letters.discard(letter);
  letters.discard(letter);
  assert.deepEqual([letters.list(), told.length], [[], 2]);
});

test('whoever listens gets the refusal, and no letter is kept', async (t) => {
  const { world, leader, follower, letters } = await openPair(t);
  leader.unit.setState(seat, 'Ada');
  const refused = rejection('CONFLICT', follower.unit.setState(seat, 'Bob'));
  await unheard(t, world);
  assert.equal((await refused).key, 'seat');
  assert.deepEqual(letters.list(), []);
});

test('a letter says what was added, which fields were written, and what was unset', async (t) => {
  const { world, leader, follower, letters } = await openPair(t);
  leader.unit.setState(profile, { name: 'Ada', city: 'Bern' });
  leader.unit.setState(seat, 'Ada');
  await world.settle();
  leader.unit.add(stock, -2);
  leader.unit.unsetState(profile);
  leader.unit.unsetState(seat);
  follower.unit.batch(() => {
    follower.unit.add(stock, -0.5);
    follower.unit.setState(total, 7);
  });
  follower.unit.update(profile, (draft) => { draft.city = 'Ulm'; });
  follower.unit.unsetState(seat);
  await unheard(t, world);
  assert.deepEqual(writesOf(letters), [
    [{ key: 'stock', kind: 'add', value: -0.5 }, { key: 'total', kind: 'set', value: 7 }],
    [{ key: 'profile', kind: 'fields', value: { city: 'Ulm' } }],
    [{ key: 'seat', kind: 'unset', value: undefined }],
  ]);
});

test('where this tab decides, it is the same', async (t) => {
  const { manager, unit, errors } = openUnit();
  unit.setState(seat, 'Ada');
  unit.setState(seat, 'Bob');
  unit.setState(total, 1, { ifVersion: { epoch: 'another', index: 1 } });
  unit.optimisticUpdate(total, () => 9, { commit: () => Promise.reject(new Error('no')) });
  await reported(errors, 3);
  assert.deepEqual(errors.map(({ code }) => code).sort(), ['COMMIT_FAILED', 'CONFLICT', 'STALE']);
  assert.deepEqual(writesOf(manager.deadLetters).flat().map(({ value }) => value).sort(), [
    1, 9, 'Bob',
  ]);
  assert.deepEqual(manager.deadLetters.list().map(({ opId }) => opId), [null, null, null]);
});

test('a hundred letters are kept, and a listener that throws harms nobody', async () => {
  const { manager, unit, errors } = openUnit();
  manager.deadLetters.subscribe(() => { throw new Error('no'); });
  unit.setState(seat, 'Ada');
  for (let n = 0; n < 105; n++) unit.setState(seat, n);
  await reported(errors, 210);
  const values = writesOf(manager.deadLetters).map(([{ value }]) => value);
  assert.deepEqual([values.length, values[0], values.at(-1)], [100, 5, 104]);
  assert.equal(errors.filter(({ code }) => code === 'LISTENER_FAILED').length, 105);
});

test('own writes that wait are counted, held ones too, with how long', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const { manager, unit } = follower;
  assert.deepEqual(manager.pending(), { count: 0, oldestMillis: null });
  let answer;
  unit.optimisticUpdate(total, () => 1, { commit: () => new Promise((done) => (answer = done)) });
  await world.advance(50);
  leader.freeze();
  unit.setState(profile, { name: 'Ada' });
  assert.deepEqual(manager.pending(), { count: 2, oldestMillis: 50 });
  leader.thaw();
  await world.settle();
  assert.deepEqual(manager.pending(), { count: 1, oldestMillis: 50 });
  answer();
  await world.settle();
  assert.deepEqual(manager.pending(), { count: 0, oldestMillis: null });
});
