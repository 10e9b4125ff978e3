// What lasts: values that a later manager finds on the same device, and what managers do while
// the disk is slow, full or broken.
import assert from 'node:assert/strict';
import { createStateManager, defineState } from 'danji';
import { memoryStorage, MemoryDevice } from '../../dist/js/src/entry/storage.js';
import { Saves } from '../../dist/js/src/saves.js';
import { openTabs } from './fake-tabs.js';
import { openManager, refusal, rejection, test } from './harness.js';

const lasting = { lifetime: 'persistent' };
const draft = defineState({ key: 'draft', scope: 'private', default: '', ...lasting });
const cart = defineState({ key: 'cart', scope: 'apartment', default: { items: {} }, ...lasting });
const theme = defineState({ key: 'theme', scope: 'global', default: 'light' });
const hint = defineState({ key: 'hint', scope: 'private', default: 'none' });

function openOn(device, options = {}) {
  const errors = [];
  const storage = options.storage ?? memoryStorage(device);
  const manager = openManager({ onError: (error) => errors.push(error), ...options, storage });
  return { manager, unit: manager.createUnitStateStore('checkout'), errors };
}

/** Another manager on the device, when it has read what the key's space has. */
async function later(device, ...keys) {
  const { manager, unit } = openOn(device);
  for (const key of keys) unit.getState(key);
  await manager.ready;
  return { manager, unit };
}

/** An adapter whose next calls go wrong or wait: `faults.commit = [error]`, `faults.read = [promise]`. */
function faulty(device) {
  const real = memoryStorage(device);
  const faults = { open: [], read: [], commit: [] };
  const calls = [];
  const through = (name) => async (...parts) => {
    calls.push(name);
    const fault = faults[name].shift();
    if (fault instanceof Error) throw fault;
    await fault;
    return real[name](...parts);
  };
  const storage = { ...real };
  for (const name of Object.keys(faults)) storage[name] = through(name);
  return { storage, faults, calls };
}

const problem = (code) => Object.assign(new Error(`made up: ${code}`), { code });

/** The class of the package itself, as adapters of applications throw it. */
async function danjiError(code) {
  const { DanjiError } = await import('danji');
  return new DanjiError(code, 'made up');
}

