// Taking back what a unit did, and doing it again.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import {
  openUnit, refusal, rejection, reported, sharedDigests, test,
} from './harness.js';
import { Random } from './random.js';

const scope = 'apartment';
const history = { limit: 10 };
const title = defineState({ key: 'title', scope, default: 'untitled', history });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light', history });
const plain = defineState({ key: 'plain', scope, default: 0 });
const price = defineState({
  key: 'price', scope, default: 0, conflictResolution: 'sum', sum: { digits: 1, min: 0 }, history,
});
const form = defineState({
  key: 'form', scope, default: { name: '', city: '' }, conflictResolution: 'merge', history,
});
const deep = defineState({
  key: 'deep', scope, default: {}, conflictResolution: 'merge', merge: { depth: 'deep' }, history,
});
const seat = defineState({
  key: 'seat', scope, default: null, conflictResolution: 'first_write_wins', history,
});

async function openPair(t) {
  const world = openTabs(t);
  const [leader, follower] = [world.open(), world.open()];
  await world.settle();
  for (const { unit } of [leader, follower]) {
    for (const key of [title, theme, price, form, deep]) unit.getState(key);
  }
  await world.settle();
  return { world, leader, follower };
}

test('a unit goes back step by step, and forth again', async () => {
  const { unit } = openUnit();
  unit.setState(title, 'one');
  unit.setState(title, 'two');
  await unit.undo();
  assert.equal(unit.getState(title), 'one');
  await unit.undo();
  assert.equal(unit.getState(title), 'untitled');
  assert.equal(unit.readState(title).meta.source, 'default');
  assert.equal(unit.undo(), null);
  await unit.redo();
  await unit.redo();
  assert.equal(unit.getState(title), 'two');
  assert.equal(unit.redo(), null);
  await unit.undo();
  const { version } = await unit.setState(title, 'three');
  assert.equal(unit.redo(), null, 'a new write has taken its place');
  assert.equal(unit.history(title).entries.at(-1).version.index, version.index);
});

test('only what the unit did itself, to keys with a history, is taken back', async () => {
  const { manager, unit } = openUnit();
  const other = manager.createUnitStateStore('other');
  unit.setState(title, 'mine');
  other.setState(theme, 'dark');
  unit.setState(plain, 5);
  await unit.undo();
  assert.deepEqual([unit.getState(title), unit.getState(theme)], ['untitled', 'dark']);
  assert.equal(unit.getState(plain), 5);
  assert.equal(unit.undo(), null);
  await other.undo();
  assert.equal(unit.getState(theme), 'light');
});

test('a batch is taken back as one, also over several spaces', async () => {
  const { manager, unit } = openUnit();
  unit.setState(title, 'before');
  unit.batch(() => {
    unit.setState(title, 'after');
    unit.setState(theme, 'dark');
    unit.add(price, 1.5);
  });
  let rounds = 0;
  manager.subscribeAll(() => rounds++);
  await unit.undo();
  assert.equal(rounds, 1);
  const read = () => [title, theme, price].map((key) => unit.getState(key));
  assert.deepEqual(read(), ['before', 'light', 0]);
  await unit.redo();
  assert.deepEqual(read(), ['after', 'dark', 1.5]);
});

test('what another tab wrote over is left alone, and the undo before it is next', async (t) => {
  const { world, leader, follower } = await openPair(t);
  follower.unit.setState(theme, 'dark');
  follower.unit.setState(title, 'mine');
  await world.settle();
  leader.unit.setState(title, 'theirs');
  await world.settle();
  const error = await rejection('CONFLICT', follower.unit.undo());
  assert.equal(error.key, 'title');
  assert.equal(follower.unit.getState(title), 'theirs');
  const undone = follower.unit.undo();
  await world.settle();
  await undone;
  assert.equal(leader.unit.getState(theme), 'light');
});

