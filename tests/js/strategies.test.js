// Each strategy as an application sees it: alone in its tab, and beside others.
import assert from 'node:assert/strict';
import { DanjiError, defineState, retryOnConflict } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import { openUnit, sharedDigests, test } from './harness.js';

const shared = (tab) => sharedDigests(tab.manager);
const global = { scope: 'global' };
const seat = defineState({
  ...global, key: 'seat', default: '', conflictResolution: 'first_write_wins',
});
const profile = defineState({
  ...global, key: 'profile', default: {}, conflictResolution: 'merge',
});
const likes = defineState({ ...global, key: 'likes', default: 0, conflictResolution: 'sum' });
const total = defineState({
  ...global, key: 'total', default: 10, conflictResolution: 'sum', sum: { digits: 2, min: 0, max: 20 },
});
const note = defineState({
  ...global, key: 'note', default: '', conflictResolution: 'user_resolve',
});
const price = defineState({ ...global, key: 'price', default: 0, conflictResolution: 'highest' });
const highest = {
  resolve: (current, incoming) => (incoming.value > current.value ? incoming : current),
};

const refused = (code) => (error) => error instanceof DanjiError && error.code === code;

/** Two tabs that write while neither has heard of the other's write. */
async function openPair(t, prepare = () => {}) {
  const world = openTabs(t);
  const tabs = [world.open(), world.open()];
  for (const tab of tabs) prepare(tab);
  await world.settle();
  return { world, ada: tabs[0], bob: tabs[1], tabs };
}

test('first_write_wins: the first stands and the second is told', async () => {
  const { unit } = openUnit();
  await unit.setState(seat, 'Ada');
  await assert.rejects(unit.setState(seat, 'Bob'), refused('CONFLICT'));
  assert.equal(unit.getState(seat), 'Ada');
  await unit.unsetState(seat);
  await unit.setState(seat, 'Bob');
  assert.equal(unit.getState(seat), 'Bob');
});

test('first_write_wins: of two tabs one gets the seat, and both see whose it is', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  const answers = [ada.unit.setState(seat, 'Ada'), bob.unit.setState(seat, 'Bob')];
  const settled = Promise.allSettled(answers);
  await world.settle();
  const states = (await settled).map(({ status }) => status).sort();
  assert.deepEqual(states, ['fulfilled', 'rejected']);
  assert.equal(ada.unit.getState(seat), bob.unit.getState(seat));
  assertAgree(tabs, shared);
});

test('merge: two tabs that change different fields both keep their change', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  await Promise.all([ada.unit.setState(profile, { name: 'Ada', city: 'Bern' }), world.settle()]);
  ada.unit.setState(profile, (now) => ({ ...now, city: 'Basel' }));
  bob.unit.update(profile, (draft) => {
    draft.name = 'Bob';
  });
  await world.settle();
  assert.deepEqual(ada.unit.getState(profile), { city: 'Basel', name: 'Bob' });
  assertAgree(tabs, shared);
});

test('merge: the first writes of two tabs both keep their change of the default', async (t) => {
  const address = defineState({
    ...global, key: 'address', default: { name: '', city: '' }, conflictResolution: 'merge',
  });
  const { world, ada, bob, tabs } = await openPair(t);
  ada.unit.setState(address, { name: 'Ada', city: '' });
  bob.unit.setState(address, { name: '', city: 'Bern' });
  await world.settle();
  for (const { unit } of tabs) assert.deepEqual(unit.getState(address), { name: 'Ada', city: 'Bern' });
  assertAgree(tabs, shared);
});

test('merge: a value keeps its reference when it was set to what it is', async () => {
  const { unit } = openUnit();
  const value = { name: 'Ada', city: 'Bern' };
  await unit.setState(profile, value);
  const first = unit.getState(profile);
  await unit.setState(profile, { name: 'Ada', city: 'Bern' });
  assert.deepEqual(unit.getState(profile), first);
  assert.deepEqual(unit.createSnapshot().entries[0].value, value);
});

test('sum: two tabs that count up by one count up by two', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  ada.unit.setState(likes, (n) => n + 1);
  bob.unit.setState(likes, (n) => n + 1);
  bob.unit.add(likes, 5);
  await world.settle();
  assert.equal(ada.unit.getState(likes), 7);
  assertAgree(tabs, shared);
});

test('sum: it starts at its default, is exact and keeps its bounds', async () => {
  const { unit } = openUnit();
  for (let i = 0; i < 3; i++) await unit.add(total, 0.1);
  assert.equal(unit.getState(total), 10.3);
  assert.throws(() => unit.setState(total, 20.01), refused('OUT_OF_RANGE'));
  assert.throws(() => unit.add(total, -11), refused('OUT_OF_RANGE'));
  assert.throws(() => unit.add(total, 0.001), refused('INVALID_VALUE'));
  assert.throws(() => unit.setState(total, 'many'), refused('INVALID_VALUE'));
  assert.throws(() => unit.add(profile, 1), refused('INVALID_VALUE'));
  assert.equal(unit.getState(total), 10.3);
  await unit.unsetState(total);
  assert.equal(unit.getState(total), 10);
});

