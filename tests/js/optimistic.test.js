// Writes that are hidden until they are decided, and values that are shown while their author
// asks elsewhere whether they are wanted.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import {
  openUnit, refusal, rejection, reported, sharedDigests, test,
} from './harness.js';

const scope = 'apartment';
const total = defineState({ key: 'total', scope, default: 0 });
const cart = defineState({ key: 'cart', scope, default: {} });
const note = defineState({ key: 'note', scope: 'private', default: '' });
const seat = defineState({
  key: 'seat', scope, default: null, conflictResolution: 'first_write_wins',
});
const profile = defineState({ key: 'profile', scope, default: {}, conflictResolution: 'merge' });
const stock = defineState({ key: 'stock', scope, default: 9, conflictResolution: 'sum' });
const bid = defineState({ key: 'bid', scope, default: 0, conflictResolution: 'highest' });
const highest = { resolve: (now, next) => (next.value > now.value ? next : now) };

async function openPair(t, options) {
  const world = openTabs(t, options);
  const [leader, follower] = [world.open(), world.open()];
  await world.settle();
  for (const { unit } of [leader, follower]) unit.getState(total);
  await world.settle();
  return { world, leader, follower };
}

/** A commit that waits until the test answers. */
function asked() {
  const calls = [];
  const commit = (value, context) =>
    new Promise((resolve, reject) => calls.push({ value, ...context, resolve, reject }));
  return { calls, commit };
}

function historyOf(unit, key) {
  const seen = [];
  unit.subscribe(key, (value) => seen.push(value));
  return seen;
}

test('a write that is not optimistic is seen by nobody before it is decided', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const third = world.open();
  await world.settle();
  const seen = historyOf(follower.unit, total);
  third.unit.getState(total);
  let isDecided = false;
  follower.unit.setState(total, 5, { optimistic: false }).then(() => (isDecided = true));
  assert.equal(follower.unit.getState(total), 0);
  assert.equal(follower.unit.readState(total).meta.pending, 1);
  leader.freeze();
  await world.settle();
  assert.equal(third.unit.readState(total).meta.pending, 1);
  assert.equal(third.unit.getState(total), 0);
  assert.deepEqual([seen, isDecided], [[], false]);
  leader.thaw();
  await world.settle();
  assert.deepEqual([seen, isDecided], [[5], true]);
  assertAgree([leader, follower, third], ({ manager }) => sharedDigests(manager));
});

test('a hidden write outlives its leader', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const written = follower.unit.setState(total, 5, { optimistic: false });
  leader.crash();
  await world.settle();
  assert.equal((await written).applied, 'acked');
  assert.equal(follower.unit.getState(total), 5);
});

test('one write of a batch that is not optimistic hides all of its op', async (t) => {
  const { world, follower } = await openPair(t);
  follower.unit.batch(() => {
    follower.unit.setState(total, 1);
    follower.unit.setState(cart, { tea: 1 }, { optimistic: false });
    follower.unit.setState(note, 'here');
    assert.equal(follower.unit.getState(total), 1, 'inside it everything is seen');
  });
  assert.equal(follower.unit.getState(note), 'here');
  assert.equal(follower.unit.getState(total), 0);
  assert.deepEqual(follower.unit.getState(cart), {});
  await world.settle();
  assert.equal(follower.unit.getState(total), 1);
  assert.deepEqual(follower.unit.getState(cart), { tea: 1 });
});

test('what an inner batch took back hides nothing', async (t) => {
  const { follower } = await openPair(t);
  follower.unit.batch(() => {
    follower.unit.setState(total, 1);
    assert.throws(() =>
      follower.unit.batch(() => {
        follower.unit.setState(total, 2, { optimistic: false });
        throw new Error('no');
      }),
    );
  });
  assert.equal(follower.unit.getState(total), 1);
});

test('a hidden write changes what an own addition is made from only when it is decided', async (t) => {
  const { world, follower } = await openPair(t);
  follower.unit.add(stock, -1, { optimistic: false });
  follower.unit.add(stock, -2);
  assert.equal(follower.unit.getState(stock), 7);
  await world.settle();
  assert.equal(follower.unit.getState(stock), 6);
});

test('where this tab decides, a write that is not optimistic shows at once', async () => {
  const { unit } = openUnit();
  await unit.setState(total, 5, { optimistic: false });
  assert.equal(unit.getState(total), 5);
  await unit.unsetState(total, { optimistic: false });
  assert.equal(unit.getState(total), 0);
});