test('in a batch one value that was written over keeps all of it', async (t) => {
  const { world, leader, follower } = await openPair(t);
  follower.unit.batch(() => {
    follower.unit.setState(title, 'mine');
    follower.unit.setState(theme, 'dark');
  });
  await world.settle();
  leader.unit.setState(theme, 'blue');
  await world.settle();
  const error = await rejection('CONFLICT', follower.unit.undo());
  assert.equal(error.key, 'theme');
  assert.deepEqual(
    [follower.unit.getState(title), follower.unit.getState(theme)],
    ['mine', 'blue'],
  );
});

test('who is faster at the leader decides, and the undo is not shown any more', async (t) => {
  const { world, leader, follower } = await openPair(t);
  follower.unit.setState(title, 'mine');
  await world.settle();
  leader.unit.setState(title, 'theirs');
  const undone = rejection('CONFLICT', follower.unit.undo());
  assert.equal(follower.unit.getState(title), 'untitled');
  await world.settle();
  assert.equal((await undone).key, 'title');
  assert.equal(follower.unit.getState(title), 'theirs');
  assert.equal(follower.unit.redo(), null);
  assertAgree([leader, follower], ({ manager }) => sharedDigests(manager));
});

test('what is not decided yet can be taken back', async (t) => {
  const { world, leader, follower } = await openPair(t);
  follower.unit.setState(title, 'mine');
  const undone = follower.unit.undo();
  const redone = follower.unit.redo();
  const again = follower.unit.undo();
  assert.equal(follower.unit.getState(title), 'untitled');
  await world.settle();
  await Promise.all([undone, redone, again]);
  assert.equal(leader.unit.getState(title), 'untitled');
});

test('another unit of the same tab is somebody else', async () => {
  const { manager, unit } = openUnit();
  const other = manager.createUnitStateStore('other');
  unit.setState(title, 'mine');
  other.setState(title, 'theirs');
  assert.equal((await rejection('CONFLICT', unit.undo())).key, 'title');
  assert.equal(unit.getState(title), 'theirs');
});

test('a sum gets its addition back, whatever others added', async (t) => {
  const { world, leader, follower } = await openPair(t);
  follower.unit.add(price, 0.1);
  follower.unit.add(price, 0.2);
  await world.settle();
  leader.unit.add(price, 5);
  await world.settle();
  follower.unit.undo();
  follower.unit.undo();
  await world.settle();
  assert.equal(leader.unit.getState(price), 5);
  follower.unit.redo();
  await world.settle();
  assert.equal(leader.unit.getState(price), 5.1);
});

test('a sum that others have used up can be taken back later', async (t) => {
  const { world, leader, follower } = await openPair(t);
  follower.unit.add(price, 3);
  await world.settle();
  leader.unit.add(price, -2);
  await world.settle();
  refusal('OUT_OF_RANGE', () => follower.unit.undo());
  leader.unit.add(price, 2);
  await world.settle();
  follower.unit.undo();
  await world.settle();
  assert.equal(leader.unit.getState(price), 0);
});

test('of a merge those fields go back that are as they were left', async (t) => {
  const { world, leader, follower } = await openPair(t);
  follower.unit.setState(form, { name: 'Ada', city: 'Bern', zip: 3000 });
  await world.settle();
  leader.unit.update(form, (draft) => { draft.city = 'Ulm'; });
  await world.settle();
  follower.unit.undo();
  await world.settle();
  assert.deepEqual(leader.unit.getState(form), { name: '', city: 'Ulm' });
  follower.unit.redo();
  await world.settle();
  assert.deepEqual(leader.unit.getState(form), { name: 'Ada', city: 'Ulm', zip: 3000 });
  leader.unit.setState(form, { name: 'Eve', city: 'Rom' });
  await world.settle();
  assert.equal((await rejection('CONFLICT', follower.unit.undo())).key, 'form');
});