test('sum: additions in a batch are one write of their sum', async () => {
  const { unit } = openUnit();
  unit.batch(() => {
    unit.add(likes, 2);
    unit.add(likes, 3);
    assert.equal(unit.getState(likes), 5);
  });
  assert.equal(unit.getState(likes), 5);
});

test('user_resolve: both values are kept, and the first answer counts for all', async (t) => {
  const { world, ada, bob, tabs } = await openPair(t);
  ada.unit.setState(note, 'from Ada');
  bob.unit.setState(note, 'from Bob');
  await world.settle();
  const [inAda] = ada.manager.conflicts.list();
  const [inBob] = bob.manager.conflicts.list();
  assert.equal(inAda.id, inBob.id);
  assert.equal(inAda.current.value, ada.unit.getState(note));
  assert.equal(ada.unit.readState(note).meta.conflict, inAda);

  const first = inAda.resolve('incoming');
  await world.settle();
  await first;
  const late = assert.rejects(inBob.resolve('current'), refused('CONFLICT'));
  await world.settle();
  await late;
  assert.equal(bob.unit.getState(note), inAda.incoming[0].value);
  assert.deepEqual(ada.manager.conflicts.list(), []);
  assert.equal(bob.unit.readState(note).meta.conflict, null);
  assertAgree(tabs, shared);
});

test('user_resolve: listeners of the inbox hear of a conflict and of its end', async (t) => {
  const { world, ada, bob } = await openPair(t);
  const heard = [];
  const end = ada.manager.conflicts.subscribe((tickets) => heard.push(tickets.length));
  ada.unit.setState(note, 'from Ada');
  bob.unit.setState(note, 'from Bob');
  await world.settle();
  const answer = ada.manager.conflicts.list()[0].resolve({ custom: 'from both' });
  await world.settle();
  await answer;
  end();
  assert.equal(heard.at(-1), 0);
  assert.ok(heard.includes(1));
  assert.equal(bob.unit.getState(note), 'from both');
});

test('user_resolve: an answer that is none is refused', async (t) => {
  const { world, ada, bob } = await openPair(t);
  ada.unit.setState(note, 'from Ada');
  bob.unit.setState(note, 'from Bob');
  await world.settle();
  const [ticket] = ada.manager.conflicts.list();
  await assert.rejects(ticket.resolve('mine'), refused('INVALID_VALUE'));
  await assert.rejects(ticket.resolve({ incoming: 3 }), refused('INVALID_VALUE'));
  assert.equal(ada.manager.conflicts.list().length, 1);
});

test('a custom strategy runs against what stands, and again when another was faster', async (t) => {
  const prepare = ({ manager }) => manager.registerConflictStrategy('highest', highest);
  const { world, ada, bob, tabs } = await openPair(t, prepare);
  await Promise.all([ada.unit.setState(price, 1), world.settle()]);
  const writes = Promise.all([
    ada.unit.setState(price, 30),
    bob.unit.setState(price, 20),
    bob.unit.setState(price, 25),
  ]);
  await world.settle();
  await world.settle();
  await writes;
  assert.equal(ada.unit.getState(price), 30);
  assertAgree(tabs, shared);
});

test('a custom strategy sees what the batch wrote before', async () => {
  const { manager, unit } = openUnit();
  manager.registerConflictStrategy('highest', highest);
  await unit.setState(price, 5);
  unit.batch(() => {
    unit.setState(price, 9);
    unit.setState(price, 7);
  });
  assert.equal(unit.getState(price), 9);
});

test('a custom strategy that nobody registered is no strategy', () => {
  const { unit } = openUnit();
  assert.throws(() => unit.setState(price, 1), refused('INVALID_DEFINITION'));
});

test('a custom strategy that throws or is not pure writes nothing', async () => {
  const { manager, unit } = openUnit();
  let count = 0;
  const strategies = {
    angry: () => {
      throw new Error('no');
    },
    moody: (current) => ({ ...current, value: count++ }),
  };
  for (const [name, resolve] of Object.entries(strategies)) {
    manager.registerConflictStrategy(name, { resolve });
    const handle = defineState({ ...global, key: name, default: 0, conflictResolution: name });
    await unit.setState(handle, 1);
    assert.throws(() => unit.setState(handle, 2), refused('UPDATER_FAILED'));
    assert.equal(unit.getState(handle), 1);
  }
  assert.throws(
    () => manager.registerConflictStrategy('merge', highest), refused('INVALID_DEFINITION'),
  );
  assert.throws(
    () => manager.registerConflictStrategy('moody', highest), refused('INVALID_DEFINITION'),
  );
});

test('ifVersion: only the version that was seen is written over', async () => {
  const { unit } = openUnit();
  const first = await unit.setState(profile, { name: 'Ada' }, { ifVersion: null });
  const second = await unit.setState(profile, { name: 'Eve' }, { ifVersion: first.version });
  await assert.rejects(
    unit.setState(profile, { name: 'Bob' }, { ifVersion: first.version }), refused('STALE'),
  );
  await assert.rejects(unit.unsetState(profile, { ifVersion: null }), refused('STALE'));
  const elsewhere = { ...second.version, epoch: '0'.repeat(16) };
  await assert.rejects(unit.unsetState(profile, { ifVersion: elsewhere }), refused('STALE'));
  assert.deepEqual(unit.getState(profile), { name: 'Eve' });
  await unit.unsetState(profile, { ifVersion: second.version });
  assert.deepEqual(unit.getState(profile), {});
});

