// One write and what becomes of it: values, defaults, updaters, unset, receipts.
import assert from 'node:assert/strict';
import { createStateManager, defineState, StateScope } from 'danji';
import { openManager, openUnit, pageOf, refusal, rejection, test } from './harness.js';

const count = defineState({ key: 'count', scope: 'private', default: 0 });
const cart = defineState({ key: 'cart', scope: 'apartment', default: () => ({ items: [] }) });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });
const label = defineState({ key: 'label', scope: 'building', default: null });

test('a state that nobody wrote reads as its default', () => {
  const { unit } = openUnit();
  assert.equal(unit.getState(count), 0);
  assert.deepEqual(unit.getState(cart), { items: [] });
  assert.equal(unit.getState(label), null);
});

test('a default is never written: the core has no row for a key that was only read', () => {
  const { manager, unit } = openUnit();
  unit.getState(count);
  unit.getState(cart);
  assert.deepEqual(manager.createSnapshot().entries, []);
});

test('a default function runs once, and its value is the same object for all', () => {
  const { manager, unit } = openUnit();
  let calls = 0;
  const wishes = defineState({ key: 'wishes', scope: 'apartment', default: () => [++calls] });
  const other = manager.createUnitStateStore('header');
  assert.equal(unit.getState(wishes), other.getState(wishes));
  assert.equal(calls, 1);
});

test('a written value is read at once, by every kind of value', async () => {
  const { unit } = openUnit();
  const values = [
    1, 0, -1, 0.1, 2 ** 53, -(2 ** 53), 1e300, 5e-324, true, false, null, '', 'Ada',
    '가나다 😀', [], {}, [1, [2, [3]]], { a: { b: { c: null } } }, '\u0000"\\\n', { '': 0 },
  ];
  for (const [place, value] of values.entries()) {
    const state = defineState({ key: `state ${place}`, scope: 'apartment', default: 'none' });
    const written = unit.setState(state, value);
    assert.deepEqual(unit.getState(state), value);
    await written;
    assert.deepEqual(unit.getState(state), value);
  }
});

test('the value that is written is the object that is read', () => {
  const { unit } = openUnit();
  const value = { items: [{ id: 1 }] };
  unit.setState(cart, value);
  assert.equal(unit.getState(cart), value);
});

test('there is one zero', () => {
  const { unit } = openUnit();
  unit.setState(count, -0);
  assert.ok(Object.is(unit.getState(count), 0));
});

test('an updater gets the newest value and its result is written', () => {
  const { unit } = openUnit();
  for (let i = 0; i < 10; i++) unit.setState(count, (n) => n + 1);
  assert.equal(unit.getState(count), 10);
});

test('an updater of a state that was never written starts from the default', () => {
  const { unit } = openUnit();
  unit.setState(cart, (value) => ({ items: [...value.items, 'tea'] }));
  assert.deepEqual(unit.getState(cart), { items: ['tea'] });
});

test('an updater that throws writes nothing and its error is the cause', () => {
  const { unit } = openUnit();
  unit.setState(count, 3);
  const reason = new Error('no');
  const error = refusal('UPDATER_FAILED', () => {
    unit.setState(count, () => {
      throw reason;
    });
  });
  assert.equal(error.cause, reason);
  assert.equal(error.key, 'count');
  assert.equal(unit.getState(count), 3);
});

test('a draft recipe that throws writes nothing, and its error names the key', () => {
  const { unit } = openUnit();
  const reason = new Error('no');
  const error = refusal('UPDATER_FAILED', () => {
    unit.update(cart, (draft) => {
      draft.items.push('tea');
      throw reason;
    });
  });
  assert.equal(error.cause, reason);
  assert.equal(error.key, 'cart');
  assert.deepEqual(unit.getState(cart), { items: [] });
  assert.equal(refusal('INVALID_VALUE', () => unit.update(count, () => {})).key, 'count');
});

test('an updater may write other states itself', () => {
  const { unit } = openUnit();
  unit.setState(count, (n) => {
    unit.setState(theme, 'dark');
    return n + 1;
  });
  assert.equal(unit.getState(count), 1);
  assert.equal(unit.getState(theme), 'dark');
});

test('unset goes back to the default and leaves no row in the core', async () => {
  const { manager, unit } = openUnit();
  unit.setState(cart, { items: ['tea'] });
  const receipt = await unit.unsetState(cart);
  assert.deepEqual(unit.getState(cart), { items: [] });
  assert.equal(unit.readState(cart).meta.source, 'default');
  assert.equal(receipt.applied, 'acked');
  assert.deepEqual(manager.createSnapshot().entries, []);
});

