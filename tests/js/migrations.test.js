// Migrations: units of an old and a new release share a key, on one page and in two tabs.
import assert from 'node:assert/strict';
import { DanjiError, defineState } from 'danji';
import { assertAgree, openTabs } from './fake-tabs.js';
import { openManager, openUnit, refusal, sharedDigests, test } from './harness.js';

const sharedOf = (tab) => sharedDigests(tab.manager);
const base = { key: 'order', scope: 'global' };
const v1Schema = {
  version: '1', required: ['status'],
  properties: { status: { type: 'string', enum: ['ongoing', 'done'] }, note: { type: 'string' } },
  additionalProperties: false,
};
const step1 = {
  from: '1',
  up: ({ status, ...rest }) => ({ state: status === 'ongoing' ? 'in_progress' : status, ...rest }),
  down: ({ state, ...rest }) => ({ status: state === 'in_progress' ? 'ongoing' : state, ...rest }),
};
const v2Schema = (steps) => ({
  version: '2', required: ['state'],
  properties: { state: { type: 'string', enum: ['in_progress', 'done'] }, note: { type: 'string' } },
  additionalProperties: false,
  migration: steps,
});
const v1 = (more = {}) => defineState({
  ...base, schema: v1Schema, default: { status: 'done' }, ...more,
});
const v2 = (steps = [step1], more = {}) => defineState({
  ...base, schema: v2Schema(steps), default: { state: 'done' }, ...more,
});
const upOnly = [{ from: '1', up: step1.up }];
const tick = () => new Promise(setImmediate);

/** A page with two units, of the old and of the new release. */
function openPage(options) {
  const errors = [];
  const manager = openManager({ onError: (error) => errors.push(error), ...options });
  const [old, young] = [manager.createUnitStateStore('old'), manager.createUnitStateStore('young')];
  return { manager, old, young, errors };
}

/** What the core keeps, whatever a unit sees. */
const kept = (manager) => manager.createSnapshot().entries.map(({ value }) => value)[0];

test('a value is brought up once, and both units go on in their own form', async () => {
  const { manager, old, young } = openPage();
  const [order1, order2] = [v1(), v2()];
  await old.setState(order1, { status: 'ongoing' });
  const heard = [];
  old.subscribe(order1, (value) => heard.push(value));

  assert.deepEqual(young.getState(order2), { state: 'in_progress' });
  await tick();

  assert.deepEqual(kept(manager), { state: 'in_progress' });
  assert.deepEqual([old.getState(order1), young.getState(order2)],
    [{ status: 'ongoing' }, { state: 'in_progress' }]);
  assert.deepEqual(heard, []);
  await old.update(order1, (draft) => { draft.status = 'done'; });
  await young.setState(order2, (seen) => ({ ...seen, note: 'new' }));
  assert.deepEqual(kept(manager), { state: 'done', note: 'new' });
  assert.deepEqual(heard, [{ status: 'done' }, { status: 'done', note: 'new' }]);
  assert.equal(young.readState(order2).meta.error, null);
});

test('each unit has the default of its own release', () => {
  const { old, young, errors } = openPage();

  assert.deepEqual([old.getState(v1()), young.getState(v2())], [{ status: 'done' }, { state: 'done' }]);
  assert.deepEqual(errors, []);
});

test('a reading stays the same object until something changes', async () => {
  const { old, young } = openPage();
  const [order1, order2] = [v1(), v2()];
  await young.setState(order2, { state: 'in_progress', note: 'a' });
  old.getState(order1);
  await tick();

  const reading = old.readState(order1);

  assert.equal(old.readState(order1), reading);
  assert.equal(old.getState(order1), reading.value);
  assert.ok(Object.isFrozen(reading.value));
});

test('without steps down an old unit reads the newer value as it is and can not write', async () => {
  const { old, young } = openPage();
  const order1 = v1();
  await old.setState(order1, { status: 'ongoing' });
  young.getState(v2(upOnly));
  await tick();

  assert.deepEqual(old.getState(order1), { state: 'in_progress' });
  refusal('READ_ONLY_SCHEMA', () => old.setState(order1, { status: 'done' }));
  refusal('READ_ONLY_SCHEMA', () => old.unsetState(order1));
  refusal('READ_ONLY_SCHEMA', () => old.batch(() => old.setState(order1, { status: 'done' })));
  assert.deepEqual(old.getState(order1), { state: 'in_progress' });
});