test('an update is shown here, committed, and only then written', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const seen = historyOf(follower.unit, total);
  const { calls, commit } = asked();
  const updated = follower.unit.optimisticUpdate(total, (n) => n + 5, { commit });
  assert.deepEqual([calls.length, calls[0].value, seen], [1, 5, [5]]);
  await world.settle();
  assert.equal(leader.unit.getState(total), 0);
  assert.equal(follower.unit.readState(total).meta.pending, 1);
  calls[0].resolve();
  await world.settle();
  const { applied, superseded } = await updated;
  assert.deepEqual({ applied, superseded }, { applied: 'acked', superseded: false });
  assert.equal(leader.unit.getState(total), 5);
  assert.deepEqual(seen, [5], 'a record that equals its prediction is no event');
  assert.equal(follower.unit.readState(total).meta.pending, 0);
  assert.equal(follower.unit.readState(total).meta.updatedBy, 'cart');
});

test('what commit answers takes the place of what was predicted', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const seen = historyOf(follower.unit, cart);
  const updated = follower.unit.optimisticUpdate(cart, () => ({ tea: 1 }), {
    commit: async (value) => ({ ...value, id: 7 }),
  });
  await world.settle();
  await updated;
  assert.deepEqual(leader.unit.getState(cart), { tea: 1, id: 7 });
  assert.deepEqual(seen, [{ tea: 1 }, { tea: 1, id: 7 }]);
});

test('a failed commit takes its own value away and no other', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const { calls, commit } = asked();
  const failed = rejection(
    'COMMIT_FAILED',
    follower.unit.optimisticUpdate(total, () => 1, { commit }),
  );
  leader.unit.setState(total, 7);
  await world.settle();
  assert.equal(follower.unit.getState(total), 1);
  calls[0].reject(new Error('503'));
  await world.settle();
  const error = await failed;
  assert.equal(error.cause.message, '503');
  assert.equal(error.key, 'total');
  assert.equal(follower.unit.getState(total), 7);
  assert.equal(follower.unit.readState(total).meta.pending, 0);
});

test('own later writes do not wait for a held one, and stand whatever becomes of it', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const { calls, commit } = asked();
  const first = follower.unit.optimisticUpdate(total, () => 1, { commit });
  const failing = rejection(
    'COMMIT_FAILED',
    follower.unit.optimisticUpdate(total, () => 2, { commit }),
  );
  follower.unit.setState(total, 3);
  await world.settle();
  assert.equal(leader.unit.getState(total), 3);
  calls[1].reject(new Error('no'));
  await failing;
  calls[0].resolve(1);
  await world.settle();
  assert.equal((await first).superseded, true);
  assert.equal(follower.unit.getState(total), 3);
  assert.equal(leader.unit.getState(total), 3);
});

test('of a merge the held fields are written, and what others changed meanwhile stays', async (t) => {
  const { world, leader, follower } = await openPair(t);
  leader.unit.setState(profile, { name: 'Ada', city: 'Bern' });
  await world.settle();
  follower.unit.getState(profile);
  await world.settle();
  const { calls, commit } = asked();
  follower.unit.optimisticUpdate(profile, (now) => ({ ...now, name: 'Eve' }), { commit });
  leader.unit.update(profile, (draft) => { draft.city = 'Ulm'; });
  await world.settle();
  assert.deepEqual(follower.unit.getState(profile), { name: 'Eve', city: 'Ulm' });
  calls[0].resolve({ name: 'Eva', city: 'Bern' });
  await world.settle();
  assert.deepEqual(leader.unit.getState(profile), { name: 'Eva', city: 'Ulm' });
});

test('a sum is added to, not set, and a strategy of the application is asked', async (t) => {
  const { world, leader, follower } = await openPair(t);
  for (const { manager } of [leader, follower]) manager.registerConflictStrategy('highest', highest);
  const { calls, commit } = asked();
  follower.unit.optimisticUpdate(stock, (n) => n - 2, { commit });
  follower.unit.optimisticUpdate(bid, () => 5, { commit });
  leader.unit.add(stock, -3);
  await world.settle();
  assert.equal(follower.unit.getState(stock), 4);
  for (const { resolve } of calls) resolve();
  await world.settle();
  assert.equal(leader.unit.getState(stock), 4);
  assert.equal(leader.unit.getState(bid), 5);
});

test('without commit it is an ordinary write', async () => {
  const { unit } = openUnit();
  const receipt = await unit.optimisticUpdate(total, (n) => n + 1);
  assert.equal(receipt.version.index > 0, true);
  assert.equal(unit.getState(total), 1);
});

test('each update has a key of its own, and the same for one update', async (t) => {
  const { follower } = await openPair(t);
  const { calls, commit } = asked();
  follower.unit.optimisticUpdate(total, () => 1, { commit });
  follower.unit.optimisticUpdate(cart, () => ({}), { commit });
  const [one, other] = calls.map(({ idempotencyKey }) => idempotencyKey);
  assert.notEqual(one, other);
  assert.ok(one.startsWith(follower.manager.tabs.id));
  follower.crash();
});

