// Snapshots: taken as plain data or as bytes, filtered, and brought back by merge or replace.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openManager, openUnit, pageOf, refusal, rejection, test } from './harness.js';

const draft = defineState({ key: 'draft', scope: 'private', default: '' });
const hall = defineState({ key: 'hall', scope: 'building', default: 0 });
const cart = defineState({ key: 'cart', scope: 'apartment', default: { items: [] } });
const total = defineState({ key: 'total', scope: 'apartment', default: 0 });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });

const values = new Map([
  [draft, 'hello'],
  [hall, 3],
  [cart, { items: [{ id: 1, name: '차' }] }],
  [total, 12.5],
  [theme, null],
]);

function openFull(unitId = 'cart', options = {}) {
  const opened = openUnit(unitId, options);
  for (const [state, value] of values) opened.unit.setState(state, value);
  return opened;
}

function read(unit) {
  return new Map([...values.keys()].map((state) => [state, unit.getState(state)]));
}

const keysOf = ({ entries }) => entries.map(({ key }) => key).sort();

/** Both forms of a snapshot, as a restorer gets them. */
const forms = {
  plain: (manager, filter) => JSON.parse(JSON.stringify(manager.createSnapshot(filter))),
  bytes: (manager, filter) => manager.createSnapshotBytes(filter),
};

test('a plain snapshot tells of each value all there is to know', async () => {
  const { manager, unit } = openUnit('cart', { clock: () => 5000 });
  const { opId, version } = await unit.setState(cart, { items: [1] });
  assert.deepEqual(manager.createSnapshot(), {
    format: 1,
    createdAt: 5000,
    entries: [
      {
        key: 'cart',
        value: { items: [1] },
        version: { ...version },
        timestamp: 5000,
        unitId: 'cart',
        scope: 'apartment',
        space: 'device/apartment:main',
        opId,
      },
    ],
  });
});

test('the values in a snapshot are frozen', () => {
  const { manager } = openFull();
  const entry = manager.createSnapshot().entries.find(({ key }) => key === 'cart');
  assert.throws(() => entry.value.items.push(1), TypeError);
});

test('filters choose by scope, by unit and by key', () => {
  const { manager } = openFull();
  const other = manager.createUnitStateStore('header', { building: 'tower' });
  other.setState(draft, 'theirs');
  other.setState(hall, 9);
  const chosen = (filter) => keysOf(manager.createSnapshot(filter));
  assert.deepEqual(chosen(), ['cart', 'draft', 'draft', 'hall', 'hall', 'theme', 'total']);
  assert.deepEqual(chosen({ scope: 'apartment' }), ['cart', 'total']);
  assert.deepEqual(chosen({ scope: 'private' }), ['draft', 'draft']);
  assert.deepEqual(chosen({ unitId: 'cart' }), ['cart', 'draft', 'hall', 'theme', 'total']);
  assert.deepEqual(chosen({ unitId: 'header', scope: 'private' }), ['draft']);
  assert.deepEqual(chosen({ keys: ['cart', 'hall', 'nothing'] }), ['cart', 'hall', 'hall']);
  assert.deepEqual(chosen({ keys: ['hall'], unitId: 'cart' }), ['hall']);
  assert.deepEqual(chosen({ keys: [] }), []);
  assert.deepEqual(keysOf(other.createSnapshot()), ['cart', 'draft', 'hall', 'theme', 'total']);
});

test('the bytes take the same filters as the plain form', async () => {
  const { manager } = openFull();
  const filters = [{}, { scope: 'global' }, { unitId: 'cart', keys: ['hall', 'draft'] },
    { keys: [] }, { scope: 'private', unitId: 'cart' }];
  for (const filter of filters) {
    const copy = openManager();
    await copy.restoreFromSnapshot(manager.createSnapshotBytes(filter));
    assert.deepEqual(keysOf(copy.createSnapshot()), keysOf(manager.createSnapshot(filter)));
  }
});

