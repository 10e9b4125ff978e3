// The outbox among tabs: who sees what waits, and who may take it back.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from './fake-tabs.js';
import { refusal, rejection, test } from './harness.js';

const note = defineState({ key: 'note', scope: 'apartment', default: '' });
const likes = defineState({
  key: 'likes', scope: 'apartment', default: 0, conflictResolution: 'sum',
});

/** There is nobody behind it. */
class NoSocket {
  bufferedAmount = 0;
  constructor() {
    queueMicrotask(() => this.onclose({ code: 1006 }));
  }
  close() {}
}

async function openTwo(t, options = {}) {
  const world = openTabs(t);
  const tabs = [world.open(options), world.open(options)];
  await world.settle();
  for (const { unit } of tabs) for (const key of [note, likes]) unit.getState(key);
  await world.settle();
  return { world, leader: tabs[0], follower: tabs[1] };
}

const offline = { remote: { url: 'ws://127.0.0.1:1', WebSocket: NoSocket } };
const listOf = ({ manager }) =>
  manager.outbox.list().map(({ keys, author, waitsFor }) => [keys.join(), author, waitsFor]);

test('all tabs see what waits for the server, and who wrote it', async (t) => {
  t.mock.method(globalThis, 'fetch', () => Promise.reject(new TypeError('refused')));
  const { world, leader, follower } = await openTwo(t, offline);
  follower.unit.setState(note, 'mine').catch(() => {});
  await world.settle();

  assert.deepEqual(listOf(follower), [['note', 'this-tab', 'server']]);
  assert.deepEqual(listOf(leader), [['note', 'other-tab', 'server']]);
  const { problem } = leader.manager.connection;
  assert.ok(problem !== null);
  assert.equal(follower.manager.connection.problem, problem);
  const [{ opId }] = follower.manager.outbox.list();
  refusal('FORBIDDEN', () => leader.manager.outbox.discard(opId));
});

test('what its author discards goes from all tabs, whoever sends it later', async (t) => {
  t.mock.method(globalThis, 'fetch', () => Promise.reject(new TypeError('refused')));
  const { world, leader, follower } = await openTwo(t, offline);
  follower.unit.add(likes, 1).catch(() => {});
  follower.unit.setState(note, 'unwanted').catch(() => {});
  follower.unit.add(likes, 10).catch(() => {});
  await world.settle();
  assert.equal(leader.unit.getState(note), 'unwanted');

  follower.manager.outbox.discard(follower.manager.outbox.list()[1].opId);
  await world.settle();

  for (const tab of [leader, follower]) {
    assert.equal(tab.unit.getState(note), '');
    assert.equal(tab.unit.getState(likes), 11);
    assert.equal(tab.manager.outbox.size(), 2);
  }
});

test('what a tab that is gone wrote may be discarded by another', async (t) => {
  t.mock.method(globalThis, 'fetch', () => Promise.reject(new TypeError('refused')));
  const { world, leader, follower } = await openTwo(t, offline);
  const third = world.open(offline);
  await world.settle();
  follower.unit.setState(note, 'orphan').catch(() => {});
  await world.settle();
  await follower.manager.close();
  await world.settle();
  assert.deepEqual(listOf(leader), [['note', 'gone', 'server']]);

  third.unit.getState(note);
  leader.manager.outbox.discard(leader.manager.outbox.list()[0].opId);
  await world.settle();

  assert.equal(third.unit.getState(note), '');
  assert.deepEqual([listOf(leader), listOf(third)], [[], []]);
});

test('a retry of a tab without a connection is one of the tab that has it', async (t) => {
  let fetches = 0;
  t.mock.method(globalThis, 'fetch', async () => {
    fetches++;
    throw new TypeError('refused');
  });
  t.mock.method(Math, 'random', () => 1);
  const { world, follower } = await openTwo(t, {
    remote: { url: 'ws://127.0.0.1:1', WebSocket: false, backoff: { baseMillis: 30_000 } },
  });
  follower.unit.setState(note, 'waits').catch(() => {});
  await world.settle();
  const before = fetches;

  follower.manager.outbox.retry();
  await world.settle();

  assert.equal(fetches, before + 1);
});

test('what waits for the tab that decides is there, and is discarded in time or not', async (t) => {
  const { world, leader, follower } = await openTwo(t);
  const kept = follower.unit.setState(note, 'kept');
  const unwanted = rejection('DISCARDED', follower.unit.setState(note, 'unwanted'));
  const { outbox } = follower.manager;
  assert.deepEqual(listOf(follower), [
    ['note', 'this-tab', 'tab'], ['note', 'this-tab', 'tab'],
  ]);
  const gone = outbox.discard(outbox.list()[1].opId);
  assert.equal(follower.unit.getState(note), 'kept');
  await world.settle();
  await Promise.all([kept, unwanted, gone]);
  assert.equal(leader.unit.getState(note), 'kept');

  const late = follower.unit.setState(note, 'late');
  await new Promise(setImmediate); // It leaves,
  const [{ opId }] = outbox.list();
  const refused = rejection('CONFLICT', outbox.discard(opId)); // and is on its way.
  await world.settle();
  await refused;
  assert.equal((await late).applied, 'acked');
  assert.equal(leader.unit.getState(note), 'late');
  assert.equal(follower.unit.getState(note), 'late');
});

test('a page that decides for itself has nothing waiting', async (t) => {
  const { leader } = await openTwo(t);
  await leader.unit.setState(note, 'done');
  assert.deepEqual(leader.manager.outbox.list(), []);
});
