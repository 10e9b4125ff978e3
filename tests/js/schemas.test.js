// Schemas: what a definition says of its values is kept by everybody who writes them.
import assert from 'node:assert/strict';
import { type } from 'arktype';
import { DanjiError, defineState } from 'danji';
import * as valibot from 'valibot';
import { z } from 'zod';
import { assertAgree, openTabs } from './fake-tabs.js';
import { openManager, openUnit, refusal, sharedDigests, test } from './harness.js';

const schema = {
  version: '1',
  required: ['status'],
  properties: {
    status: { type: 'string', enum: ['open', 'done'], description: 'where it stands' },
    lines: { type: 'array', items: { type: 'object', properties: { pieces: { type: 'integer' } } } },
    description: { type: 'string', maxLength: 3 },
  },
};
const order = defineState({
  key: 'order', scope: 'apartment', schema, default: { status: 'open', lines: [] },
});
const level = defineState({
  key: 'level', scope: 'global', default: 1,
  schema: { version: '1', type: 'number', minimum: 0, maximum: 9.5 },
});
const sharedOf = (tab) => sharedDigests(tab.manager);

function thrownBy(call) {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof DanjiError, String(error));
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('a value that does not fit is refused in the call, and the error says where and why', () => {
  const { unit } = openUnit();
  unit.setState(order, { status: 'done', lines: [{ pieces: 2 }] });

  const error = thrownBy(() => unit.setState(order, { status: 'done', lines: [{ pieces: 1.5 }] }));

  assert.deepEqual([error.code, error.key, error.path], ['VALIDATION', 'order', 'lines.0.pieces']);
  assert.match(error.message, /'lines\.0\.pieces' in the value of 'order': expected the type integer/);
  assert.match(error.message, /found 1\.5/);
  assert.deepEqual(unit.getState(order), { status: 'done', lines: [{ pieces: 2 }] });
  assert.equal(thrownBy(() => unit.setState(order, 7)).path, '');
  assert.equal(thrownBy(() => unit.setState(order, { lines: [] })).path, 'status');
  assert.equal(thrownBy(() => unit.update(order, (draft) => { draft.status = 'lost'; })).path, 'status');
});

test('words for people are no part of a schema, but may be names of properties', () => {
  const { unit } = openUnit();

  unit.setState(order, { status: 'open', description: 'new' });

  refusal('VALIDATION', () => unit.setState(order, { status: 'open', description: 'newer' }));
});

test('a schema may be of a number, with bounds', async () => {
  const { unit } = openUnit();

  await unit.setState(level, 9.5);

  refusal('VALIDATION', () => unit.setState(level, 9.6));
  refusal('VALIDATION', () => unit.setState(level, '9'));
  refusal('VALIDATION', () => unit.setState(level, (now) => now - 10));
  assert.equal(unit.getState(level), 9.5);
});

test('a batch with one value that does not fit changes nothing', () => {
  const { unit } = openUnit();
  let told = 0;
  unit.subscribe(level, () => told++);

  const error = thrownBy(() => unit.batch(() => {
    unit.setState(level, 2);
    unit.setState(order, { status: 'lost' });
  }));

  assert.deepEqual([error.code, error.key, error.path], ['VALIDATION', 'order', 'status']);
  assert.deepEqual([unit.getState(level), told], [1, 0]);
});

test('a merge is judged by what it would leave, a sum by its total', async () => {
  const { unit } = openUnit();
  const profile = defineState({
    key: 'profile', scope: 'global', conflictResolution: 'merge', default: { name: '' },
    schema: { version: '1', required: ['name'], properties: { age: { type: 'integer' } } },
  });
  const likes = defineState({
    key: 'likes', scope: 'global', conflictResolution: 'sum', default: 0,
    schema: { version: '1', type: 'integer', maximum: 3 },
  });

  await unit.setState(profile, { name: 'Ada' });
  refusal('VALIDATION', () => unit.setState(profile, { age: 7 }));
  await unit.update(profile, (draft) => { draft.age = 7; });
  unit.add(likes, 3);
  refusal('VALIDATION', () => unit.add(likes, 1));

  assert.deepEqual(unit.getState(profile), { name: 'Ada', age: 7 });
  assert.equal(unit.getState(likes), 3);
});

test('a schema that is none, and a default that does not fit, are refused at the definition', () => {
  const { unit } = openUnit();
  const use = (part, standard = 1) => () =>
    unit.getState(defineState({ key: 'odd', scope: 'global', default: standard, schema: part }));

  for (const part of [
    7, [], { type: 'number' }, { version: 1 }, { version: 'v1' }, { version: '1', tpye: 'number' },
    { version: '1', migration: 7 }, { version: '1', migration: [{ from: '0' }] },
    { version: '1', migration: [{ from: '0', up: (x) => x, down: 7 }] }, { '~standard': {} },
    { version: '1', type: 'string' }, { version: '1', maximum: 0 },
  ]) {
    refusal('INVALID_DEFINITION', use(part));
  }
  refusal('INVALID_DEFINITION', use(z.string()));
  assert.equal(use({ version: '1', type: 'number' })(), 1);
});