test('equal contents are equal bytes, whenever the snapshot is taken', () => {
  const { manager, unit } = openFull();
  const before = Buffer.from(manager.createSnapshotBytes());
  unit.getState(cart);
  manager.createSnapshot();
  assert.ok(before.equals(manager.createSnapshotBytes()));
});

for (const [form, take] of Object.entries(forms)) {
  test(`${form}: a snapshot fills another manager, whoever registered first`, async () => {
    const { manager, unit } = openFull();
    const snapshot = take(manager);
    const other = openManager();
    const reader = other.createUnitStateStore('cart');
    const isKnown = form === 'plain';
    if (isKnown) for (const state of values.keys()) reader.register(state);
    await other.restoreFromSnapshot(snapshot);
    assert.deepEqual(read(reader), read(unit));
    assert.deepEqual(read(reader), values);
  });

  test(`${form}: merge sets what is in the snapshot and leaves the rest`, async () => {
    const { manager, unit } = openFull();
    const snapshot = take(manager, { keys: ['cart', 'theme'] });
    unit.setState(cart, { items: [] });
    unit.setState(total, 99);
    unit.unsetState(theme);
    await manager.restoreFromSnapshot(snapshot, 'merge');
    assert.deepEqual(unit.getState(cart), values.get(cart));
    assert.equal(unit.getState(theme), null);
    assert.equal(unit.getState(total), 99);
    assert.equal(unit.getState(draft), 'hello');
  });

  test(`${form}: replace also unsets registered keys that the snapshot lacks`, async () => {
    const { manager, unit } = openFull();
    const snapshot = take(manager, { keys: ['cart', 'hall'] });
    unit.setState(cart, { items: [5] });
    await manager.restoreFromSnapshot(snapshot, 'replace');
    assert.deepEqual(keysOf(manager.createSnapshot()), ['cart', 'hall']);
    assert.deepEqual(unit.getState(cart), values.get(cart));
    assert.equal(unit.getState(total), 0);
    assert.equal(unit.getState(draft), '');
    assert.equal(unit.getState(theme), 'light');
  });

  test(`${form}: versions never go back, by merge or replace`, async () => {
    const { manager, unit } = openFull();
    const snapshot = take(manager);
    const old = manager.createSnapshot().entries.map(({ version }) => version.index);
    for (let i = 0; i < 5; i++) unit.setState(total, i);
    for (const mode of ['merge', 'replace', 'merge']) {
      const before = unit.readState(total).meta.version;
      await manager.restoreFromSnapshot(snapshot, mode);
      const after = unit.readState(total).meta.version;
      assert.equal(after.epoch, before.epoch);
      assert.ok(after.index > before.index, `${mode}: ${after.index} after ${before.index}`);
      assert.ok(after.index > Math.max(...old));
    }
    assert.deepEqual(read(unit), values);
  });

  test(`${form}: a restore is told once, in one round, and under a name`, async () => {
    const { manager, unit } = openFull();
    const snapshot = take(manager);
    for (const state of [cart, total, theme]) unit.unsetState(state);
    const rounds = [];
    manager.subscribeAll((changes) => rounds.push(changes.map(({ key }) => key).sort()));
    await manager.restoreFromSnapshot(snapshot);
    assert.deepEqual(rounds, [['cart', 'theme', 'total']]);
    assert.equal(unit.readState(cart).meta.updatedBy, 'host');
    assert.equal(unit.readState(cart).meta.source, 'local');
  });

  test(`${form}: an empty snapshot merges nothing and replaces everything`, async () => {
    const { manager } = openFull();
    const empty = take(manager, { keys: [] });
    await manager.restoreFromSnapshot(empty);
    assert.equal(manager.createSnapshot().entries.length, 5);
    await manager.restoreFromSnapshot(empty, 'replace');
    assert.equal(manager.createSnapshot().entries.length, 0);
  });

  test(`${form}: a key that means something else here is refused as a whole`, async () => {
    const { manager } = openFull();
    const snapshot = take(manager);
    const { manager: other, unit } = openUnit('cart');
    unit.setState(defineState({ key: 'theme', scope: 'apartment', default: 'x' }), 'mine');
    for (const state of values.keys()) if (state !== theme) unit.getState(state);
    const before = other.createSnapshotBytes();
    await rejection('DEFINITION_CLASH', other.restoreFromSnapshot(snapshot));
    assert.deepEqual(other.createSnapshotBytes(), before);
  });
}

