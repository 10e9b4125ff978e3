// The page kernel: however many copies of the package a page loads, they share one core.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = fileURLToPath(new URL('../../dist/js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'danji-copies-'));
after(() => rmSync(folder, { recursive: true }));

/** A copy of the package as another bundle on the page would bring it. */
async function loadCopy(name) {
  cpSync(dist, join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'package.json'), '{ "type": "module" }');
  return import(pathToFileURL(join(folder, name, 'src', 'entry', 'default.js')).href);
}

const one = await loadCopy('one');
const two = await loadCopy('two');

// A page, as far as the kernel looks at it.
globalThis.document = {};

const open = [];
afterEach(async () => {
  for (const manager of open.splice(0)) await manager.close();
});

function createManager(copy, options = {}) {
  const manager = copy.createStateManager({ channel: false, ...options });
  open.push(manager);
  return manager;
}

const definition = { key: 'cart', scope: 'apartment', default: { items: [] } };

test('the copies are really two', () => {
  assert.notEqual(one.createStateManager, two.createStateManager);
  assert.notEqual(one.DanjiError, two.DanjiError);
});

test('two copies share values, references and listeners of one core', () => {
  const cart = one.defineState(definition);
  const sameCart = two.defineState(definition);
  const header = createManager(one).createUnitStateStore('header');
  const list = createManager(two).createUnitStateStore('list');
  const heard = [];
  list.subscribe(sameCart, (value, meta) => heard.push([value, meta.updatedBy]));
  const value = { items: ['tea'] };
  header.setState(cart, value);
  assert.equal(list.getState(sameCart), value);
  assert.deepEqual(heard, [[value, 'header']]);
  assert.equal(heard[0][0], value);
});

test('a unit id names the same unit from both copies', () => {
  const header = createManager(one).createUnitStateStore('header');
  assert.equal(createManager(two).createUnitStateStore('header'), header);
});

test('a clash between two copies is told as on one page', () => {
  createManager(one).registerSharedState(definition);
  const manager = createManager(two);
  assert.throws(
    () => manager.registerSharedState({ ...definition, scope: 'global' }),
    (error) => error instanceof two.DanjiError && error.code === 'DEFINITION_CLASH',
  );
});

test('an error of one copy is an instance of the other one', () => {
  // The kernel is the first copy's, so this error is made by its code.
  const unit = createManager(two).createUnitStateStore('list');
  let caught;
  try {
    unit.setState(two.defineState(definition), NaN);
  } catch (error) {
    caught = error;
  }
  assert.ok(caught instanceof one.DanjiError);
  assert.ok(caught instanceof two.DanjiError);
  assert.ok(new two.DanjiError('CLOSED', 'x') instanceof one.DanjiError);
  assert.ok(!(new Error('x') instanceof one.DanjiError));
  assert.ok(!(null instanceof two.DanjiError));
  assert.ok(!('CLOSED' instanceof two.DanjiError));
});

test('a namespace has a core of its own', () => {
  const first = createManager(one).createUnitStateStore('cart');
  const second = createManager(two, { namespace: 'other' }).createUnitStateStore('cart');
  first.setState(one.defineState(definition), { items: [1] });
  assert.deepEqual(second.getState(two.defineState(definition)), { items: [] });
  assert.equal(createManager(two, { namespace: 'other' }).namespace, 'other');
});

test('isolated managers share with nobody', () => {
  const first = createManager(one).createUnitStateStore('cart');
  const second = createManager(two, { isolated: true }).createUnitStateStore('cart');
  assert.notEqual(first, second);
  first.setState(one.defineState(definition), { items: [1] });
  assert.deepEqual(second.getState(two.defineState(definition)), { items: [] });
});

test('options that differ from the first ones are reported and ignored', () => {
  const errors = [];
  const onError = (error) => errors.push(error);
  const clock = () => 1000;
  createManager(one, { clock, onError });
  createManager(two, { onError });
  assert.deepEqual(errors, []);
  createManager(two, { clock: () => 2000, user: 'ada', onError });
  assert.deepEqual(errors.map(({ code }) => code), ['OPTIONS_IGNORED']);
  assert.match(errors[0].message, /user.*clock|clock.*user/);
  const unit = createManager(two).createUnitStateStore('cart');
  const cart = two.defineState(definition);
  unit.setState(cart, { items: [] });
  assert.equal(unit.readState(cart).meta.updatedAt, 1000);
});

test('the core lives until its last manager is closed', async () => {
  const cart = one.defineState(definition);
  const [first, second] = [createManager(one), createManager(two)];
  first.createUnitStateStore('header').setState(cart, { items: [1] });
  await first.close();
  await first.close();
  assert.deepEqual([first.closed, second.closed], [true, false]);
  const unit = second.createUnitStateStore('list');
  assert.deepEqual(unit.getState(cart), { items: [1] });
  await second.close();
  assert.throws(() => unit.getState(cart), { code: 'DISPOSED' });
  const next = createManager(one).createUnitStateStore('list');
  assert.deepEqual(next.getState(cart), { items: [] });
});

test('a closed handle is refused, also while others hold the core', async () => {
  const [first, second] = [createManager(one), createManager(two)];
  await first.close();
  assert.throws(() => first.createUnitStateStore('a'), { code: 'CLOSED' });
  assert.throws(() => first.createSnapshot(), { code: 'CLOSED' });
  assert.equal(second.createUnitStateStore('a').disposed, false);
});

test('what a handle subscribed to ends when the handle is closed', async () => {
  const cart = one.defineState(definition);
  const [first, second] = [createManager(one), createManager(two)];
  const heard = [];
  first.subscribe(cart, () => heard.push('subscribe'));
  first.subscribeAll(() => heard.push('subscribeAll'));
  await first.close();
  second.createUnitStateStore('list').setState(cart, { items: [1] });
  assert.deepEqual(heard, []);
});

test('the default manager is one for both copies, and a closed one is replaced', async () => {
  const unit = one.createUnitStateStore('header');
  assert.equal(two.createUnitStateStore('header'), unit);
  assert.equal(one.defaultManager(), one.defaultManager());
  await one.defaultManager().close();
  await two.defaultManager().close();
  assert.equal(unit.disposed, true);
  const again = one.defaultManager();
  assert.equal(again.closed, false);
  await again.close();
});

test('a kernel of another protocol is refused, not talked to', () => {
  const symbol = Symbol.for('danji.kernel');
  const kept = Object.getOwnPropertyDescriptor(globalThis, symbol);
  Object.defineProperty(globalThis, symbol, { value: { protocol: 99 }, configurable: true });
  try {
    assert.throws(() => one.createStateManager(), { code: 'PROTOCOL' });
    const alone = two.createStateManager({ isolated: true, channel: false });
    open.push(alone);
    assert.equal(alone.closed, false);
  } finally {
    Object.defineProperty(globalThis, symbol, kept);
  }
});

test('without a core, danji/slim says what to call', async () => {
  const slim = await import(pathToFileURL(join(folder, 'one', 'src', 'entry', 'slim.js')).href);
  const fresh = await loadCopy('three');
  assert.ok(fresh);
  assert.equal(typeof slim.loadCore, 'function');
  cpSync(dist, join(folder, 'four'), { recursive: true });
  writeFileSync(join(folder, 'four', 'package.json'), '{ "type": "module" }');
  const path = join(folder, 'four', 'src', 'entry', 'slim.js');
  const lonely = await import(pathToFileURL(path).href);
  assert.throws(() => lonely.createStateManager({ isolated: true }), { code: 'NO_ENGINE' });
});
