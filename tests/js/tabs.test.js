// Several tabs: who leads, how a write of one is seen in all, and what stays in its tab.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import { refusal, rejection, sharedDigests, test } from './harness.js';
import { Random } from './random.js';

const draft = defineState({ key: 'draft', scope: 'private', default: '' });
const hall = defineState({ key: 'hall', scope: 'building', default: 0 });
const cart = defineState({ key: 'cart', scope: 'apartment', default: [] });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });
const zoom = defineState({ key: 'zoom', scope: 'global', default: 1, crossTab: false });

const shared = (tab) => sharedDigests(tab.manager);

async function openSettled(t, count, options = {}) {
  const world = openTabs(t, options);
  const tabs = Array.from({ length: count }, () => world.open());
  await world.settle();
  return { world, tabs };
}

/** Every frame that any tab posted, as one text. */
function frames(world) {
  return world.tabs.flatMap(({ sent }) => sent).map((bytes) => Buffer.from(bytes));
}

test('a tab alone becomes leader, and says so once it knows', async (t) => {
  const world = openTabs(t);
  const tab = world.open();
  const { tabs } = tab.manager;
  assert.equal(tabs.role, 'joining');
  assert.equal(tabs.leaderEpoch, 0);
  assert.equal(tab.unit.readState(cart).meta.loading, true);
  assert.equal(tab.unit.readState(draft).meta.loading, false);
  const metas = [];
  tab.unit.subscribe(cart, (_, meta) => metas.push(meta.loading), { meta: true });
  let changes = 0;
  tabs.subscribe(() => changes++);
  await world.settle();
  await tab.manager.ready;
  assert.equal(tabs.role, 'leader');
  assert.equal(tabs.isLeader(), true);
  assert.equal(tabs.leader, tabs.id);
  assert.ok(tabs.leaderEpoch > 0);
  assert.equal(tabs.aloneBecause, null);
  assert.ok(changes > 0);
  assert.equal(metas.at(-1), false);
  assert.equal(tab.unit.readState(cart).meta.loading, false);
});

test('two tabs opened in the same instant have one leader and know each other', async (t) => {
  const { tabs } = await openSettled(t, 2);
  const [first, second] = tabs.map(({ manager }) => manager.tabs);
  assert.deepEqual([first.role, second.role], ['leader', 'follower']);
  assert.equal(second.leader, first.id);
  assert.deepEqual(first.peers(), [second.id]);
  assert.deepEqual(second.peers(), [first.id]);
  assert.equal(first.leaderEpoch, second.leaderEpoch);
});

test('nobody hears of a tab before its session lock is held', async (t) => {
  const world = openTabs(t);
  const heldAtFirstFrame = [];
  const { post } = world.channel;
  world.channel.post = (from, bytes) => {
    if (from.sent.length === 0) heldAtFirstFrame.push(world.locks.heldBy(from));
    post.call(world.channel, from, bytes);
  };
  const tabs = [world.open(), world.open()];
  await world.settle();
  for (const [place, held] of heldAtFirstFrame.entries()) {
    const { id } = tabs[place].manager.tabs;
    assert.ok(held.some((name) => name.endsWith(`/session/${id}`)), `${held}`);
  }
  assert.equal(heldAtFirstFrame.length, 2);
});

test('a write before the lock answered is pending, visible, and decided afterwards', async (t) => {
  const world = openTabs(t);
  const tab = world.open();
  const written = tab.unit.setState(cart, ['tea']);
  const shown = tab.unit.setState(theme, 'dark', { wait: 'local' });
  assert.deepEqual(tab.unit.getState(cart), ['tea']);
  assert.equal(tab.unit.readState(cart).meta.pending, 1);
  assert.equal(tab.unit.readState(cart).meta.version, null);
  assert.equal((await shown).applied, 'local');
  assert.equal((await shown).version, null);
  assert.deepEqual(tab.manager.createSnapshot().entries, []);
  await world.settle();
  const receipt = await written;
  assert.equal(receipt.applied, 'acked');
  assert.equal(tab.unit.readState(cart).meta.pending, 0);
  assert.deepEqual({ ...tab.unit.readState(cart).meta.version }, { ...receipt.version });
});

test('a private write is decided at once, whatever the tab still waits for', async (t) => {
  const world = openTabs(t);
  const tab = world.open();
  const receipt = await tab.unit.setState(draft, 'x');
  assert.equal(receipt.applied, 'acked');
  assert.equal(tab.unit.readState(draft).meta.pending, 0);
});