test('a plain snapshot of an unknown key is refused, and nothing of it is written', async () => {
  const { manager } = openFull();
  const snapshot = manager.createSnapshot();
  const { manager: other, unit } = openUnit('cart');
  for (const state of [draft, hall, cart]) unit.getState(state);
  await rejection('NOT_REGISTERED', other.restoreFromSnapshot(snapshot));
  assert.deepEqual(other.createSnapshot().entries, []);
});

test('what is no snapshot at all is refused by MALFORMED', async () => {
  const { manager, unit } = openFull();
  const before = manager.createSnapshotBytes();
  const entry = manager.createSnapshot().entries[0];
  const bad = [
    null, undefined, 5, 'snapshot', {}, [], { format: 1 }, { format: 2, entries: [] },
    { format: 1, entries: {} }, { format: 1, entries: [null] }, { format: 1, entries: [{}] },
    { format: 1, entries: [{ ...entry, space: undefined }] },
    { format: 1, entries: [{ ...entry, space: 7 }] },
    new Uint8Array(0), new Uint8Array(5), new TextEncoder().encode('a snapshot, honestly'),
    new ArrayBuffer(16),
  ];
  for (const snapshot of bad) await rejection('MALFORMED', manager.restoreFromSnapshot(snapshot));
  const nameless = { ...entry, key: undefined };
  await rejection('INVALID_KEY', manager.restoreFromSnapshot({ format: 1, entries: [nameless] }));
  const worse = { ...entry, value: new Date(0) };
  await rejection('INVALID_VALUE', manager.restoreFromSnapshot({ format: 1, entries: [worse] }));
  const lost = { ...entry, value: undefined };
  await rejection('INVALID_VALUE', manager.restoreFromSnapshot({ format: 1, entries: [lost] }));
  const elsewhere = { ...entry, space: 'device/nowhere' };
  await rejection('DEFINITION_CLASH',
    manager.restoreFromSnapshot({ format: 1, entries: [elsewhere] }));
  const nobody = { ...entry, key: 'draft', space: 'tab/private:main/main/no one' };
  await rejection('INVALID_ID', manager.restoreFromSnapshot({ format: 1, entries: [nobody] }));
  assert.deepEqual(read(unit), values);
  assert.deepEqual(manager.createSnapshotBytes(), before);
});

test('bytes come in any view: a Buffer, a part of a larger buffer, a DataView', async () => {
  const { manager, unit } = openFull();
  const bytes = manager.createSnapshotBytes();
  const large = new Uint8Array(bytes.length + 20);
  large.set(bytes, 7);
  const views = [
    Buffer.from(bytes),
    large.subarray(7, 7 + bytes.length),
    new DataView(large.buffer, 7, bytes.length),
  ];
  for (const view of views) {
    unit.unsetState(cart);
    await manager.restoreFromSnapshot(view);
    assert.deepEqual(unit.getState(cart), values.get(cart));
  }
});

/** Restores damaged bytes and proves that nobody noticed. */
async function assertRefused(manager, bytes, codes) {
  const before = manager.createSnapshotBytes();
  let told = 0;
  const stop = manager.subscribeAll(() => told++);
  for (const mode of ['merge', 'replace']) {
    let code;
    await manager.restoreFromSnapshot(bytes, mode).catch((error) => (code = error.code));
    assert.ok(codes.includes(code), `${code} is none of ${codes}`);
  }
  stop();
  assert.equal(told, 0);
  assert.deepEqual(manager.createSnapshotBytes(), before);
}