test('an update that was refused in the call is not asked for', async () => {
  const { unit, manager } = openUnit();
  await unit.setState(seat, 'Ada');
  const commit = () => assert.fail('nobody asked');
  refusal('CONFLICT', () => unit.optimisticUpdate(seat, () => 'Bob', { commit }));
  refusal('INVALID_VALUE', () => unit.optimisticUpdate(cart, () => new Map(), { commit }));
  refusal('INVALID_VALUE', () => unit.optimisticUpdate(total, 5, { commit }));
  refusal('INVALID_VALUE', () => unit.optimisticUpdate(total, () => 5, { commit: 'yes' }));
  refusal('UPDATER_FAILED', () =>
    unit.optimisticUpdate(total, () => { throw new Error('no'); }, { commit }));
  refusal('BUSY', () => unit.batch(() => unit.optimisticUpdate(total, () => 5, { commit })));
  assert.equal(unit.getState(seat), 'Ada');
  assert.equal(unit.getState(total), 0);
  assert.equal(manager.createSnapshot().entries.length, 1);
});

test('an answer that can not be stored is refused, and nothing is shown any more', async () => {
  const { unit } = openUnit();
  const updated = unit.optimisticUpdate(cart, () => ({ tea: 1 }), { commit: async () => new Map() });
  await rejection('INVALID_VALUE', updated);
  assert.deepEqual(unit.getState(cart), {});
  const sold = unit.optimisticUpdate(stock, (n) => n - 1, { commit: async () => 'many' });
  await rejection('INVALID_VALUE', sold);
  assert.equal(unit.getState(stock), 9);
});

test('a refusal of the tab that decides comes after the commit', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const { calls, commit } = asked();
  const lost = rejection('CONFLICT', follower.unit.optimisticUpdate(seat, () => 'Bob', { commit }));
  leader.unit.setState(seat, 'Ada');
  calls[0].resolve();
  await world.settle();
  await lost;
  assert.equal(follower.unit.getState(seat), 'Ada');
});

test('with its unit an update ends: it is not shown, and its signal aborts', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const { calls, commit } = asked();
  const other = follower.manager.createUnitStateStore('other');
  const ended = rejection('DISPOSED', other.optimisticUpdate(total, () => 1, { commit }));
  const kept = follower.unit.optimisticUpdate(cart, () => ({ tea: 1 }), { commit });
  other.dispose();
  await ended;
  assert.equal(calls[0].signal.aborted, true);
  assert.equal(calls[1].signal.aborted, false);
  assert.equal(follower.unit.getState(total), 0);
  calls[0].resolve();
  calls[1].resolve();
  await world.settle();
  await kept;
  assert.deepEqual([leader.unit.getState(total), leader.unit.getState(cart)], [0, { tea: 1 }]);
});

test('when the manager closes, updates end', async () => {
  const { manager, unit } = openUnit();
  const { calls, commit } = asked();
  const ended = unit.optimisticUpdate(total, () => 1, { commit });
  await manager.close();
  await rejection('DISPOSED', ended);
  assert.equal(calls[0].signal.aborted, true);
});

test('an update waits through a change of leader', async (t) => {
  const { world, leader, follower } = await openPair(t);
  const { calls, commit } = asked();
  const updated = follower.unit.optimisticUpdate(total, (n) => n + 1, { commit });
  leader.crash();
  await world.settle();
  assert.equal(follower.manager.tabs.isLeader(), true);
  assert.equal(follower.unit.getState(total), 1);
  calls[0].resolve();
  assert.equal((await updated).applied, 'acked');
  assert.equal(follower.unit.readState(total).meta.version !== null, true);
});

test('a failed commit that nobody listens to is reported', async () => {
  const { unit, errors } = openUnit();
  unit.optimisticUpdate(total, () => 1, { commit: () => { throw new Error('no'); } });
  await reported(errors, 1);
  assert.deepEqual(errors.map(({ code }) => code), ['COMMIT_FAILED']);
});

test('a private value may be held too, over a value that the core has no text of', async () => {
  const { unit } = openUnit();
  unit.setState(note, 'before');
  const { calls, commit } = asked();
  const failed = unit.optimisticUpdate(note, (text) => `${text} and after`, { commit });
  assert.equal(unit.getState(note), 'before and after');
  unit.setState(total, 1);
  calls[0].reject(new Error('no'));
  await rejection('COMMIT_FAILED', failed);
  assert.equal(unit.getState(note), 'before');
});