function gate() {
  let open = () => {};
  const promise = new Promise((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

test('what lasts is there for the next manager, and nothing else', async () => {
  const device = new MemoryDevice();
  const { manager, unit } = openOn(device);
  unit.setState(draft, 'two teas');
  unit.setState(cart, { items: { tea: 2 } });
  unit.setState(theme, 'dark');
  unit.setState(hint, 'seen');
  await manager.close();

  const next = await later(device, draft, cart, theme, hint);

  assert.equal(next.unit.getState(draft), 'two teas');
  assert.deepEqual(next.unit.getState(cart), { items: { tea: 2 } });
  assert.equal(next.unit.getState(theme), 'light');
  assert.equal(next.unit.getState(hint), 'none');
});

test('every strategy goes on where it was', async () => {
  const device = new MemoryDevice();
  const keys = {
    seat: defineState({
      key: 'seat', scope: 'apartment', default: '', conflictResolution: 'first_write_wins', ...lasting,
    }),
    note: defineState({
      key: 'note', scope: 'apartment', default: {}, conflictResolution: 'merge', ...lasting,
    }),
    likes: defineState({
      key: 'likes', scope: 'apartment', default: 0, conflictResolution: 'sum', ...lasting,
    }),
    text: defineState({
      key: 'text', scope: 'apartment', default: '', conflictResolution: 'user_resolve', ...lasting,
    }),
  };
  const { manager, unit } = openOn(device);
  unit.setState(keys.seat, '12A');
  unit.setState(keys.note, { title: 'tea' });
  unit.setState(keys.note, { title: 'tea', body: 'green' });
  unit.add(keys.likes, 2);
  unit.add(keys.likes, 3);
  unit.setState(keys.text, 'hello');
  await manager.close();

  const next = await later(device, ...Object.values(keys));

  const values = Object.values(keys).map((key) => next.unit.getState(key));
  assert.deepEqual(values, ['12A', { title: 'tea', body: 'green' }, 5, 'hello']);
  await rejection('CONFLICT', next.unit.setState(keys.seat, '14C'));
  await next.unit.add(keys.likes, 1);
  assert.equal(next.unit.getState(keys.likes), 6);
});

test('a batch is on the disk as a whole, and what was unset is gone from it', async () => {
  const device = new MemoryDevice();
  const first = openOn(device);
  first.unit.batch(() => {
    first.unit.setState(cart, { items: { rice: 1 } });
    first.unit.setState(draft, 'rice');
  });
  await first.manager.close();

  const second = await later(device, cart, draft);
  assert.deepEqual(second.unit.getState(cart), { items: { rice: 1 } });
  second.unit.unsetState(draft);
  second.unit.unsetState(cart);
  await second.manager.close();

  const third = await later(device, cart, draft);
  assert.deepEqual(third.unit.getState(cart), { items: {} });
  assert.equal(third.unit.getState(draft), '');
});

test('a disposed unit leaves what lasts and takes the rest along', async () => {
  const { manager, unit } = openOn(new MemoryDevice());
  unit.setState(draft, 'tea');
  unit.setState(hint, 'seen');

  unit.dispose();
  const again = manager.createUnitStateStore('checkout');

  assert.deepEqual([again.getState(draft), again.getState(hint)], ['tea', 'none']);
});

test('a promise may wait for the disk', async () => {
  const device = new MemoryDevice();
  const { storage, faults } = faulty(device);
  const { unit } = openOn(device, { storage });
  for (const key of [draft, cart]) {
    const { promise, open } = gate();
    faults.commit.push(promise);
    let isDone = false;
    const write = key === draft ? 'tea' : { items: { tea: 1 } };
    const saved = unit.setState(key, write, { wait: 'persisted' }).then((receipt) => {
      isDone = true;
      return receipt;
    });
    await new Promise(setImmediate);
    assert.equal(isDone, false);

    open();
    const receipt = await saved;

    assert.equal(receipt.applied, 'persisted');
    assert.ok(receipt.version.index > 0);
  }
  const unset = await unit.unsetState(draft, { wait: 'persisted' });
  assert.equal(unset.applied, 'persisted');
});

test('only what lasts can be waited for, and only where there is a disk', async () => {
  const { unit } = openOn(new MemoryDevice());
  refusal('INVALID_VALUE', () => unit.setState(hint, 'seen', { wait: 'persisted' }));
  assert.equal(unit.getState(hint), 'none');

  const none = openManager({ storage: false });
  const alone = none.createUnitStateStore('checkout');
  await rejection('STORAGE', alone.setState(draft, 'tea', { wait: 'persisted' }));
  assert.equal(alone.getState(draft), 'tea');
  assert.equal(none.storage.status(), 'memory');
});

test('a full disk refuses to promise, memory goes on, and later all of it is written', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const device = new MemoryDevice();
  const { storage, faults } = faulty(device);
  let now = 1_700_000_000_000;
  const { manager, unit, errors } = openOn(device, { storage, clock: () => now });
  const heard = [];
  manager.storage.subscribe(() => heard.push([manager.storage.status(), manager.storage.problem]));
  unit.getState(draft);
  await manager.ready;
  faults.commit.push(await danjiError('QUOTA'), await danjiError('QUOTA'));

  await rejection('QUOTA', unit.setState(draft, 'tea', { wait: 'persisted' }));
  await rejection('QUOTA', unit.setState(draft, 'tea and rice', { wait: 'persisted' }));
  assert.equal(unit.getState(draft), 'tea and rice');
  assert.deepEqual(errors.map(({ code }) => code), ['QUOTA']);

  for (let passed = 0; passed < 10; passed++) {
    now += 1000;
    t.mock.timers.tick(1000);
    await new Promise(setImmediate);
  }
  assert.deepEqual(heard, [['failing', 'QUOTA'], ['on', null]]);
  assert.equal(errors.length, 1, 'it failed twice, and was told once');
  await unit.setState(draft, 'rice', { wait: 'persisted' });
  await manager.close();
  assert.equal((await later(device, draft)).unit.getState(draft), 'rice');
});

test('what a slow disk holds comes back where nobody wrote meanwhile', async () => {
  const device = new MemoryDevice();
  const first = openOn(device);
  first.unit.setState(draft, 'old');
  first.unit.setState(cart, { items: { tea: 1 } });
  await first.manager.close();

  const { storage, faults } = faulty(device);
  const { promise, open } = gate();
  faults.open.push(promise);
  const { manager, unit } = openOn(device, { storage });
  unit.setState(draft, 'new');
  unit.setState(defineState({ key: 'seen', scope: 'apartment', default: 0, ...lasting }), 1);
  await new Promise(setImmediate);
  open();
  unit.getState(cart);
  await manager.ready;

  assert.equal(unit.getState(draft), 'new');
  assert.deepEqual(unit.getState(cart), { items: { tea: 1 } });
  await manager.close();
  const next = await later(device, draft, cart);
  assert.equal(next.unit.getState(draft), 'new');
});

test('a disk that can not be read at first is read later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const device = new MemoryDevice();
  const first = openOn(device);
  first.unit.setState(draft, 'old');
  await first.manager.close();

  const { storage, faults } = faulty(device);
  faults.read.push(await danjiError('STORAGE'));
  let now = 1_700_000_000_000;
  const { manager, unit, errors } = openOn(device, { storage, clock: () => now });
  assert.equal(unit.getState(draft), '');
  await manager.ready;
  assert.equal(manager.storage.status(), 'failing');
  for (let passed = 0; passed < 10; passed++) {
    now += 1000;
    t.mock.timers.tick(1000);
    await new Promise(setImmediate);
  }

  assert.equal(unit.getState(draft), 'old');
  assert.equal(manager.storage.status(), 'on');
  assert.deepEqual(errors.map(({ code }) => code), ['STORAGE']);
});

test('what an adapter throws, whatever it is, reaches the listener for errors once', async () => {
  const device = new MemoryDevice();
  const { storage, faults } = faulty(device);
  faults.open.push(problem('EIO'));
  const { manager, unit, errors } = openOn(device, { storage });
  unit.setState(draft, 'tea');
  await manager.ready;

  assert.equal(unit.getState(draft), 'tea');
  assert.equal(errors.length, 1);
  assert.deepEqual([errors[0].code, errors[0].cause.code], ['STORAGE', 'EIO']);
  await manager.close();
});

test('an adapter that could not be opened is opened again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const device = new MemoryDevice();
  const { storage, faults } = faulty(device);
  faults.open.push(await danjiError('STORAGE'));
  let now = 1_700_000_000_000;
  const { manager, unit } = openOn(device, { storage, clock: () => now });
  unit.setState(draft, 'tea');
  for (let passed = 0; passed < 10; passed++) {
    now += 1000;
    t.mock.timers.tick(1000);
    await new Promise(setImmediate);
  }
  await manager.close();

  assert.equal((await later(device, draft)).unit.getState(draft), 'tea');
});

