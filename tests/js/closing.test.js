// Closing: everything is refused by CLOSED, waiting writes are told, and what was held is free.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openManager, openUnit, refusal, rejection, test } from './harness.js';
import { openTabs } from './fake-tabs.js';

const cart = defineState({ key: 'cart', scope: 'apartment', default: [] });
const draft = defineState({ key: 'draft', scope: 'private', default: '' });

test('a closed manager refuses every call by CLOSED', async () => {
  const { manager, unit } = openUnit();
  unit.setState(cart, ['tea']);
  const snapshot = manager.createSnapshot();
  await manager.close();
  assert.equal(manager.closed, true);
  const calls = [
    () => manager.createUnitStateStore('x'),
    () => manager.registerSharedState(cart.definition),
    () => manager.getState(cart, 'cart'),
    () => manager.setState(cart, [], 'cart'),
    () => manager.subscribe(cart, () => {}),
    () => manager.subscribeAll(() => {}),
    () => manager.createSnapshot(),
    () => manager.createSnapshotBytes(),
  ];
  for (const call of calls) refusal('CLOSED', call);
  await rejection('CLOSED', manager.batchUpdate([], 'cart'));
  await rejection('CLOSED', manager.transaction('cart', () => {}));
  await rejection('CLOSED', manager.restoreFromSnapshot(snapshot));
});

test('closing twice is closing once', async () => {
  const manager = openManager();
  await manager.close();
  await manager.close();
  assert.equal(manager.closed, true);
});

test('units end with their manager', async () => {
  const { manager, unit } = openUnit();
  const heard = [];
  unit.subscribe(cart, () => heard.push(1));
  unit.setState(draft, 'x');
  await manager.close();
  assert.equal(unit.disposed, true);
  refusal('DISPOSED', () => unit.setState(cart, []));
  refusal('DISPOSED', () => unit.emit('opened'));
  assert.deepEqual(heard, []);
});

test('the view of the tabs can still be read after the end', async () => {
  const { manager } = openUnit();
  await manager.close();
  assert.equal(typeof manager.tabs.id, 'string');
  assert.equal(manager.tabs.isLeader(), false);
  assert.deepEqual(manager.tabs.peers(), []);
});

test('a write that nobody decided yet rejects when the manager closes', async (t) => {
  const world = openTabs(t);
  const tab = world.open();
  // The lock has not been answered yet, so this write waits.
  const waiting = tab.unit.setState(cart, ['tea']);
  assert.deepEqual(tab.unit.getState(cart), ['tea']);
  await tab.manager.close();
  await rejection('CLOSED', waiting);
  await rejection('CLOSED', Promise.all([waiting]));
});

test('a manager that is closed before it was ready says so to whoever waits', async (t) => {
  const world = openTabs(t);
  const [early, unasked] = [world.open(), world.open()];
  const ready = early.manager.ready;
  await early.manager.close();
  await unasked.manager.close();
  await rejection('CLOSED', ready);
  await rejection('CLOSED', early.manager.ready);
  assert.deepEqual(unasked.errors, []);
});

test('a manager that was ready stays so when it is closed', async (t) => {
  const world = openTabs(t);
  const tab = world.open();
  await world.settle();
  await tab.manager.close();
  assert.equal(await tab.manager.ready, undefined);
});

test('closing a leader gives its locks back and tells the others', async (t) => {
  const world = openTabs(t);
  const [first, second] = [world.open(), world.open()];
  await world.settle();
  assert.equal(first.manager.tabs.isLeader(), true);
  await first.manager.close();
  await world.settle();
  assert.equal(second.manager.tabs.isLeader(), true);
  assert.deepEqual(second.manager.tabs.peers(), []);
  assert.deepEqual(world.locks.heldBy(first), []);
});

test('a closed tab hears, sends and schedules nothing more', async (t) => {
  const world = openTabs(t);
  const [first, second] = [world.open(), world.open()];
  await world.settle();
  second.unit.setState(cart, [1]);
  await second.manager.close();
  await world.settle();
  const sent = second.sent.length;
  first.unit.setState(cart, [2]);
  await world.advance(5000);
  assert.equal(second.sent.length, sent);
  assert.equal(world.channel.isOpen(second), false);
});

test('what a tab wrote just before it closed reaches the others', async (t) => {
  const world = openTabs(t);
  const [first, second] = [world.open(), world.open()];
  await world.settle();
  second.unit.setState(cart, ['last words']);
  void second.manager.close();
  await world.settle();
  assert.deepEqual(first.unit.getState(cart), ['last words']);
});
