// The lifetime `session`: values that outlive the reload of their tab, by copies in a stand-in for
// the browser's sessionStorage.
import assert from 'node:assert/strict';
import { defineState, StateScope } from 'danji';
import { openTabs } from './fake-tabs.js';
import { openManager, pageOf, refusal, test } from './harness.js';

const session = { lifetime: 'session' };
const draft = defineState({ key: 'draft', scope: 'private', default: '', ...session });
const step = defineState({ key: 'step', scope: StateScope.EPHEMERAL, default: 0 });
const form = defineState({
  key: 'form', scope: 'private', default: {}, conflictResolution: 'merge', ...session,
});
const cart = defineState({ key: 'cart', scope: 'apartment', default: {}, ...session });
const hint = defineState({ key: 'hint', scope: 'private', default: 'none' });

/** What the page knows of its tab: `items` are the tab's, and outlive the page. */
function givePage(t, items = new Map()) {
  const target = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const sessionStorage = {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, text) => void items.set(name, text),
    removeItem: (name) => void items.delete(name),
  };
  const globals = { window: target, document, sessionStorage };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => {
      if (before === undefined) delete globalThis[name];
      else Object.defineProperty(globalThis, name, before);
    });
  }
  const leave = () => target.dispatchEvent(new Event('pagehide'));
  const hide = () => document.dispatchEvent(new Event('visibilitychange'));
  return { items, leave, hide };
}

function openIn(options = {}) {
  const errors = [];
  const manager = openManager({ onError: (error) => errors.push(error), ...options });
  return { manager, unit: manager.createUnitStateStore('checkout'), errors };
}

test('what a tab keeps for itself is there again after its reload, at once', async (t) => {
  const { leave } = givePage(t);
  const before = openIn();
  await before.unit.setState(draft, 'two teas');
  await before.unit.setState(step, 3);
  await before.unit.setState(form, { name: 'Ada' });
  await before.unit.setState(hint, 'gone');
  leave();

  const { unit } = openIn();
  const read = () => [draft, step, form, hint].map((key) => unit.getState(key));
  assert.deepEqual(read(), ['two teas', 3, { name: 'Ada' }, 'none']);
  assert.equal(unit.readState(draft).meta.source, 'local');
  await unit.setState(form, (value) => ({ ...value, age: 36 }));
  assert.deepEqual(unit.getState(form), { name: 'Ada', age: 36 });
});

test('a change is kept a moment later, without a word from the page', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { items } = givePage(t);
  const { unit } = openIn();
  await unit.setState(draft, 'tea');
  t.mock.timers.tick(199);
  assert.equal(items.size, 0);
  t.mock.timers.tick(1);
  assert.deepEqual([...items.keys()], ['danji/1/default//tab/private:main/main/checkout/draft']);

  await unit.unsetState(draft);
  t.mock.timers.tick(200);
  assert.equal(items.size, 0);
});

test('another tab, another user and another unit have copies of their own', async (t) => {
  const { items, leave } = givePage(t);
  const first = openIn();
  await first.unit.setState(draft, 'mine');
  leave();

  assert.equal(openIn({ user: 'ada' }).unit.getState(draft), '');
  assert.equal(openIn().manager.createUnitStateStore('other').getState(draft), '');
  items.clear(); // As in a new tab.
  assert.equal(openIn().unit.getState(draft), '');
});

test('a tab that was duplicated begins with the copy and goes its own way', async (t) => {
  const { items, leave } = givePage(t);
  const first = openIn();
  await first.unit.setState(draft, 'one');
  leave();

  const twin = new Map(items);
  const second = openIn();
  await second.unit.setState(draft, 'two');
  assert.notEqual(second.manager.tabs.id, first.manager.tabs.id);
  assert.ok([...twin.values()].every((text) => !text.includes(first.manager.tabs.id)));
  assert.deepEqual([first, second].map(({ unit }) => unit.getState(draft)), ['one', 'two']);
});

test('of what tabs share a copy counts only if no other tab lives', async (t) => {
  const { items, hide } = givePage(t);
  const world = openTabs(t);
  const first = world.open();
  await world.settle();
  await first.unit.setState(cart, { tea: 1 });
  hide();
  assert.equal(items.size, 1);

  const second = world.open();
  await world.settle();
  await first.unit.setState(cart, { tea: 2 });
  await first.unit.unsetState(cart);
  await world.settle();
  assert.deepEqual(second.unit.getState(cart), {}, 'who lives knows better');

  const alone = openIn();
  assert.deepEqual(alone.unit.getState(cart), { tea: 1 }, 'the last tab that was loaded again');
});

