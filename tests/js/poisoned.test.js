// A core that stopped itself: nothing is asked of it any more, everybody is told, nobody waits.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from './fake-tabs.js';
import { forget, openManager, openUnit, pageOf, refusal, rejection, test } from './harness.js';

const cart = defineState({ key: 'cart', scope: 'apartment', default: [] });
const count = defineState({ key: 'count', scope: 'private', default: 0 });
const note = defineState({ key: 'note', scope: 'private', default: {} });

/** Breaks an invariant: a value whose text never came is to be encoded. */
function stop(manager) {
  const { bridge, cells } = pageOf(manager).store;
  const cell = cells.find((candidate) => candidate?.isDeferred);
  return refusal('POISONED', () => bridge.digest(cell.space.id));
}

function openStopped() {
  const opened = openUnit();
  const { manager, unit } = opened;
  unit.setState(count, 1);
  unit.setState(cart, ['tea']);
  stop(manager);
  forget(manager);
  return opened;
}

test('after a trap every write and every question to the core is refused by POISONED', async () => {
  const { manager, unit } = openStopped();
  const calls = [
    () => unit.setState(count, 2),
    () => unit.setState(cart, []),
    () => unit.unsetState(cart),
    () => unit.update(cart, (draft) => void draft.push(1)),
    () => unit.batch(() => unit.setState(count, 5)),
    () => unit.getState(defineState({ key: 'new', scope: 'global', default: 0 })),
    () => manager.createSnapshot(),
    () => manager.createSnapshotBytes(),
    () => unit.createSnapshot(),
    () => manager.createUnitStateStore('header'),
    () => manager.registerSharedState({ key: 'newer', scope: 'global', default: 0 }),
  ];
  for (const call of calls) {
    const error = refusal('POISONED', call);
    assert.ok(error.cause instanceof Error);
  }
  await rejection('POISONED', manager.batchUpdate([{ key: count, value: 1 }], 'cart'));
  await rejection('POISONED', manager.transaction('cart', (tx) => tx.setState(count, 1)));
  await rejection('POISONED', manager.restoreFromSnapshot(new Uint8Array(30)));
  await manager.close();
});

test('what was read before can still be read, and a refused write changes none of it', async () => {
  const { manager, unit } = openStopped();
  const heard = [];
  unit.subscribe(count, (value) => heard.push(value));
  refusal('POISONED', () => unit.setState(count, 2));
  assert.equal(unit.getState(count), 1);
  assert.deepEqual(unit.getState(cart), ['tea']);
  assert.deepEqual(heard, []);
  await manager.close();
});

test('the stop is reported once, with what the engine said', async () => {
  const { manager, errors, unit } = openStopped();
  refusal('POISONED', () => unit.setState(count, 2));
  await new Promise(setImmediate);
  assert.deepEqual(errors.map(({ code }) => code), ['POISONED']);
  assert.ok(errors[0].cause instanceof Error);
  await manager.close();
});

test('a stopped manager and its units can be closed and disposed', async () => {
  const { manager, unit } = openStopped();
  unit.dispose();
  assert.equal(unit.disposed, true);
  await manager.close();
  assert.equal(manager.closed, true);
});

test('another manager is not touched by a neighbour that stopped', async () => {
  const { manager } = openStopped();
  const { unit } = openUnit();
  unit.setState(cart, ['milk']);
  assert.deepEqual(unit.getState(cart), ['milk']);
  await manager.close();
});

test('a trap in the middle of a write is told to the writer, who keeps the old value', async () => {
  // With a journal every write is checked as a record, and a record holds no NaN.
  const manager = openManager({ onError: () => {} }, { keepsJournal: true });
  const unit = manager.createUnitStateStore('cart');
  unit.setState(count, 1);
  const { bridge, cells } = pageOf(manager).store;
  refusal('POISONED', () => bridge.setNumber(cells[0].slot, 0, NaN));
  refusal('POISONED', () => unit.setState(count, 3));
  assert.equal(unit.getState(count), 1);
  forget(manager);
  await manager.close();
});

test('a tab whose core stopped gives the lead away and rejects what waits', async (t) => {
  const world = openTabs(t);
  const [first, second, third] = [world.open(), world.open(), world.open()];
  await world.settle();
  first.unit.setState(cart, ['tea']);
  await world.settle();
  for (const a of [1, 2]) first.unit.setState(note, { a });
  stop(first.manager);
  forget(first.manager);
  await world.settle();
  assert.deepEqual(first.errors.map(({ code }) => code), ['POISONED']);
  assert.equal([second, third].filter((tab) => tab.manager.tabs.isLeader()).length, 1);
  second.unit.setState(cart, ['milk']);
  await world.settle();
  assert.deepEqual(third.unit.getState(cart), ['milk']);
  assert.deepEqual(first.unit.getState(cart), ['tea']);
  await first.manager.close();
});

test('a follower whose core stopped rejects its waiting writes', async (t) => {
  const world = openTabs(t);
  const [, second] = [world.open(), world.open()];
  await world.settle();
  const waiting = second.unit.setState(cart, ['tea']);
  // The second write of a private value is quick, and its text is left for later.
  for (const a of [1, 2]) second.unit.setState(note, { a });
  stop(second.manager);
  forget(second.manager);
  await rejection('POISONED', waiting);
  await world.settle();
  await second.manager.close();
});

test('who waits for a tab to be ready hears that its core stopped', async (t) => {
  const world = openTabs(t);
  const { manager, unit } = world.open();
  const { ready } = manager;
  for (const a of [1, 2]) unit.setState(note, { a });
  stop(manager);
  forget(manager);
  await rejection('POISONED', ready);
  await manager.close();
  await rejection('POISONED', manager.ready);
});

test('a trap while a frame is read is reported, and thrown at nobody', async (t) => {
  const world = openTabs(t);
  const first = world.open();
  await world.settle();
  // The glue forgets its part: a shared value goes to the others before its text came.
  first.page.store.fillDeferred = () => {};
  for (const items of [['tea'], ['milk']]) first.unit.setState(cart, items);
  forget(first.manager);
  const second = world.open();
  await world.settle();
  assert.deepEqual(first.errors.map(({ code }) => code), ['POISONED']);
  refusal('POISONED', () => first.unit.setState(cart, []));
  assert.equal(second.manager.tabs.isLeader(), true);
  await first.manager.close();
});