test('an old unit is told when somebody brings the steps that it lacked', async (t) => {
  const world = openTabs(t);
  const [first, second] = [world.open(), world.open()];
  await world.settle();
  const order1 = v1();
  first.unit.setState(v2(), { state: 'in_progress' });
  await world.settle();
  const heard = [];
  second.unit.subscribe(order1, (value) => heard.push(value));
  assert.deepEqual(second.unit.getState(order1), { state: 'in_progress' });

  second.manager.createUnitStateStore('young').getState(v2());
  await world.settle();

  assert.deepEqual(heard, [{ status: 'ongoing' }]);
  second.unit.setState(order1, { status: 'done' });
  await world.settle();
  assert.deepEqual(first.unit.getState('order'), { state: 'done' });
});

test('several steps are taken one after the other, and one that throws leaves the value whole', async () => {
  const { manager, old, young, errors } = openPage();
  await old.setState(v1(), { status: 'ongoing' });
  const fails = { from: '2', up: () => { throw new Error('no such field'); } };
  const order3 = defineState({
    ...base, default: { phase: '' }, schema: { version: '3', type: 'object', migration: [step1, fails] },
  });

  assert.deepEqual(young.getState(order3), { phase: '' });
  await tick();

  assert.deepEqual(kept(manager), { status: 'ongoing' });
  assert.deepEqual(errors.map(({ code, key }) => [code, key]), [['MIGRATION', 'order']]);
  assert.equal(errors[0].cause.message, 'no such field');
  const { value, meta } = young.readState(order3);
  assert.deepEqual([value, meta.error.code], [{ phase: '' }, 'MIGRATION']);
  refusal('MIGRATION', () => young.setState(order3, { phase: 'x' }));
  assert.deepEqual(kept(manager), { status: 'ongoing' });
});

test('what the steps make has to fit the new schema', async () => {
  const { manager, old, young, errors } = openPage();
  await old.setState(v1(), { status: 'ongoing' });
  const order2 = v2([{ from: '1', up: () => ({ state: 'lost' }) }]);
  young.getState(order2);
  await tick();

  assert.deepEqual(errors.map(({ code, cause }) => [code, cause.code]), [['MIGRATION', 'VALIDATION']]);
  assert.deepEqual(kept(manager), { status: 'ongoing' });
  assert.deepEqual(young.getState(order2), { state: 'done' });
  assert.equal(young.readState(order2).meta.error.code, 'MIGRATION');
});

test('what is no value at all is no result of a step, neither up nor down', async () => {
  const { manager, old, young, errors } = openPage();
  const order1 = v1();
  await old.setState(order1, { status: 'ongoing' });
  young.getState(v2([{ from: '1', up: () => ({ state: new Date(0) }) }]));
  await tick();

  assert.deepEqual([errors[0].code, errors[0].cause.code], ['MIGRATION', 'INVALID_VALUE']);
  assert.deepEqual(kept(manager), { status: 'ongoing' });
});

test('a step down that throws leaves old units with their default, and with the error', async () => {
  const { old, young, errors } = openPage();
  const order1 = v1();
  await old.setState(order1, { status: 'ongoing' });
  young.getState(v2([{ ...step1, down: () => { throw new Error('no way back'); } }]));
  await tick();

  assert.deepEqual(old.getState(order1), { status: 'done' });
  assert.equal(old.readState(order1).meta.error.code, 'MIGRATION');
  assert.deepEqual(errors.map(({ cause }) => cause.message), ['no way back']);
  refusal('MIGRATION', () => old.setState(order1, { status: 'done' }));
});

test('a value for which no steps are there is not touched', async () => {
  const { manager, old, young, errors } = openPage();
  await old.setState(v1(), { status: 'ongoing' });
  young.getState(v2([{ from: '1.5', up: () => ({ state: 'done' }) }]));
  await tick();

  assert.deepEqual(errors.map(({ code }) => code), ['MIGRATION']);
  assert.deepEqual(kept(manager), { status: 'ongoing' });
});

test('one function may take values of any older version', async () => {
  const { manager, old, young } = openPage();
  await old.setState(v1(), { status: 'ongoing' });
  const calls = [];
  young.getState(v2((value, version) => {
    calls.push(version);
    return step1.up(value);
  }));
  await tick();

  assert.deepEqual(kept(manager), { state: 'in_progress' });
  assert.ok(calls.length >= 1 && calls.every((version) => version === '2'));
});

test('without a migration older values are good as they are, if they fit', async () => {
  const { manager, old, young, errors } = openPage();
  const order1 = v1();
  await old.setState(order1, { status: 'ongoing' });
  const wider = defineState({
    ...base, default: { status: 'done' },
    schema: { ...v1Schema, version: '1.1', properties: { status: { type: 'string' }, by: {} } },
  });
  young.getState(wider);
  await tick();
  await young.setState(wider, { status: 'paused', by: 'Ada' });

  assert.deepEqual(old.getState(order1), { status: 'paused', by: 'Ada' });
  await old.setState(order1, { status: 'done' });
  assert.deepEqual([kept(manager), errors], [{ status: 'done' }, []]);
});