test('ifVersion: a version of another log is stale in a batch too', async () => {
  const { unit } = openUnit();
  const { version } = await unit.setState(profile, { name: 'Ada' });
  const elsewhere = { ...version, epoch: '0'.repeat(16) };
  let receipt;
  assert.throws(() => {
    unit.batch(() => {
      receipt = unit.setState(profile, { name: 'Bob' }, { ifVersion: elsewhere });
    });
  }, refused('STALE'));
  await assert.rejects(receipt, refused('STALE'));
  assert.deepEqual(unit.getState(profile), { name: 'Ada' });
});

test('ifVersion: of two tabs that saw the same version one is told to look again', async (t) => {
  const theme = defineState({ ...global, key: 'theme', default: 'light' });
  const { world, ada, bob, tabs } = await openPair(t);
  await Promise.all([ada.unit.setState(theme, 'dark'), world.settle()]);
  const { version } = ada.unit.readState(theme).meta;
  const writes = Promise.allSettled([
    ada.unit.setState(theme, 'sepia', { ifVersion: version }),
    bob.unit.setState(theme, 'blue', { ifVersion: version }),
  ]);
  await world.settle();
  const [mine, theirs] = await writes;
  assert.notEqual(mine.status, theirs.status);
  const loser = mine.status === 'rejected' ? mine : theirs;
  assert.equal(loser.reason.code, 'STALE');
  assertAgree(tabs, shared);
});

test('retryOnConflict tries again with what stands now, and not for ever', async () => {
  const { unit } = openUnit();
  let attempts = 0;
  await retryOnConflict(3, () => {
    const { meta } = unit.readState(likes);
    if (attempts++ === 0) unit.add(likes, 1); // Another writer is faster once.
    return unit.setState(likes, 10, { ifVersion: meta.version });
  });
  assert.equal(attempts, 2);
  assert.equal(unit.getState(likes), 10);
  await assert.rejects(
    retryOnConflict(2, () => unit.setState(likes, 1, { ifVersion: null })), refused('STALE'),
  );
});

test('a listener hears what was written over unseen, and by whom', async (t) => {
  const theme = defineState({ ...global, key: 'theme', default: 'light' });
  const { world, ada, bob } = await openPair(t);
  const heard = [];
  const listen = ({ unit }) =>
    unit.subscribe(theme, (value, { overwritten }) => {
      if (overwritten !== null) heard.push({ value, was: overwritten.value });
    });
  for (const tab of [ada, bob]) {
    tab.unit.getState(theme);
    listen(tab);
  }
  ada.unit.setState(theme, 'dark');
  bob.unit.setState(theme, 'blue');
  await world.settle();
  const value = ada.unit.getState(theme);
  assert.ok(heard.length > 0);
  for (const one of heard) {
    assert.deepEqual(one, { value, was: value === 'dark' ? 'blue' : 'dark' });
  }
  await Promise.all([ada.unit.setState(theme, 'sepia'), world.settle()]);
  assert.equal(ada.unit.readState(theme).meta.overwritten, null);
  assert.equal(bob.unit.readState(theme).meta.overwritten, null);
});

test('a snapshot brings every strategy back to what it was', async () => {
  const { manager, unit } = openUnit();
  manager.registerConflictStrategy('highest', highest);
  await unit.setState(seat, 'Ada');
  await unit.setState(profile, { name: 'Ada' });
  await unit.add(likes, 3);
  await unit.setState(note, 'draft');
  await unit.setState(price, 7);
  const plain = manager.createSnapshot();
  const bytes = manager.createSnapshotBytes();
  const values = () => [seat, profile, likes, note, price].map((key) => unit.getState(key));
  const before = values();
  for (const snapshot of [plain, bytes]) {
    await unit.unsetState(seat);
    await unit.setState(seat, 'Bob');
    await unit.setState(profile, { name: 'Bob', city: 'Bern' });
    await unit.add(likes, 30);
    await unit.setState(note, 'other');
    await unit.setState(price, 70);
    await manager.restoreFromSnapshot(snapshot);
    assert.deepEqual(values(), before);
  }
});

test('a transaction adds and sets together, or not at all', async () => {
  const { manager, unit } = openUnit();
  await manager.transaction('cart', (tx) => {
    tx.add(total, -4);
    tx.setState(profile, { name: 'Ada' });
  });
  assert.equal(unit.getState(total), 6);
  await assert.rejects(
    manager.transaction('cart', (tx) => {
      tx.setState(profile, { name: 'Bob' });
      tx.add(total, -7);
    }),
    refused('OUT_OF_RANGE'),
  );
  assert.equal(unit.getState(total), 6);
  assert.deepEqual(unit.getState(profile), { name: 'Ada' });
});