test('a write of the leader is decided inside the call and reaches the follower', async (t) => {
  const { world, tabs: [leader, follower] } = await openSettled(t, 2);
  const heard = [];
  follower.unit.subscribe(cart, (value, meta) => heard.push([value, meta.source, meta.updatedBy]));
  leader.unit.setState(cart, ['tea']);
  assert.equal(leader.unit.readState(cart).meta.pending, 0);
  assert.deepEqual(heard, []);
  await world.settle();
  assert.deepEqual(heard, [[['tea'], 'tab', 'cart']]);
  assert.equal(leader.unit.readState(cart).meta.source, 'local');
});

test('a write of a follower is shown at once, pending until the leader decided', async (t) => {
  const { world, tabs: [leader, follower] } = await openSettled(t, 2);
  const written = follower.unit.setState(cart, ['tea']);
  const before = follower.unit.readState(cart);
  assert.deepEqual(before.value, ['tea']);
  assert.equal(before.meta.pending, 1);
  await world.settle();
  const receipt = await written;
  const after = follower.unit.readState(cart);
  assert.equal(after.value, before.value);
  assert.equal(after.meta.pending, 0);
  assert.deepEqual({ ...after.meta.version }, { ...receipt.version });
  assert.deepEqual(leader.unit.getState(cart), ['tea']);
  assert.deepEqual({ ...leader.unit.readState(cart).meta.version }, { ...receipt.version });
});

test('a third tab sees an undecided write as pending, then as decided', async (t) => {
  const { world, tabs: [leader, follower, third] } = await openSettled(t, 3);
  leader.freeze();
  follower.unit.setState(cart, ['tea']);
  await world.settle();
  assert.deepEqual(third.unit.getState(cart), ['tea']);
  assert.equal(third.unit.readState(cart).meta.pending, 1);
  leader.thaw();
  await world.settle();
  assert.equal(third.unit.readState(cart).meta.pending, 0);
  assertAgree([leader, follower, third], shared);
});

test('the decision on a write tells its author nothing new: the value is told once', async (t) => {
  const { world, tabs } = await openSettled(t, 2);
  for (const tab of tabs) {
    const heard = [];
    tab.unit.subscribe(cart, (value) => heard.push(value));
    const value = [tab.id];
    tab.unit.setState(cart, value);
    await world.settle();
    assert.deepEqual(heard, [value]);
    assert.equal(tab.unit.getState(cart), value);
  }
});

test('a follower joins with the present state before its own first write is decided', async (t) => {
  const world = openTabs(t);
  const leader = world.open();
  await world.settle();
  leader.unit.setState(cart, ['tea']);
  leader.unit.setState(theme, 'dark');
  leader.unit.unsetState(theme);
  const follower = world.open();
  follower.unit.getState(theme);
  follower.unit.setState(cart, (items) => [...items, 'mine']);
  await world.settle();
  assert.deepEqual(follower.unit.getState(cart), ['mine']);
  assert.equal(follower.unit.getState(theme), 'light');
  assertAgree([leader, follower], shared);
});

test('a tab that only reads never writes a default', async (t) => {
  const world = openTabs(t);
  const leader = world.open();
  leader.unit.setState(cart, ['tea']);
  await world.settle();
  const reader = world.open();
  for (const state of [cart, theme, hall]) reader.unit.getState(state);
  await world.settle();
  assert.deepEqual(reader.unit.getState(cart), ['tea']);
  assert.deepEqual(leader.manager.createSnapshot().entries.map(({ key }) => key), ['cart']);
  assertAgree([leader, reader], shared);
});

test('versions of a space that another tab filled first have their epoch', async (t) => {
  const world = openTabs(t);
  const leader = world.open();
  await world.settle();
  const { version } = await leader.unit.setState(cart, ['tea']);
  const follower = world.open();
  await world.settle();
  const [entry] = follower.manager.createSnapshot().entries;
  assert.deepEqual(entry.version, { ...version });
  assert.deepEqual({ ...follower.unit.readState(cart).meta.version }, { ...version });
  const own = follower.unit.setState(cart, ['milk']);
  await world.settle();
  assert.equal((await own).version.epoch, version.epoch);
});