test('a deep merge goes back leaf by leaf', async () => {
  const { manager, unit } = openUnit();
  const other = manager.createUnitStateStore('other');
  unit.setState(deep, { to: { city: 'Bern', zip: 1 }, tags: ['a'] });
  unit.update(deep, (draft) => { draft.to.city = 'Ulm'; draft.tags.push('b'); });
  other.update(deep, (draft) => { draft.to.zip = 2; });
  await unit.undo();
  assert.deepEqual(unit.getState(deep), { to: { city: 'Bern', zip: 2 }, tags: ['a'] });
});

test('a merge that nobody touched since is what it was, unset too', async () => {
  const { unit } = openUnit();
  unit.setState(deep, { a: 1 });
  await unit.undo();
  assert.equal(unit.readState(deep).meta.source, 'default');
  await unit.redo();
  unit.unsetState(deep);
  await unit.undo();
  assert.deepEqual(unit.getState(deep), { a: 1 });
});

test('what came first is not taken back', async () => {
  const { unit } = openUnit();
  unit.setState(title, 'one');
  unit.setState(seat, 'Ada');
  assert.equal((await rejection('CONFLICT', unit.undo())).key, 'seat');
  assert.equal(unit.getState(seat), 'Ada');
  await unit.undo();
  assert.equal(unit.getState(title), 'untitled');
});

test('an update is one step once it is committed', async () => {
  const { unit } = openUnit();
  const failed = unit.optimisticUpdate(title, () => 'no', { commit: () => Promise.reject(1) });
  assert.equal(unit.undo(), null);
  await rejection('COMMIT_FAILED', failed);
  await unit.optimisticUpdate(title, () => 'yes', { commit: () => 'answer' });
  assert.equal(unit.getState(title), 'answer');
  await unit.undo();
  assert.equal(unit.getState(title), 'untitled');
});

test('a unit remembers a hundred steps', async () => {
  const { unit } = openUnit();
  for (let n = 1; n <= 105; n++) unit.setState(title, String(n));
  for (let n = 0; n < 100; n++) await unit.undo();
  assert.equal(unit.undo(), null);
  assert.equal(unit.getState(title), '5');
});

test('undoing has its place', async () => {
  const { manager, unit } = openUnit();
  unit.setState(title, 'one');
  refusal('BUSY', () => unit.batch(() => unit.undo()));
  assert.equal(unit.getState(title), 'one');
  unit.dispose();
  refusal('DISPOSED', () => unit.undo());
  const again = manager.createUnitStateStore('cart');
  assert.equal(again.undo(), null, 'what a unit did ends with it');
  await manager.close();
  refusal('DISPOSED', () => again.redo());
});

test('an undo that nobody listens to is reported when it is lost', async () => {
  const { manager, unit, errors } = openUnit();
  unit.setState(title, 'mine');
  manager.createUnitStateStore('other').setState(title, 'theirs');
  void unit.undo();
  await reported(errors, 1);
  assert.deepEqual(errors.map(({ code }) => code), ['CONFLICT']);
});

test('any way back and forth ends where it began', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const { unit } = openUnit();
    const read = () => JSON.stringify([title, theme, price, form].map((key) => unit.getState(key)));
    const before = read();
    const write = [
      () => unit.setState(title, `title ${random.below(3)}`),
      () => unit.setState(theme, `theme ${random.below(3)}`),
      () => unit.unsetState(title),
      () => unit.add(price, random.below(9) / 10),
      () => unit.setState(form, { name: `${random.below(3)}`, [`at${random.below(2)}`]: 1 }),
    ];
    for (let n = 0; n < 20; n++) {
      if (random.below(3) > 0) random.pick(write)();
      else unit.batch(() => { random.pick(write)(); random.pick(write)(); });
    }
    const after = read();
    while (unit.undo() !== null);
    assert.equal(read(), before, `seed ${seed}`);
    while (unit.redo() !== null);
    assert.equal(read(), after, `seed ${seed}`);
  }
});