test('a promise does not take the commit before its own for it', async () => {
  const device = new MemoryDevice();
  const { storage, faults } = faulty(device);
  const { manager, unit } = openOn(device, { storage });
  unit.getState(draft);
  await manager.ready;
  const [first, second] = [gate(), gate()];
  faults.commit.push(first.promise, second.promise);
  const ends = [];
  const saved = (value) =>
    unit.setState(draft, value, { wait: 'persisted' }).then(() => ends.push(value));
  const one = saved('first');
  await new Promise(setImmediate);
  const two = saved('second');
  await new Promise(setImmediate);

  first.open();
  await one;
  await new Promise(setImmediate);
  assert.deepEqual(ends, ['first']);
  second.open();
  await two;
  assert.deepEqual(ends, ['first', 'second']);
});

test('what was on the disk before somebody asked is not waited for', async () => {
  const saves = new Saves((call) => call());
  const space = { plane: 'device', epoch: 'a', waiting: { sequenceOf: () => 0 } };
  const decided = (index) => Promise.resolve({ version: { epoch: 'a', index } });
  saves.isOn = true;
  saves.savedUpTo(space, 5);

  await saves.after(space, decided(5));
  let isDone = false;
  void saves.after(space, decided(6)).then(() => {
    isDone = true;
  });
  await new Promise(setImmediate);
  assert.equal(isDone, false);

  // With another log all indexes begin anew, and what was decided is in the next that is told.
  saves.beganAnew(space);
  saves.savedUpTo(space, 1);
  await new Promise(setImmediate);
  assert.equal(isDone, true);
});