test('the op id of a write is the same in every tab', async (t) => {
  const { world, tabs } = await openSettled(t, 3);
  const written = tabs[2].unit.setState(cart, ['tea']);
  await world.settle();
  const { opId } = await written;
  for (const { manager } of tabs) {
    assert.deepEqual(manager.createSnapshot().entries.map((entry) => entry.opId), [opId]);
  }
});

test('a leader decides keys that its own page never registered', async (t) => {
  const { world, tabs: [leader, follower, late] } = await openSettled(t, 3);
  const wishes = defineState({ key: 'wishes', scope: 'apartment', default: [] });
  const written = follower.unit.setState(wishes, ['book']);
  await world.settle();
  assert.equal((await written).applied, 'acked');
  refusal('NOT_REGISTERED', () => leader.unit.getState('wishes'));
  assert.deepEqual(late.unit.getState(wishes), ['book']);
  assert.equal(leader.manager.createSnapshot().entries[0].key, 'wishes');
  assertAgree([leader, follower, late], shared);
});

test('private values and crossTab: false states are in no frame', async (t) => {
  const { world, tabs } = await openSettled(t, 3);
  for (const [place, { unit }] of tabs.entries()) {
    unit.setState(draft, `secret draft ${place}`);
    unit.setState(zoom, 987_654_321 + place);
    unit.setState(cart, ['public']);
    unit.batch(() => {
      unit.setState(draft, `secret batch ${place}`);
      unit.setState(cart, ['public batch']);
    });
    await world.settle();
  }
  await tabs[0].manager.close();
  await world.settle();
  const all = frames(world);
  assert.ok(all.some((bytes) => bytes.includes('public batch')));
  for (const bytes of all) {
    for (const word of ['secret', 'draft', 'zoom', 'private']) {
      assert.ok(!bytes.includes(word), `a frame contains ${word}`);
    }
  }
  assert.equal(tabs[1].unit.getState(draft), 'secret batch 1');
  assert.equal(tabs[2].unit.getState(zoom), 987_654_323);
});

test('what comes back of an own write is ignored', async (t) => {
  const { world, tabs: [leader, follower] } = await openSettled(t, 2);
  follower.unit.setState(hall, 5);
  await world.settle();
  const before = shared(follower);
  for (const bytes of [...follower.sent]) world.channel.inject(follower, bytes);
  for (const bytes of [...leader.sent]) world.channel.inject(leader, bytes);
  await world.settle();
  assert.deepEqual(shared(follower), before);
  assert.equal(leader.manager.tabs.isLeader(), true);
  assertAgree([leader, follower], shared);
});

test('frames that come twice and late change nothing', async (t) => {
  const { world, tabs: [leader, follower] } = await openSettled(t, 2);
  for (let i = 0; i < 5; i++) {
    leader.unit.setState(cart, [i]);
    follower.unit.setState(hall, i);
    await world.settle();
  }
  const before = [shared(leader), shared(follower)];
  for (const bytes of [...leader.sent]) world.channel.inject(follower, bytes);
  for (const bytes of [...follower.sent]) world.channel.inject(leader, bytes);
  await world.advance(3000);
  assert.deepEqual([shared(leader), shared(follower)], before);
  assert.equal(leader.unit.getState(hall), 4);
});

test('a tab with another definition of a key is told and harms nobody', async (t) => {
  const { world, tabs: [leader, other] } = await openSettled(t, 2);
  leader.unit.setState(cart, ['tea']);
  await world.settle();
  const strange = defineState({ key: 'cart', scope: 'building', default: 'none' });
  const lost = other.unit.setState(strange, 'mine');
  await world.settle();
  assert.equal((await rejection('DEFINITION_CLASH', lost)).code, 'DEFINITION_CLASH');
  assert.ok(other.errors.some(({ code, key }) => code === 'DEFINITION_CLASH' && key === 'cart'));
  assert.equal(other.unit.readState(strange).meta.error.code, 'DEFINITION_CLASH');
  assert.equal(other.unit.getState(strange), 'none');
  refusal('DEFINITION_CLASH', () => other.unit.setState(strange, 'again'));
  assert.deepEqual(leader.unit.getState(cart), ['tea']);
  assert.deepEqual(leader.errors, []);
  assertAgree([leader, other], shared);
});

