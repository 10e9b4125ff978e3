// The versions of a key that a tab remembers, and reading at one of them.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from './fake-tabs.js';
import { openUnit, refusal, test } from './harness.js';

const scope = 'apartment';
const history = { limit: 3 };
const cart = defineState({ key: 'cart', scope, default: { items: [] }, history });
const total = defineState({ key: 'total', scope, default: 0, history });
const plain = defineState({ key: 'plain', scope, default: 0 });
const note = defineState({ key: 'note', scope: 'private', default: '', history: { limit: 2 } });
const profile = defineState({
  key: 'profile', scope, default: {}, conflictResolution: 'merge', history,
});

const valuesOf = ({ entries }) => entries.map(({ value }) => value);

test('a history has every confirmed version with who wrote it and when', async () => {
  const { manager, unit } = openUnit('cart', { clock: () => 1_700_000_000_000 });
  assert.deepEqual(unit.history(cart), { entries: [], isWhole: true });
  const { opId, version } = await unit.setState(cart, { items: ['tea'] });
  await unit.unsetState(cart);
  const { entries, isWhole } = unit.history(cart);
  assert.deepEqual(entries[0], {
    key: 'cart',
    value: { items: ['tea'] },
    version,
    timestamp: 1_700_000_000_000,
    unitId: 'cart',
    scope: 'apartment',
    space: 'device/apartment:main',
    opId,
  });
  assert.equal(entries[1].value, undefined);
  assert.deepEqual([entries.length, isWhole], [2, true]);
  assert.deepEqual(manager.history(cart), { entries, isWhole });
});

test('only the last versions are kept, and it says so', () => {
  const { unit } = openUnit();
  for (const n of [1, 2, 3, 4]) unit.setState(total, n);
  assert.deepEqual(valuesOf(unit.history(total)), [2, 3, 4]);
  assert.equal(unit.history(total).isWhole, false);
});

test('texts are those that were written, though nobody listens', () => {
  const { unit } = openUnit();
  unit.setState(note, 'one');
  unit.setState(note, 'two');
  assert.deepEqual(valuesOf(unit.history(note)), ['one', 'two']);
});

test('every tab has the same versions, and pending ones are none', async (t) => {
  const world = openTabs(t);
  const [leader, follower] = [world.open(), world.open()];
  await world.settle();
  for (const { unit } of [leader, follower]) unit.getState(total);
  await world.settle();
  follower.unit.setState(total, 1);
  assert.deepEqual(valuesOf(follower.unit.history(total)), []);
  await world.settle();
  leader.unit.setState(total, 2);
  leader.unit.setState(total, 3);
  await world.settle();
  assert.deepEqual(valuesOf(follower.unit.history(total)), [1, 2, 3]);
  assert.deepEqual(follower.unit.history(total), leader.unit.history(total));
  await leader.manager.close();
  await world.settle();
  assert.deepEqual(valuesOf(follower.unit.history(total)), [1, 2, 3]);
});

test('a tab that comes later begins with what stands', async (t) => {
  const world = openTabs(t);
  const leader = world.open();
  await world.settle();
  leader.unit.setState(total, 1);
  leader.unit.setState(total, 2);
  const late = world.open();
  await world.settle();
  assert.deepEqual(valuesOf(late.unit.history(total)), [2]);
  assert.equal(late.unit.history(total).isWhole, false);
});

test('of a merge each version is the whole value', () => {
  const { unit } = openUnit();
  unit.setState(profile, { name: 'Ada' });
  unit.update(profile, (draft) => { draft.city = 'Bern'; });
  const values = valuesOf(unit.history(profile));
  assert.deepEqual(values, [{ name: 'Ada' }, { name: 'Ada', city: 'Bern' }]);
});

test('a value is read at a version of its own, or of another key of the space', async () => {
  const { manager, unit } = openUnit();
  const first = await unit.setState(total, 1);
  const between = await unit.setState(plain, 7);
  const second = await unit.setState(total, 2);
  const at = ({ version }) => manager.valueAt(total, version);
  assert.deepEqual([at(first), at(between), at(second)], [1, 1, 2]);
  const { epoch } = first.version;
  assert.equal(manager.valueAt(total, { epoch, index: 0 }), 0, 'the default was before');
  await unit.unsetState(total);
  assert.equal(manager.valueAt(total, unit.readState(total).meta.version), 0);
  const { version } = await unit.setState(note, 'mine');
  assert.equal(manager.valueAt(note, version, { unitId: 'cart' }), 'mine');
});

test('what a history does not have is refused', async () => {
  const { manager, unit } = openUnit();
  const first = await unit.setState(total, 1);
  for (const n of [2, 3, 4]) unit.setState(total, n);
  refusal('OUT_OF_RANGE', () => manager.valueAt(total, first.version));
  refusal('STALE', () => manager.valueAt(total, { epoch: '0'.repeat(16), index: 1 }));
  refusal('INVALID_VALUE', () => manager.valueAt(total, { index: 1 }));
  refusal('INVALID_VALUE', () => manager.valueAt(total, null));
  refusal('UNKNOWN_UNIT', () => manager.history(note));
  unit.getState(plain);
  assert.equal(refusal('INVALID_DEFINITION', () => unit.history(plain)).key, 'plain');
});

test('a limit is a whole number that a tab can keep', () => {
  for (const limit of [0, -1, 1.5, 1001, '5', null, undefined]) {
    const bad = { key: 'bad', scope, default: 0, history: { limit } };
    assert.equal(refusal('INVALID_DEFINITION', () => defineState(bad)).key, 'bad');
  }
  for (const wrong of [true, 5, null, 'all']) {
    refusal('INVALID_DEFINITION', () =>
      defineState({ key: 'bad', scope, default: 0, history: wrong }));
  }
  defineState({ key: 'good', scope, default: 0, history: false });
});

test('of two wishes for one key the first stands, and the second is told', () => {
  const { unit, errors } = openUnit();
  unit.setState(total, 1);
  unit.getState(defineState({ ...total.definition, history: { limit: 9 } }));
  assert.deepEqual(errors.map(({ code, key }) => [code, key]), [['OPTIONS_IGNORED', 'total']]);
});