test('a copy of what the living tabs never had stays a copy', async (t) => {
  const { hide } = givePage(t);
  const before = openIn();
  await before.unit.setState(cart, { tea: 1 });
  hide();

  const world = openTabs(t);
  world.open({ unitId: 'other' });
  await world.settle();
  const late = world.open();
  late.unit.getState(cart);
  await world.settle();
  assert.deepEqual(late.unit.getState(cart), {});
});

test('a shared copy waits until it is known who decides, and is then written once', async (t) => {
  const { leave } = givePage(t);
  const before = openIn();
  await before.unit.setState(cart, { rice: 1 });
  leave();

  const world = openTabs(t);
  const tab = world.open();
  assert.deepEqual(tab.unit.getState(cart), {});
  await world.settle();
  await world.advance(300);
  assert.deepEqual(tab.unit.getState(cart), { rice: 1 });
  const late = world.open();
  late.unit.getState(cart);
  await world.settle();
  assert.deepEqual(late.unit.getState(cart), { rice: 1 });
  const versionIn = ({ unit }) => unit.readState(cart).meta.version.index;
  assert.equal(versionIn(late), versionIn(tab));
});

test('a copy that is damaged, or of a key that changed its meaning, is told and left', async (t) => {
  const { items, leave } = givePage(t);
  const before = openIn();
  await before.unit.setState(draft, 'tea');
  leave();
  const [[name, text]] = items;

  items.set(name, `${text.slice(0, -1)}!`);
  const damaged = openIn();
  assert.equal(damaged.unit.getState(draft), '');
  await new Promise(setImmediate);
  assert.deepEqual(damaged.errors.map(({ code, key }) => [code, key]), [['CHECKSUM', 'draft']]);
  assert.equal(items.has(name), false);

  items.set(name, text);
  const changed = openIn();
  const sum = defineState({
    key: 'draft', scope: 'private', default: 0, conflictResolution: 'sum', ...session,
  });
  assert.equal(changed.unit.getState(sum), 0);
  await new Promise(setImmediate);
  assert.deepEqual(changed.errors.map(({ code }) => code), ['DEFINITION_CLASH']);
});

test('a tab without room tells it once, and goes on', async (t) => {
  givePage(t);
  globalThis.sessionStorage.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const { manager, unit, errors } = openIn();
  await unit.setState(draft, 'tea');
  await unit.setState(step, 1);
  pageOf(manager).store.endTask();
  window.dispatchEvent(new Event('pagehide'));
  assert.deepEqual(errors.map(({ code }) => code), ['QUOTA']);
  assert.equal(unit.getState(draft), 'tea');
});

test('a value that is used first in a batch is brought back after it', async (t) => {
  const { leave } = givePage(t);
  const before = openIn();
  await before.unit.setState(draft, 'tea');
  leave();

  const { unit } = openIn();
  unit.batch(() => unit.getState(draft));
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(unit.getState(draft), 'tea');
});

test('a unit that goes and comes again finds what lasts for the session', async (t) => {
  givePage(t);
  const { manager, unit } = openIn();
  await unit.setState(draft, 'tea');
  unit.dispose();
  assert.equal(manager.createUnitStateStore('checkout').getState(draft), 'tea');
});

test('a program without tabs has no reloads, and keeps nothing', async () => {
  const { unit } = openIn();
  await unit.setState(draft, 'tea');
  assert.equal(openIn().unit.getState(draft), '');
});

test('shorthand scopes say the lifetime, and no other', () => {
  const saved = defineState({ key: 'saved', scope: StateScope.PERSISTENT, default: 0 });
  assert.deepEqual([saved.definition.scope, saved.definition.lifetime], ['private', 'persistent']);
  assert.deepEqual([step.definition.scope, step.definition.lifetime], ['private', 'session']);
  const bad = { key: 'bad', scope: StateScope.EPHEMERAL, default: 0 };
  refusal('INVALID_DEFINITION', () => defineState({ ...bad, lifetime: 'memory' }));
  refusal('INVALID_DEFINITION', () => defineState({ ...bad, remote: true }));
  refusal('INVALID_DEFINITION', () => defineState({ ...bad, scope: 'private', lifetime: 'week' }));
  const { manager, unit } = openIn();
  manager.registerSharedState({ key: 'plain', scope: 'ephemeral', default: 1 });
  assert.equal(unit.getState('plain'), 1);
  refusal('INVALID_VALUE', () => manager.createSnapshot({ scope: 'ephemeral' }));
});