test('unset of what was never written is a write like any other', async () => {
  const { unit } = openUnit();
  const before = await unit.setState(count, 1);
  const label2 = defineState({ key: 'label2', scope: 'private', default: 'x' });
  const receipt = await unit.unsetState(label2);
  assert.ok(receipt.version.index > before.version.index);
  assert.equal(unit.getState(label2), 'x');
});

test('a receipt names op and version, and versions of a space only grow', async () => {
  const { manager, unit } = openUnit();
  const receipts = [];
  for (let i = 1; i <= 5; i++) receipts.push(await unit.setState(theme, `colour ${i}`));
  for (const [place, { opId, version, applied }] of receipts.entries()) {
    assert.equal(applied, 'acked');
    assert.match(version.epoch, /^[0-9a-f]{16}$/);
    assert.match(opId, new RegExp(`^${manager.tabs.id}/device/global#[0-9]+$`));
    if (place > 0) assert.ok(version.index > receipts[place - 1].version.index);
  }
});

test('an op id is never used twice, in no unit and no space', async () => {
  const { manager, unit } = openUnit();
  const other = manager.createUnitStateStore('header');
  const writes = [];
  for (let i = 0; i < 20; i++) {
    writes.push(unit.setState(count, i), other.setState(count, i));
    writes.push(unit.setState(theme, `t${i}`), other.setState(cart, { items: [i] }));
    writes.push(unit.unsetState(label));
  }
  const ids = (await Promise.all(writes)).map(({ opId }) => opId);
  assert.equal(new Set(ids).size, ids.length);
});

test('a receipt survives JSON', async () => {
  const { unit } = openUnit();
  const receipt = await unit.setState(count, 1);
  const copy = JSON.parse(JSON.stringify(receipt));
  assert.deepEqual(copy, {
    opId: receipt.opId,
    version: { ...receipt.version },
    applied: 'acked',
    superseded: false,
  });
});

test('two scopes have versions of their own', async () => {
  const { unit } = openUnit();
  const first = await unit.setState(theme, 'dark');
  const second = await unit.setState(cart, { items: [1] });
  assert.equal(first.version.index, second.version.index);
  assert.notEqual(first.version.epoch, second.version.epoch);
});

test('metadata tell version, author, time and source', async () => {
  let now = 1_700_000_000_000;
  const { unit } = openUnit('cart', { clock: () => now });
  assert.deepEqual(plain(unit.readState(theme).meta), {
    loading: false,
    version: null,
    pending: 0,
    source: 'default',
    error: null,
    updatedAt: null,
    updatedBy: null,
  });
  const { version } = await unit.setState(theme, 'dark');
  now += 5000;
  assert.deepEqual(plain(unit.readState(theme).meta), {
    loading: false,
    version: { ...version },
    pending: 0,
    source: 'local',
    error: null,
    updatedAt: 1_700_000_000_000,
    updatedBy: 'cart',
  });
});

test('metadata do not change under who holds them', () => {
  const { unit } = openUnit();
  unit.setState(theme, 'dark');
  const { meta, value } = unit.readState(theme);
  const version = { ...meta.version };
  unit.setState(theme, 'light again');
  assert.equal(value, 'dark');
  assert.deepEqual({ ...meta.version }, version);
});

test('a reading is the same object until value or metadata change', async () => {
  const { unit } = openUnit();
  const reading = unit.readState(theme);
  assert.equal(unit.readState(theme), reading);
  await unit.setState(theme, 'dark');
  const next = unit.readState(theme);
  assert.notEqual(next, reading);
  assert.equal(unit.readState('theme'), next);
});

test('the epoch of a version is known whoever asks, also in a snapshot', async () => {
  const { manager, unit } = openUnit();
  const { version } = await unit.setState(theme, 'dark');
  const [entry] = manager.createSnapshot().entries;
  assert.deepEqual(entry.version, { ...version });
  assert.deepEqual({ ...unit.readState(theme).meta.version }, { ...version });
});

test('a key may be named by its text once its definition is known', () => {
  const { manager, unit } = openUnit();
  manager.registerSharedState({ key: 'zoom', scope: StateScope.GLOBAL_SHARED, default: 1 });
  unit.setState('zoom', 2);
  assert.equal(unit.getState('zoom'), 2);
  assert.equal(manager.getState('zoom', 'cart'), 2);
});

test('the manager reads and writes for a unit that is alive', async () => {
  const { manager, unit } = openUnit();
  await manager.setState(count, 4, 'cart');
  assert.equal(unit.getState(count), 4);
  assert.equal(manager.getState(count, 'cart'), 4);
  refusal('UNKNOWN_UNIT', () => manager.getState(count, 'nobody'));
  refusal('UNKNOWN_UNIT', () => manager.setState(count, 1, 'nobody'));
});