test('what another page claims is held against the schema where it is decided', async (t) => {
  const world = openTabs(t);
  const [ada, bob] = [world.open(), world.open()];
  await world.settle();
  const likes = (part) => defineState({
    key: 'likes', scope: 'global', conflictResolution: 'sum', default: 0, ...part,
  });
  ada.unit.add(likes({ schema: { version: '1', type: 'integer', maximum: 3 } }), 2);
  // Another page, of a release without schemas, that has not heard of ours.
  const late = assert.rejects(bob.unit.add(likes({}), 2), { code: 'VALIDATION' });
  await world.settle();

  await late;
  assert.deepEqual([ada.unit.getState('likes'), bob.unit.getState('likes')], [2, 2]);
  await world.settle();
  refusal('VALIDATION', () => bob.unit.add('likes', 2));
  assertAgree([ada, bob], sharedOf);
});

test('a snapshot is looked at as a whole before it is brought back', async () => {
  const { manager } = openUnit();
  const unit = manager.createUnitStateStore('cart');
  await unit.setState(level, 3);
  const free = openManager();
  const other = free.createUnitStateStore('cart');
  await other.setState(defineState({ key: 'level', scope: 'global', default: 1 }), 99);

  for (const snapshot of [free.createSnapshotBytes(), free.createSnapshot()]) {
    await assert.rejects(manager.restoreFromSnapshot(snapshot), { code: 'VALIDATION', key: 'level' });
  }
  assert.equal(unit.getState(level), 3);
});

test('a schema of zod, valibot or arktype is run in the tab of the writer, and its output is kept', async () => {
  const libraries = {
    zod: z.object({ name: z.string().trim(), tags: z.array(z.string().min(2)).default([]) }),
    valibot: valibot.object({
      name: valibot.pipe(valibot.string(), valibot.trim()),
      tags: valibot.optional(valibot.array(valibot.pipe(valibot.string(), valibot.minLength(2))), []),
    }),
    // A function, unlike the others' schemas.
    arktype: type({ name: 'string.trim', tags: type('string >= 2').array().default(() => []) }),
  };
  for (const [key, library] of Object.entries(libraries)) {
    const { unit } = openUnit();
    const user = defineState({ key, scope: 'global', schema: library, default: { name: '', tags: [] } });

    await unit.setState(user, { name: ' Ada ' });
    const error = thrownBy(() => unit.setState(user, { name: 'Ada', tags: ['ok', 'x'] }));

    assert.deepEqual(unit.getState(user), { name: 'Ada', tags: [] });
    assert.deepEqual([error.code, error.key, error.path], ['VALIDATION', key, 'tags.1']);
    assert.equal(error.details.length, 1);
    assert.ok(error.message.includes(error.details[0].message));
    refusal('VALIDATION', () => unit.setState(user, 7));
    await unit.setState(user, (before) => ({ ...before, name: `${before.name} L ` }));
    assert.equal(unit.getState(user).name, 'Ada L');
  }
});

test('a schema that answers later is refused', () => {
  const { unit } = openUnit();
  const fails = { version: 1, vendor: 'own', validate: async () => { throw new Error('late'); } };
  for (const schema of [z.string().refine(async () => true), { '~standard': fails }]) {
    const name = defineState({ key: 'name', scope: 'global', schema, default: '' });

    refusal('ASYNC_SCHEMA', () => unit.setState(name, 'Ada'));
  }
});

test('each unit of a page writes through the schema that it brought itself', async () => {
  const { manager, unit: ada } = openUnit('ada');
  const bob = manager.createUnitStateStore('bob');
  const make = (library) => defineState({ key: 'code', scope: 'global', schema: library, default: 'ab' });
  const [short, long] = [make(z.string().max(2)), make(z.string().max(9))];
  ada.getState(short);

  await bob.setState(long, 'abcdef');

  assert.equal(ada.getState(short), 'abcdef');
  refusal('VALIDATION', () => ada.setState(short, 'abc'));
  await ada.setState(short, 'xy');
  assert.equal(bob.getState(long), 'xy');
});

test('an optimistic update is looked at before it is shown, and its answer before it is kept', async () => {
  const { unit } = openUnit();

  refusal('VALIDATION', () => unit.optimisticUpdate(level, () => 99, { commit: async () => {} }));
  await assert.rejects(unit.optimisticUpdate(level, () => 2, { commit: async () => 99 }),
    { code: 'VALIDATION' });

  assert.equal(unit.getState(level), 1);
});