test('values of a time without schemas are brought under the first one', async () => {
  const { manager, old, young, errors } = openPage();
  await old.setState(defineState({ ...base, default: null }), { status: 'ongoing' });
  young.getState(v1());
  await tick();
  await young.setState(v1(), { status: 'done' });

  refusal('VALIDATION', () => old.setState('order', 7));
  assert.deepEqual([kept(manager), errors], [{ status: 'done' }, []]);
});

test('fields of a merge change only in the new form', async () => {
  const { manager, old, young } = openPage();
  const [order1, order2] = [v1({ conflictResolution: 'merge' }), v2([step1], { conflictResolution: 'merge' })];
  await old.setState(order1, { status: 'ongoing', note: 'a' });

  await young.update(order2, (draft) => { draft.state = 'done'; });
  await old.update(order1, (draft) => { draft.note = 'b'; });

  assert.deepEqual(kept(manager), { note: 'b', state: 'done' });
  assert.deepEqual(old.getState(order1), { note: 'b', status: 'done' });
});

test('inside a batch each unit reads in its own form what the other has staged', async () => {
  const { manager, old, young } = openPage();
  const [order1, order2] = [v1(), v2()];
  await young.setState(order2, { state: 'done' });
  old.getState(order1);

  const seen = manager.createUnitStateStore('third').batch(() => {
    old.setState(order1, { status: 'ongoing' });
    const first = [old.getState(order1), young.getState(order2)];
    young.update(order2, (draft) => { draft.note = 'b'; });
    old.setState(order1, (now) => ({ ...now, status: 'done' }));
    young.unsetState(order2);
    const unset = [old.getState(order1), young.getState(order2)];
    old.setState(order1, { status: 'ongoing', note: 'c' });
    return [...first, ...unset];
  });

  assert.deepEqual(seen, [
    { status: 'ongoing' }, { state: 'in_progress' }, { status: 'done' }, { state: 'done' },
  ]);
  assert.deepEqual(young.getState(order2), { state: 'in_progress', note: 'c' });
  await manager.transaction('old', (tx) => tx.setState(order1, { status: 'done' }));
  await manager.setState(order1, { status: 'ongoing' }, 'old');
  assert.deepEqual(young.getState(order2), { state: 'in_progress' });
});

test('an old unit hears of its own paths only when they change in its own form', async () => {
  const { manager, old, young } = openPage();
  const [order1, order2] = [v1(), v2()];
  await old.setState(order1, { status: 'ongoing' });
  const heard = [];
  old.subscribeToPath(order1, 'status', (status) => heard.push(status));
  manager.subscribe(order1, ({ status }) => heard.push(`by the manager: ${status}`), { unitId: 'old' });
  young.getState(order2);
  await tick();

  await young.update(order2, (draft) => { draft.note = 'b'; });
  await young.update(order2, (draft) => { draft.state = 'done'; });

  assert.deepEqual(heard, ['by the manager: ongoing', 'done', 'by the manager: done']);
});

test('an old unit takes part in optimistic updates in its own form', async () => {
  const { old, young } = openPage();
  const [order1, order2] = [v1(), v2()];
  await young.setState(order2, { state: 'done' });
  old.getState(order1);
  const shown = [];

  await old.optimisticUpdate(order1, () => ({ status: 'ongoing' }), {
    commit: async (value) => {
      shown.push(value, young.getState(order2));
      return { ...value, note: 'ok' };
    },
  });

  assert.deepEqual(shown, [{ status: 'ongoing' }, { state: 'in_progress' }]);
  assert.deepEqual(young.getState(order2), { state: 'in_progress', note: 'ok' });
});

for (const leads of ['old', 'young']) {
  test(`two tabs, where the ${leads} release decides, agree on one form`, async (t) => {
    const world = openTabs(t);
    const first = world.open();
    await world.settle();
    const second = world.open();
    await world.settle();
    const [old, young] = leads === 'old' ? [first, second] : [second, first];
    const [order1, order2] = [v1(), v2()];
    old.unit.setState(order1, { status: 'ongoing' });
    await world.settle();

    assert.equal(young.unit.getState(order2).state, 'in_progress');
    await world.settle();

    assert.deepEqual([kept(old.manager), kept(young.manager)],
      [{ state: 'in_progress' }, { state: 'in_progress' }]);
    assert.deepEqual(old.unit.getState(order1), { state: 'in_progress' });
    refusal('READ_ONLY_SCHEMA', () => old.unit.setState(order1, { status: 'done' }));
    young.unit.setState(order2, { state: 'done' });
    await world.settle();
    assert.deepEqual(old.unit.getState(order1), { state: 'done' });
    assertAgree(world.tabs, sharedOf);
  });
}