test('a snapshot cut off at any byte changes nothing', async () => {
  const { manager } = openFull();
  const bytes = manager.createSnapshotBytes();
  const { manager: other } = openFull();
  for (let length = 0; length < bytes.length; length++) {
    await assertRefused(other, bytes.subarray(0, length), ['MALFORMED']);
  }
  const longer = Uint8Array.from([...bytes, 0]);
  await assertRefused(other, longer, ['MALFORMED']);
});

test('a snapshot with any bit flipped changes nothing', async () => {
  const { manager } = openFull();
  const bytes = manager.createSnapshotBytes();
  const { manager: other } = openFull();
  for (let place = 0; place < bytes.length; place++) {
    const bit = 1 << place % 8;
    bytes[place] ^= bit;
    await assertRefused(other, bytes, ['MALFORMED', 'CHECKSUM', 'PROTOCOL']);
    bytes[place] ^= bit;
  }
  await other.restoreFromSnapshot(bytes);
});

test('a snapshot of a newer major format is refused by PROTOCOL', async () => {
  const { manager } = openFull();
  const bytes = manager.createSnapshotBytes();
  bytes[4] = 2;
  await assertRefused(manager, bytes, ['PROTOCOL']);
});

test('a snapshot that claims to be enormous is refused without asking for memory', async () => {
  const { manager } = openFull();
  const bytes = manager.createSnapshotBytes();
  const memory = () => pageOf(manager).store.bridge.memoryBytes ?? process.memoryUsage().rss;
  const before = memory();
  for (const place of [8, 9, 10, 11, 12]) {
    const lying = bytes.slice();
    lying[place] = 255;
    await assertRefused(manager, lying, ['MALFORMED', 'CHECKSUM']);
  }
  assert.ok(memory() - before < 64 * 1024 * 1024);
});

test('a channel frame is no snapshot, and a snapshot no frame', async () => {
  const { manager } = openFull();
  const { bridge } = pageOf(manager).store;
  const before = manager.createSnapshotBytes();
  bridge.receive(manager.createSnapshotBytes());
  assert.deepEqual(manager.createSnapshotBytes(), before);
});

test('a snapshot is taken while values are still on their way into the core', () => {
  const { manager, unit } = openUnit();
  const list = [];
  for (let i = 0; i < 50; i++) {
    list.push({ id: i });
    unit.setState(cart, { items: list.slice() });
    assert.equal(manager.createSnapshot().entries[0].value.items.length, i + 1);
  }
});

test('restoring inside a batch is part of the batch for the plain form', async () => {
  const { manager, unit } = openFull();
  const snapshot = forms.plain(manager);
  unit.unsetState(cart);
  const heard = [];
  unit.subscribe(cart, (value) => heard.push(value));
  let restored;
  unit.batch(() => {
    restored = manager.restoreFromSnapshot(snapshot);
    unit.setState(cart, { items: ['newer'] });
  });
  await restored;
  assert.deepEqual(heard, [{ items: ['newer'] }]);
});

test('restoring bytes inside a batch is refused: they can not wait for its end', async () => {
  const { manager, unit } = openFull();
  const bytes = manager.createSnapshotBytes();
  let restored;
  unit.batch(() => {
    restored = manager.restoreFromSnapshot(bytes);
    unit.setState(cart, { items: ['newer'] });
  });
  await rejection('BUSY', restored);
  assert.deepEqual(unit.getState(cart), { items: ['newer'] });
});

test('a private value goes back only to where it came from', async () => {
  const { manager } = openFull('cart');
  const bytes = manager.createSnapshotBytes({ keys: ['draft'] });
  const { manager: other, unit } = openUnit('header');
  await other.restoreFromSnapshot(bytes);
  assert.equal(unit.getState(draft), '');
  assert.equal(other.createUnitStateStore('cart').getState(draft), 'hello');
  refusal('UNKNOWN_UNIT', () => other.createSnapshot({ unitId: 'nobody' }));
});
