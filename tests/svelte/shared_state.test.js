// sharedState and useSharedSelector: objects for runes.
import test from 'node:test';
import assert from 'node:assert/strict';
import { component, danji, module, mount, svelte } from './support.js';
import { click, type } from '../hooks/dom.js';
import { cart, countSubscriptions, openUnits, theme } from '../hooks/units.js';
import { DanjiError, defineState, StateScope } from 'danji';

const { sharedState, useSharedSelector, useSharedState } = danji;
const { flushSync } = svelte;

const form = defineState({
  key: 'form',
  scope: StateScope.APARTMENT_SHARED,
  default: { name: '', address: { street: '', tags: [] } },
});

const Show = await component('Show', `
  <script>
    import { sharedState } from 'danji/svelte';
    let { state, unit, onvalue = () => {}, onmeta = () => {} } = $props();
    const shared = sharedState(state, { unit });
    $effect(() => onvalue(shared.current));
    $effect(() => onmeta(shared.metadata.updatedBy));
  </script>
  {shared.current} by {shared.metadata.updatedBy}
`);

const Field = await component('Field', `
  <script>
    import { sharedState } from 'danji/svelte';
    let { state, unit } = $props();
    const shared = sharedState(state, { unit });
    const length = $derived(shared.current.length);
  </script>
  <input bind:value={shared.current}>{shared.current} {length}
`);

const { createForm } = await module('form', `
  export function createForm() {
    const form = $state({ name: 'Ada', address: { street: 'Hill 1', tags: ['home'] } });
    return form;
  }
`);

test('a component shows what another unit writes', (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, Show, { state: theme, unit });

  other.setState(theme, 'dark');
  flushSync();

  assert.equal(page.text(), 'dark by catalogue');
});

test('readers of the value do not run when only the metadata changed', (t) => {
  const { unit, other } = openUnits(t);
  const values = [];
  const authors = [];
  mount(t, Show, {
    state: theme,
    unit,
    onvalue: (value) => values.push(value),
    onmeta: (author) => authors.push(author),
  });

  other.setState(theme, 'light');
  flushSync();
  other.setState(theme, 'dark');
  flushSync();

  assert.deepEqual([values, authors[1]], [['light', 'dark'], 'catalogue']);
});

test('bind:value writes what is typed and shows what others write', (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, Field, { state: theme, unit });

  type(page.find('input'), 'sepia');
  flushSync();
  const typed = [other.getState(theme), page.text()];
  other.setState(theme, 'dark');
  flushSync();

  assert.deepEqual(typed, ['sepia', 'sepia 5']);
  assert.deepEqual([page.find('input').value, page.text()], ['dark', 'dark 4']);
  assert.deepEqual(page.warnings(), []);
});

test('nothing is subscribed before the first reader and after the last', async (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  sharedState(theme, { unit }).current;
  const before = subscriptions.open;
  const page = mount(t, Show, { state: theme, unit });
  const whileMounted = subscriptions.open;

  await page.unmount();

  assert.deepEqual([before, whileMounted, subscriptions.open], [0, 2, 0]);
});

test('a $state object can be handed over and stays as it was', (t) => {
  const { unit } = openUnits(t);
  const local = createForm();
  const shared = sharedState(form, { unit });

  shared.current = local;
  local.address.street = 'Hill 2';
  local.address.tags.push('work');

  assert.deepEqual(local.address.tags.length, 2);
  assert.deepEqual(shared.current, {
    name: 'Ada',
    address: { street: 'Hill 1', tags: ['home'] },
  });
});

test('a $state object inside a plain value is copied too', (t) => {
  const { unit } = openUnits(t);
  const { address } = createForm();
  const shared = sharedState(form, { unit });

  shared.current = { name: 'Ada', address };
  address.tags.push('work');

  assert.deepEqual(shared.current.address.tags, ['home']);
});

