// Snapshots of an older release: brought back through the steps of the page, or not at all.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openManager, test } from './harness.js';

const base = { key: 'order', scope: 'global' };
const up = ({ status, ...rest }) => ({ state: status === 'ongoing' ? 'in_progress' : status, ...rest });
const note = { type: 'string' };
const v1 = () => defineState({
  ...base, default: { status: 'done' },
  schema: {
    version: '1', required: ['status'], additionalProperties: false,
    properties: { status: { type: 'string', enum: ['ongoing', 'done'] }, note },
  },
});
const v2 = (migration = [{ from: '1', up }]) => defineState({
  ...base, default: { state: 'done' },
  schema: {
    version: '2', required: ['state'], additionalProperties: false,
    properties: { state: { type: 'string', enum: ['in_progress', 'done'] }, note }, migration,
  },
});

/** A page with two units, of the old and of the new release. */
function openPage() {
  const manager = openManager({ onError: () => {} });
  const [old, young] = [manager.createUnitStateStore('old'), manager.createUnitStateStore('young')];
  return { manager, old, young };
}

test('a snapshot of an older release is brought back through the steps', async () => {
  const before = openPage();
  await before.old.setState(v1(), { status: 'ongoing', note: 'a' });
  const snapshot = before.manager.createSnapshot();
  assert.equal(snapshot.entries[0].schema, '1');
  const { manager, young } = openPage();
  const order2 = v2();
  young.getState(order2);

  await manager.restoreFromSnapshot(JSON.parse(JSON.stringify(snapshot)));

  assert.deepEqual(young.getState(order2), { state: 'in_progress', note: 'a' });
  assert.equal(manager.createSnapshot().entries[0].schema, '2');
});

test('bytes of an older release are brought back through the steps, also over a newer value', async () => {
  const before = openPage();
  await before.old.setState(v1(), { status: 'ongoing', note: 'a' });
  const bytes = before.manager.createSnapshotBytes();
  for (const present of [undefined, { state: 'done', note: 'b' }]) {
    const { manager, young } = openPage();
    const order2 = v2();
    young.getState(order2);
    if (present) await young.setState(order2, present);

    await manager.restoreFromSnapshot(bytes);

    assert.deepEqual(young.getState(order2), { state: 'in_progress', note: 'a' });
    assert.equal(manager.createSnapshot().entries[0].schema, '2');
  }
});

test('bytes whose values no step can bring up change nothing, nor the keys beside them', async () => {
  const before = openPage();
  const theme = defineState({ key: 'a-theme', scope: 'global', default: 'light' });
  await before.old.setState(v1(), { status: 'ongoing' });
  await before.old.setState(theme, 'dark');
  const bytes = before.manager.createSnapshotBytes();
  const throwing = [{ from: '1', up: () => { throw new Error('no such field'); } }];
  const misfit = [{ from: '1', up: () => ({ state: 'lost' }) }];
  for (const [steps, code] of [
    [throwing, 'MIGRATION'], [misfit, 'VALIDATION'], [[{ from: '1.5', up: (x) => x }], 'READ_ONLY_SCHEMA'],
  ]) {
    const { manager, young } = openPage();
    const order2 = v2(steps);
    await young.setState(order2, { state: 'done' });

    await assert.rejects(manager.restoreFromSnapshot(bytes), { code });

    assert.deepEqual([young.getState(order2), young.getState(theme)], [{ state: 'done' }, 'light']);
  }
});

test('an older snapshot that has a key unset takes it away under the newer version', async () => {
  const before = openPage();
  await before.old.setState(v1(), { status: 'ongoing' });
  await before.old.unsetState(v1());
  const { manager, young } = openPage();
  const order2 = v2();
  await young.setState(order2, { state: 'in_progress' });

  await manager.restoreFromSnapshot(before.manager.createSnapshotBytes());

  assert.deepEqual(young.getState(order2), { state: 'done' });
});

test('a snapshot whose values no step can bring up changes nothing', async () => {
  const before = openPage();
  await before.old.setState(v1(), { status: 'ongoing' });
  const { manager, young } = openPage();
  const order2 = v2([{ from: '1', up: () => { throw new Error('no such field'); } }]);
  await young.setState(order2, { state: 'done' });

  await assert.rejects(manager.restoreFromSnapshot(before.manager.createSnapshot()), { code: 'MIGRATION' });

  assert.deepEqual(young.getState(order2), { state: 'done' });
});
