// Changes of leadership: closed, crashed and frozen leaders, and what becomes of the writes.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import { sharedDigests, test } from './harness.js';
import { Random } from './random.js';

const cart = defineState({ key: 'cart', scope: 'apartment', default: [] });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });

const shared = (tab) => sharedDigests(tab.manager);
const leaderOf = (tabs) => tabs.filter(({ manager }) => manager.tabs.isLeader());

async function openSettled(t, count, options = {}) {
  const world = openTabs(t, options);
  const tabs = Array.from({ length: count }, () => world.open());
  await world.settle();
  return { world, tabs };
}

test('when the leader closes, another takes over with the whole state', async (t) => {
  const { world, tabs: [first, second, third] } = await openSettled(t, 3);
  first.unit.setState(cart, ['tea']);
  third.unit.setState(theme, 'dark');
  await world.settle();
  const before = second.unit.readState(cart).meta.version;
  const { leaderEpoch } = first.manager.tabs;
  await first.manager.close();
  await world.settle();
  assert.equal(leaderOf([second, third]).length, 1);
  assert.ok(second.manager.tabs.leaderEpoch > leaderEpoch);
  assert.deepEqual(second.unit.getState(cart), ['tea']);
  assert.equal(third.unit.getState(theme), 'dark');
  const receipt = third.unit.setState(cart, ['milk']);
  await world.settle();
  const { version } = await receipt;
  assert.equal(version.epoch, before.epoch, 'everybody answered, so the log goes on');
  assert.ok(version.index > before.index);
  assertAgree([second, third], shared);
});

test('writes that wait while the leader crashes are decided by the next one, once', async (t) => {
  const { world, tabs: [first, second, third] } = await openSettled(t, 3);
  second.unit.setState(cart, ['seen by nobody but us']);
  first.crash();
  const waiting = [
    second.unit.setState(theme, 'dark'),
    third.unit.setState(cart, ['third']),
  ];
  await world.settle();
  for (const receipt of await Promise.all(waiting)) assert.equal(receipt.applied, 'acked');
  assert.equal(leaderOf([second, third]).length, 1);
  assert.equal(third.unit.getState(theme), 'dark');
  assertAgree([second, third], shared);
  const rows = second.manager.createSnapshot().entries;
  assert.deepEqual(rows.map(({ key }) => key).sort(), ['cart', 'theme']);
});

test('a record that the crashed leader told one tab only is not lost', async (t) => {
  const world = openTabs(t);
  const [first, second, third] = [world.open(), world.open(), world.open()];
  await world.settle();
  third.freeze();
  first.unit.setState(cart, ['told to the second']);
  await world.settle();
  first.crash();
  third.thaw();
  await world.settle();
  assert.deepEqual(second.unit.getState(cart), ['told to the second']);
  assert.deepEqual(third.unit.getState(cart), ['told to the second']);
  assertAgree([second, third], shared);
});

test('the tab that is furthest is believed, whoever gets the lock', async (t) => {
  const { world, tabs: [first, second, third] } = await openSettled(t, 3);
  // The second gets the lock next, but only the third hears the last writes.
  second.freeze();
  for (const items of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
    first.unit.setState(cart, items);
    await world.settle();
  }
  first.crash();
  second.thaw();
  await world.settle();
  assert.deepEqual(leaderOf([second, third]), [second]);
  assert.deepEqual(second.unit.getState(cart), ['a', 'b', 'c']);
  assertAgree([second, third], shared);
});

test('a tab that does not answer costs a new epoch, and agrees when it wakes', async (t) => {
  const { world, tabs: [first, second, third] } = await openSettled(t, 3);
  first.unit.setState(cart, ['tea']);
  await world.settle();
  const { epoch } = second.unit.readState(cart).meta.version;
  third.freeze();
  first.crash();
  await world.advance(400);
  assert.deepEqual(leaderOf([second]), [second]);
  const written = second.unit.setState(cart, ['milk']);
  await world.settle();
  assert.notEqual((await written).version.epoch, epoch);
  third.thaw();
  await world.advance(1500);
  assert.deepEqual(third.unit.getState(cart), ['milk']);
  assertAgree([second, third], shared);
});

test('a frozen leader loses its lock after a while, and follows when it wakes', async (t) => {
  const { world, tabs: [first, second] } = await openSettled(t, 2);
  first.unit.setState(cart, ['tea']);
  await world.settle();
  first.freeze();
  const waiting = second.unit.setState(cart, ['milk']);
  await world.advance(20_000);
  assert.equal((await waiting).applied, 'acked');
  assert.equal(second.manager.tabs.isLeader(), true);
  first.thaw();
  await world.advance(3000);
  assert.deepEqual(leaderOf([first, second]), [second]);
  assert.deepEqual(first.unit.getState(cart), ['milk']);
  const again = first.unit.setState(cart, ['rice']);
  await world.settle();
  assert.equal((await again).applied, 'acked');
  assertAgree([first, second], shared);
});

