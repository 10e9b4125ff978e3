// createSharedStore: the store contract, `$store` and `bind:value={$store}`.
import test from 'node:test';
import assert from 'node:assert/strict';
import { component, danji, module, mount, stores, svelte } from './support.js';
import { type } from '../hooks/dom.js';
import { cart, countSubscriptions, openUnits, theme } from '../hooks/units.js';
import { DanjiError, StateScope } from 'danji';

const { createSharedStore } = danji;
const { flushSync } = svelte;

const Show = await component('Show', `
  <script>
    import { createSharedStore } from 'danji/svelte';
    let { state, unit } = $props();
    const store = createSharedStore(state, { unit });
    const { metadata } = store;
  </script>
  {$store} by {$metadata.updatedBy}
`);

const Field = await component('Field', `
  <script>
    import { createSharedStore } from 'danji/svelte';
    let { state, unit } = $props();
    const store = createSharedStore(state, { unit });
  </script>
  <input bind:value={$store}>{$store}
`);

const { createItems } = await module('items', `
  export function createItems() {
    const items = $state(['tea']);
    return items;
  }
`);

test('a component shows what another unit writes', (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, Show, { state: theme, unit });

  other.setState(theme, 'dark');
  flushSync();

  assert.equal(page.text(), 'dark by catalogue');
});

test('bind:value writes what is typed and shows what others write', (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, Field, { state: theme, unit });

  type(page.find('input'), 'sepia');
  flushSync();
  const typed = [other.getState(theme), page.text()];
  other.setState(theme, 'dark');
  flushSync();

  assert.deepEqual(typed, ['sepia', 'sepia']);
  assert.deepEqual([page.find('input').value, page.text()], ['dark', 'dark']);
});

test('a store starts with its first subscriber and stops with its last', (t) => {
  const { unit: real, other } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const store = createSharedStore(theme, { unit });
  const open = [subscriptions.open];
  const seen = [[], []];

  const stops = seen.map((values) => store.subscribe((value) => values.push(value)));
  open.push(subscriptions.open);
  other.setState(theme, 'dark');
  stops[0]();
  open.push(subscriptions.open);
  other.setState(theme, 'sepia');
  stops[1]();
  open.push(subscriptions.open);

  assert.deepEqual(open, [0, 1, 1, 0]);
  assert.deepEqual(seen, [['light', 'dark'], ['light', 'dark', 'sepia']]);
});

test('a store that was stopped starts again with the newest value', (t) => {
  const { unit, other } = openUnits(t);
  const store = createSharedStore(theme, { unit });
  stores.get(store);

  other.setState(theme, 'dark');

  assert.equal(stores.get(store), 'dark');
});

test('unmounting ends the subscriptions', async (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const page = mount(t, Show, { state: theme, unit });
  const whileMounted = subscriptions.open;

  await page.unmount();

  assert.deepEqual([whileMounted, subscriptions.open], [2, 0]);
});

test('subscribers of the value hear nothing when only the metadata changed', (t) => {
  const { unit, other } = openUnits(t);
  const store = createSharedStore(theme, { unit });
  const values = [];
  const authors = [];
  const stops = [
    store.subscribe((value) => values.push(value)),
    store.metadata.subscribe((meta) => authors.push(meta.updatedBy)),
  ];

  other.setState(theme, 'light');
  for (const stop of stops) stop();

  assert.deepEqual([values, authors], [['light'], [null, 'catalogue']]);
});

test('set and update both write, and update gets the newest value', (t) => {
  const { unit, other } = openUnits(t);
  const store = createSharedStore(cart, { unit });

  store.set({ items: ['tea'], total: 3, note: '' });
  other.setState(cart, (value) => ({ ...value, total: value.total + 1 }));
  store.update((value) => ({ ...value, total: value.total + 1 }));

  assert.deepEqual(other.getState(cart), { items: ['tea'], total: 5, note: '' });
});

test('a $state object can be handed over and stays as it was', (t) => {
  const { unit } = openUnits(t);
  const store = createSharedStore(cart, { unit });
  const items = createItems();

  store.set({ items, total: 3, note: '' });
  store.update((value) => ({ ...value, items }));
  items.push('rice');

  assert.deepEqual(stores.get(store).items, ['tea']);
});

test('a store derived from two states sees one batch once', (t) => {
  const { unit, other } = openUnits(t);
  const both = stores.derived(
    [createSharedStore(theme, { unit }), createSharedStore(cart, { unit })],
    ([look, basket]) => `${look} ${basket.total}`,
  );
  const seen = [];
  const stop = both.subscribe((text) => seen.push(text));

  other.setState(theme, 'dark');
  other.setState(cart, (value) => ({ ...value, total: 5 }));
  stop();

  assert.deepEqual(seen, ['light 0', 'dark 0', 'dark 5']);
});

test('bad input throws where it was handed over', (t) => {
  const { unit } = openUnits(t);
  const store = createSharedStore(theme, { unit });

  for (const write of [() => store.set(NaN), () => store.update(() => NaN)]) {
    assert.throws(write, (error) => error instanceof DanjiError);
  }

  assert.equal(stores.get(store), 'light');
});

test('a string key that nobody registered becomes a state of the apartment', (t) => {
  const { unit, other } = openUnits(t);
  const store = createSharedStore('language', 'ko', { unit });
  const before = stores.get(store);

  store.set('en');

  assert.deepEqual([before, other.getState('language')], ['ko', 'en']);
});

test('a string key that was registered keeps its own default', (t) => {
  const { unit, manager } = openUnits(t);
  manager.registerSharedState({
    key: 'language',
    scope: StateScope.GLOBAL_SHARED,
    default: 'ko',
  });

  assert.equal(stores.get(createSharedStore('language', 'en', { unit })), 'ko');
});