test('a write that waits for nobody has its decision all the same when alone', async () => {
  const { unit } = openUnit();
  const receipt = await unit.setState(theme, 'dark', { wait: 'local' });
  assert.equal(receipt.applied, 'acked');
});

test('the time is read once per task and stamped into the core', async () => {
  let reads = 0;
  const { manager, unit } = openUnit('cart', { clock: () => 1000 + ++reads });
  unit.getState(count);
  await null;
  reads = 0;
  for (let i = 0; i < 50; i++) unit.setState(count, i);
  assert.equal(reads, 1);
  await null;
  unit.setState(count, 51);
  assert.equal(reads, 2);
  assert.equal(manager.createSnapshot().entries[0].timestamp, 1002);
});

test('a clock that goes back does not let an older write win', () => {
  let now = 10_000;
  const { unit } = openUnit('cart', { clock: () => now });
  unit.setState(theme, 'dark');
  now = 5000;
  unit.setState(theme, 'light');
  assert.equal(unit.getState(theme), 'light');
});

test('hundreds of keys and writes end as they were written last', () => {
  const { manager, unit } = openUnit();
  const last = {};
  for (let i = 0; i < 600; i++) {
    const key = `key ${i % 150}`;
    manager.registerSharedState({ key, scope: 'apartment', default: null });
    last[key] = i % 3 === 0 ? i : { round: i };
    unit.setState(key, last[key]);
  }
  const rows = manager.createSnapshot().entries.map(({ key, value }) => [key, value]);
  assert.deepEqual(Object.fromEntries(rows), last);
});

test('a value larger than the memory the core started with is kept whole', () => {
  const { manager, unit } = openUnit();
  const text = 'x'.repeat(200_000);
  for (let i = 0; i < 30; i++) {
    manager.registerSharedState({ key: `big ${i}`, scope: 'apartment', default: '' });
    unit.setState(`big ${i}`, text + i);
  }
  const { entries } = manager.createSnapshot();
  assert.equal(entries.length, 30);
  assert.ok(entries.every(({ key, value }) => value === text + key.slice(4)));
});

test('the public door opens managers that share nothing in Node', async () => {
  const [one, two] = [createStateManager(), createStateManager()];
  await one.ready;
  one.createUnitStateStore('cart').setState(theme, 'dark');
  assert.equal(two.createUnitStateStore('cart').getState(theme), 'light');
  assert.equal(one.namespace, 'default');
  assert.equal(one.engine, 'wasm');
  assert.equal(one.tabs.role, 'alone');
  await Promise.all([one.close(), two.close()]);
});

test('a manager that works alone says why', async () => {
  const manager = openManager();
  assert.equal(manager.tabs.aloneBecause, 'disabled');
  assert.equal(manager.tabs.isLeader(), false);
  assert.deepEqual(manager.tabs.peers(), []);
  assert.deepEqual(manager.tabs.refused(), {});
  const lockless = openManager({ channel: undefined });
  assert.equal(lockless.tabs.aloneBecause, 'no-web-locks');
  await lockless.ready;
});

test('a namespace and a user are checked', async () => {
  for (const namespace of ['', 'a/b', 'x'.repeat(65), 5]) {
    refusal('INVALID_ID', () => createStateManager({ namespace }));
  }
  refusal('INVALID_ID', () => createStateManager({ user: 7 }));
  const manager = openManager();
  refusal('INVALID_ID', () => manager.createUnitStateStore('no spaces'));
  refusal('INVALID_ID', () => manager.createUnitStateStore('cart', { building: '' }));
  refusal('INVALID_ID', () => manager.createUnitStateStore('cart', { apartment: 'a/b' }));
});

test('a failed write in the core is told by its code', async () => {
  const { manager, unit } = openUnit();
  const { bridge } = pageOf(manager).store;
  const other = { key: 'count', scope: 'global', default: 0 };
  unit.getState(count);
  refusal('DEFINITION_CLASH', () => manager.registerSharedState(other));
  assert.equal(typeof bridge.inspect(), 'string');
  await rejection('UNKNOWN_UNIT', manager.batchUpdate([{ key: count, value: 1 }], 'nobody'));
});

function plain(meta) {
  const { loading, version, pending, source, error, updatedAt, updatedBy } = meta;
  const copy = version === null ? null : { ...version };
  return { loading, version: copy, pending, source, error, updatedAt, updatedBy };
}