test('an adapter is not touched before a key that lasts is used, and opened right then', async () => {
  const { storage, calls } = faulty(new MemoryDevice());
  const { manager, unit } = openOn(null, { storage });
  unit.setState(hint, 'seen');
  unit.setState(theme, 'dark');
  await manager.ready;
  assert.deepEqual(calls, []);

  unit.getState(draft);
  assert.deepEqual(calls, ['open'], 'while it is found out who may read it');
  await manager.ready;
  assert.deepEqual(calls.slice(0, 2), ['open', 'read'], 'once');
});

test('a manager that is closed has written what lasts, and asks for nothing after', async () => {
  const device = new MemoryDevice();
  const { storage, faults, calls } = faulty(device);
  const { manager, unit } = openOn(device, { storage });
  unit.getState(draft);
  await manager.ready;
  const { promise, open } = gate();
  faults.commit.push(promise);
  unit.setState(draft, 'first');
  await new Promise(setImmediate);
  unit.setState(draft, 'last');

  const closing = manager.close();
  open();
  await closing;

  const count = calls.length;
  await new Promise(setImmediate);
  assert.equal(calls.length, count);
  assert.equal((await later(device, draft)).unit.getState(draft), 'last');
});

test('who leads writes to the disk, and who takes over goes on with it', async (t) => {
  const device = new MemoryDevice();
  const world = openTabs(t);
  const tabs = [0, 1].map(() => world.open({ storage: memoryStorage(device) }));
  await world.settle();
  const [first, second] = tabs;
  const saved = second.unit.setState(cart, { items: { tea: 1 } }, { wait: 'persisted' });
  await world.settle();
  assert.equal((await saved).applied, 'persisted', 'the leader tells its followers');

  await first.manager.close();
  await world.settle();
  const more = second.unit.setState(cart, { items: { tea: 2 } }, { wait: 'persisted' });
  await world.settle();
  assert.equal((await more).applied, 'persisted');
  await second.manager.close();

  const next = await later(device, cart);
  assert.deepEqual(next.unit.getState(cart), { items: { tea: 2 } });
});

test('a lifetime that there is not, and a storage that is none, are refused', () => {
  const define = (more) => () => defineState({ key: 'a', scope: 'apartment', default: 0, ...more });
  refusal('INVALID_DEFINITION', define({ lifetime: 'for ever' }));
  refusal('INVALID_DEFINITION', define({ lifetime: 'week' }));
  refusal('INVALID_DEFINITION', define({ lifetime: 'persistent', crossTab: false }));
  refusal('INVALID_VALUE', () => createStateManager({ isolated: true, storage: {} }));
  refusal('INVALID_VALUE', () => createStateManager({ isolated: true, storage: 'indexeddb' }));
});