test('a clash is told to the one who comes later, also when he leads', async (t) => {
  const { world, tabs: [leader, follower] } = await openSettled(t, 2);
  follower.unit.setState(cart, ['tea']);
  await world.settle();
  const strange = defineState({ key: 'cart', scope: 'global', default: 0 });
  leader.unit.getState(strange);
  await world.settle();
  assert.deepEqual(leader.errors.map(({ code }) => code), ['DEFINITION_CLASH']);
  refusal('DEFINITION_CLASH', () => leader.unit.setState(strange, 1));
  assert.deepEqual(follower.unit.getState(cart), ['tea']);
  follower.unit.setState(cart, ['milk']);
  await world.settle();
  assertAgree([leader, follower], shared);
});

test('events with tabs reach the units of other tabs by the same scopes', async (t) => {
  const { world, tabs: [first, second] } = await openSettled(t, 2);
  const far = second.manager.createUnitStateStore('far', { apartment: 'other' });
  const heard = [];
  second.unit.on('opened', (data, source) => heard.push(['second', data, source]));
  far.on('opened', (data) => heard.push(['far', data]));
  first.unit.emit('opened', { at: 'home' });
  first.unit.emit('opened', 'alone', { scope: 'private', tabs: true });
  await world.settle();
  assert.deepEqual(heard, []);
  first.unit.emit('opened', { id: 7 }, { tabs: true });
  first.unit.emit('opened', null, { scope: 'global', tabs: true });
  await world.settle();
  assert.deepEqual(heard, [
    ['second', { id: 7 }, 'cart'],
    ['second', null, 'cart'],
    ['far', null],
  ]);
});

for (const count of [2, 3, 4]) {
  test(`${count} tabs agree after random writes from all of them`, async (t) => {
    const seed = count * 7919;
    const world = openTabs(t, { seed });
    const random = new Random(seed);
    const tabs = Array.from({ length: count }, () => world.open());
    const states = [cart, hall, theme];
    const receipts = [];
    for (let write = 0; write < 200; write++) {
      const { unit } = random.pick(tabs);
      const state = random.pick(states);
      const value = random.below(4) === 0 ? write : { write, list: [write] };
      if (random.below(8) === 0) receipts.push(unit.unsetState(state));
      else if (random.below(8) === 0) {
        unit.batch(() => states.forEach((each) => receipts.push(unit.setState(each, value))));
      } else receipts.push(unit.setState(state, value));
      for (let steps = random.below(4); steps > 0; steps--) await world.step();
    }
    await world.settle();
    await Promise.all(receipts);
    assertAgree(tabs, shared);
    assertAgree(tabs, ({ unit }) => states.map((state) => unit.getState(state)));
    for (const { unit } of tabs) {
      for (const state of states) assert.equal(unit.readState(state).meta.pending, 0);
    }
  });
}

test('garbage on the channel changes nothing but a counter', async (t) => {
  const { world, tabs: [leader, follower] } = await openSettled(t, 2);
  leader.unit.setState(cart, ['tea']);
  await world.settle();
  const good = leader.sent.at(-1);
  const newer = good.slice();
  newer[4] = 9;
  const flipped = good.slice();
  flipped[good.length - 6] ^= 1;
  const before = shared(follower);
  const role = follower.manager.tabs.role;
  const expected = { MALFORMED: 0, CHECKSUM: 0, PROTOCOL: 0 };
  const inject = (bytes, code) => {
    world.channel.inject(follower, bytes);
    expected[code]++;
  };
  inject(new Uint8Array(0), 'MALFORMED');
  inject(new TextEncoder().encode('{"hello":"tab"}'), 'MALFORMED');
  inject(good.slice(0, 20), 'MALFORMED');
  inject(Uint8Array.from([...good, 0]), 'MALFORMED');
  inject(leader.manager.createSnapshotBytes(), 'MALFORMED');
  inject(flipped, 'CHECKSUM');
  inject(newer, 'PROTOCOL');
  const random = new Random(5);
  for (let i = 0; i < 200; i++) {
    const bytes = good.slice();
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    world.channel.inject(follower, bytes);
  }
  await world.settle();
  const refused = follower.manager.tabs.refused();
  for (const [code, count] of Object.entries(expected)) assert.ok(refused[code] >= count, code);
  const total = Object.values(refused).reduce((sum, n) => sum + n, 0);
  assert.equal(total, 207);
  assert.deepEqual(shared(follower), before);
  assert.equal(follower.manager.tabs.role, role);
  assert.deepEqual(follower.errors, []);
});