test('parts that did not change keep their identity', (t) => {
  const { unit } = openUnits(t);
  const shared = sharedState(form, { unit });
  const before = shared.current.address;

  shared.current = { ...shared.current, name: 'Ada' };

  assert.equal(shared.current.address, before);
});

test('bad input throws where it was assigned', (t) => {
  const { unit } = openUnits(t);
  const shared = sharedState(form, { unit });

  for (const bad of [undefined, NaN, { name: new Date(0) }]) {
    assert.throws(
      () => (shared.current = bad),
      (error) => error instanceof DanjiError && error.code === 'INVALID_VALUE',
    );
  }

  assert.equal(shared.current, form.definition.default);
});

test('useSharedState is sharedState', () => {
  assert.equal(useSharedState, sharedState);
});

test('a string key that nobody registered becomes a state of the apartment', (t) => {
  const { unit, other } = openUnits(t);
  const shared = sharedState('language', 'ko', { unit });
  const before = shared.current;

  shared.current = 'en';

  assert.deepEqual([before, other.getState('language')], ['ko', 'en']);
});

const Selected = await component('Selected', `
  <script>
    import { useSharedSelector } from 'danji/svelte';
    let { cart, unit, onselect } = $props();
    let at = $state(0);
    const line = useSharedSelector(cart, (value) => value.items[at], undefined, { unit });
    $effect(() => onselect(line.current));
  </script>
  <button onclick={() => (at = 1)}>{line.current}</button>
`);

test('a selector runs its readers only when the selected part changes', (t) => {
  const { unit, other } = openUnits(t);
  const seen = [];
  mount(t, Selected, { cart, unit, onselect: (line) => seen.push(line) });

  other.setState(cart, (value) => ({ ...value, note: 'ring twice' }));
  flushSync();
  other.setState(cart, (value) => ({ ...value, items: ['tea'] }));
  flushSync();

  assert.deepEqual(seen, [undefined, 'tea']);
});

test('a selector sees a value that changes and changes back', (t) => {
  const { unit, other } = openUnits(t);
  const seen = [];
  mount(t, Selected, { cart, unit, onselect: (line) => seen.push(line) });

  for (const items of [['tea'], [], ['tea']]) {
    other.setState(cart, (value) => ({ ...value, items }));
    flushSync();
  }

  assert.deepEqual(seen, [undefined, 'tea', undefined, 'tea']);
});

test('a selector may read runes, and follows the state after they changed', (t) => {
  const { unit, other } = openUnits(t);
  const seen = [];
  other.setState(cart, (value) => ({ ...value, items: ['tea', 'rice'] }));
  const page = mount(t, Selected, { cart, unit, onselect: (line) => seen.push(line) });

  click(page.find('button'));
  flushSync();
  other.setState(cart, (value) => ({ ...value, items: ['rice', 'tea'] }));
  flushSync();

  assert.deepEqual(seen, ['tea', 'rice', 'tea']);
  assert.equal(page.text(), 'tea');
});

test('with an equality of its own a selected object stays the same object', (t) => {
  const { unit, other } = openUnits(t);
  const same = (a, b) => a.total === b.total;
  const summary = useSharedSelector(cart, ({ total }) => ({ total }), same, { unit });
  const before = summary.current;

  other.setState(cart, (value) => ({ ...value, note: 'ring twice' }));
  const afterNote = summary.current;
  other.setState(cart, (value) => ({ ...value, total: 7 }));

  assert.equal(afterNote, before);
  assert.deepEqual(summary.current, { total: 7 });
});

test('looking at a selection inside a batch does not hide the change from its readers', (t) => {
  const { unit, other } = openUnits(t);
  const seen = [];
  mount(t, Selected, { cart, unit, onselect: (line) => seen.push(line) });
  const line = useSharedSelector(cart, (value) => value.items[0], undefined, { unit });

  other.batch(() => {
    other.setState(cart, (value) => ({ ...value, items: ['tea'] }));
    seen.push(`looked: ${line.current}`);
  });
  flushSync();

  assert.deepEqual(seen, [undefined, 'looked: tea', 'tea']);
});