test('an old write that is under way when the value is brought up is refused, and told', async (t) => {
  const world = openTabs(t);
  const [young, old] = [world.open(), world.open()];
  await world.settle();
  const order1 = v1();
  old.unit.setState(order1, { status: 'ongoing' });
  await world.settle();
  young.unit.getState(v2());

  const late = assert.rejects(old.unit.setState(order1, { status: 'done' }), { code: 'READ_ONLY_SCHEMA' });
  await new Promise(setImmediate);
  await world.settle();

  await late;
  assert.deepEqual(kept(young.manager), { state: 'in_progress' });
  assertAgree(world.tabs, sharedOf);
});

test('a value that changes while it is brought up is brought up again from what it is then', async (t) => {
  const world = openTabs(t);
  const [old, young] = [world.open(), world.open()];
  await world.settle();
  const [order1, order2] = [v1(), v2()];
  old.unit.setState(order1, { status: 'ongoing' });
  await world.settle();

  young.unit.getState(order2);
  await new Promise(setImmediate); // The migration is under way, made from `ongoing`.
  old.unit.setState(order1, { status: 'done' });
  await world.settle();

  assert.deepEqual(young.unit.getState(order2), { state: 'done' });
  assert.deepEqual([kept(old.manager), young.errors], [{ state: 'done' }, []]);
  assertAgree(world.tabs, sharedOf);
});

test('of several tabs that know the steps one brings the value up', async (t) => {
  const world = openTabs(t);
  const tabs = [world.open(), world.open(), world.open()];
  await world.settle();
  tabs[0].unit.setState(v1(), { status: 'ongoing' });
  await world.settle();

  for (const { unit } of tabs.slice(1)) unit.getState(v2());
  await world.settle();

  assert.deepEqual(tabs.map(({ manager }) => kept(manager)), Array(3).fill({ state: 'in_progress' }));
  assert.deepEqual(tabs.flatMap(({ errors }) => errors), []);
  const by = tabs.map(({ unit }) => unit.readState('order').meta.updatedBy);
  assert.deepEqual(by, Array(3).fill('migration'));
  assertAgree(tabs, sharedOf);
});

test('a new leader goes on under the version that stands', async (t) => {
  const world = openTabs(t);
  const [young, old] = [world.open(), world.open()];
  await world.settle();
  young.unit.setState(v2(), { state: 'in_progress' });
  old.unit.getState(v1());
  await world.settle();

  young.crash();
  await world.advance(20_000);

  assert.equal(old.manager.tabs.role, 'leader');
  refusal('READ_ONLY_SCHEMA', () => old.unit.setState(v1(), { status: 'done' }));
  assert.deepEqual(old.unit.getState(v1()), { state: 'in_progress' });
});

test('two pages that spell one version in two ways keep the first', async () => {
  const { manager, old, young, errors } = openPage();
  old.getState(v1());
  young.getState(v1({ schema: { ...v1Schema, additionalProperties: true } }));

  assert.deepEqual(errors.map(({ code, message }) => [code, /schema/.test(message)]),
    [['OPTIONS_IGNORED', true]]);
  assert.ok(errors[0] instanceof DanjiError && manager !== null);
  refusal('VALIDATION', () => young.setState('order', { status: 'done', by: 'Ada' }));
});

test('a value that only one unit may write is brought up all the same', async () => {
  const { manager, old, young, errors } = openPage();
  const permissions = { write: ['unit:old'] };
  await old.setState(v1({ permissions }), { status: 'ongoing' });

  young.getState(v2([step1], { permissions }));
  await tick();

  assert.deepEqual([kept(manager), errors], [{ state: 'in_progress' }, []]);
  refusal('FORBIDDEN', () => young.setState(v2([step1], { permissions }), { state: 'done' }));
  await old.setState(v1({ permissions }), { status: 'done' });
  assert.deepEqual(kept(manager), { state: 'done' });
});

test('a unit without a definition of its own sees the key as the first one defined it', async () => {
  const { manager, young } = openPage();
  const { unit } = openUnit();
  assert.equal(unit.disposed, false);
  await young.setState(v2(), { state: 'done' });

  assert.deepEqual(manager.createUnitStateStore('third').getState('order'), { state: 'done' });
});