test('what a frozen leader decided for itself is not lost when it wakes', async (t) => {
  const { world, tabs: [first, second] } = await openSettled(t, 2);
  const mine = defineState({ key: 'mine', scope: 'apartment', default: 0 });
  first.unit.setState(mine, 1);
  await world.settle();
  first.unit.setState(mine, 2);
  // Frozen before the end of its task: nobody was told.
  first.freeze();
  const waiting = second.unit.setState(cart, ['milk']);
  await world.advance(20_000);
  await waiting;
  assert.equal(second.unit.getState(mine), 1);
  first.thaw();
  await world.advance(3000);
  assert.equal(first.unit.getState(mine), 2);
  assert.equal(second.unit.getState(mine), 2);
  assert.deepEqual(first.unit.getState(cart), ['milk']);
  assertAgree([first, second], shared);
});

test('thirty crashed leaders in a row: every write of a living tab is there, once', async (t) => {
  const world = openTabs(t, { seed: 30 });
  const random = new Random(30);
  let tabs = [world.open(), world.open(), world.open()];
  const written = new Map();
  for (let round = 0; round < 30; round++) {
    for (const tab of tabs) {
      const key = `tab ${tab.id} round ${round}`;
      const state = defineState({ key, scope: 'apartment', default: 0 });
      written.set(key, tab);
      tab.unit.setState(state, round + 1).catch(() => {});
      for (let steps = random.below(3); steps > 0; steps--) await world.step();
    }
    const [leader] = leaderOf(tabs);
    if (leader !== undefined) {
      leader.crash();
      tabs = tabs.filter((tab) => tab !== leader);
      tabs.push(world.open());
    }
    if (random.below(3) === 0) await world.advance(50);
  }
  await world.advance(3000);
  assert.equal(leaderOf(tabs).length, 1);
  assertAgree(tabs, shared);
  const { entries } = tabs[0].manager.createSnapshot();
  const keys = new Set(entries.map(({ key }) => key));
  assert.equal(keys.size, entries.length);
  for (const [key, tab] of written) {
    if (tabs.includes(tab)) assert.ok(keys.has(key), `${key} of a living tab is lost`);
  }
  const versions = entries.map(({ version }) => version.index);
  assert.equal(new Set(versions).size, versions.length);
});

test('a tab that opens while the lead changes has the whole state in the end', async (t) => {
  const { world, tabs: [first, second] } = await openSettled(t, 2);
  first.unit.setState(cart, ['tea']);
  await world.settle();
  void first.manager.close();
  const third = world.open();
  third.unit.setState(theme, 'dark');
  await world.settle();
  assert.deepEqual(third.unit.getState(cart), ['tea']);
  assert.equal(second.unit.getState(theme), 'dark');
  assertAgree([second, third], shared);
});

test('subscribers of the tabs hear of each change of leader and peers', async (t) => {
  const { world, tabs: [first, second, third] } = await openSettled(t, 3);
  const seen = [];
  const stop = third.manager.tabs.subscribe(() => {
    const { role, leader, leaderEpoch } = third.manager.tabs;
    seen.push({ role, leader, leaderEpoch, peers: third.manager.tabs.peers().length });
  });
  await first.manager.close();
  await world.settle();
  const { id: leader, leaderEpoch } = second.manager.tabs;
  const last = { role: 'follower', leader, leaderEpoch, peers: 1 };
  assert.deepEqual(seen.at(-1), last);
  stop();
  const heard = seen.length;
  await second.manager.close();
  await world.settle();
  assert.equal(seen.length, heard);
  assert.equal(third.manager.tabs.isLeader(), true);
});

test('an event of another tab whose name hears all is ignored', async (t) => {
  const { world, tabs: [first, second] } = await openSettled(t, 2);
  const heard = [];
  second.unit.on('*', (data) => heard.push(data));
  const { ByteWriter } = await import('../../dist/js/src/bytes.js');
  for (const name of ['*', 'opened']) {
    const out = new ByteWriter();
    out.raw(first.page.store.sessionBytes);
    out.u8(2);
    for (const text of ['main', 'main', 'cart', name, '{"id":1}']) out.text(text);
    first.page.store.beginTask();
    first.page.store.bridge.emit(out);
  }
  await world.settle();
  assert.deepEqual(heard, [{ id: 1 }]);
  assert.deepEqual(second.errors, []);
  first.unit.setState(cart, ['tea']);
  await world.settle();
  assert.deepEqual(second.unit.getState(cart), ['tea']);
});
