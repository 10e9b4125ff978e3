// provideUnit in Svelte: which unit the stores and runes speak for, and how long it lives.
import test from 'node:test';
import assert from 'node:assert/strict';
import { component, danji, mount } from './support.js';
import { openManager, openUnits, theme } from '../hooks/units.js';
import { defaultManager } from 'danji';

const Name = await component('Name', `
  <script>
    import { useUnit } from 'danji/svelte';
    const { unitId } = useUnit();
  </script>
  <i>{unitId}</i>
`);

const Part = await component('Part', `
  <script>
    import { provideUnit, useUnit } from 'danji/svelte';
    let { source, onunit = () => {}, children } = $props();
    onunit(provideUnit(source));
    const { unitId } = useUnit();
  </script>
  <b>{unitId}</b>{@render children?.()}
`);

const Nested = await component('Nested', `
  <script>
    import Part from './Part.svelte.js';
    import Name from './Name.svelte.js';
    let { outer, inner, onunit } = $props();
  </script>
  <Part source={outer}><Part source={inner} {onunit}><Name /></Part></Part>
`);

await component('Last', `
  <script>
    import { onDestroy } from 'svelte';
    import { sharedState } from 'danji/svelte';
    let { state } = $props();
    const shared = sharedState(state);
    onDestroy(() => (shared.current = 'closed'));
  </script>
  {shared.current}
`);

const Farewell = await component('Farewell', `
  <script>
    import Part from './Part.svelte.js';
    import Last from './Last.svelte.js';
    let { source, state, onunit } = $props();
  </script>
  <Part {source} {onunit}><Last {state} /></Part>
`);

test('the nearest provideUnit names the unit, also for its own component', (t) => {
  const { manager } = openManager(t);
  const page = mount(t, Nested, {
    outer: { unitId: 'cart', manager },
    inner: { unitId: 'coupon', manager },
  });

  assert.equal(page.text(), 'cartcouponcoupon');
});

test('a provider inside another one uses its manager', (t) => {
  const { manager } = openManager(t);
  let unit;
  mount(t, Nested, {
    outer: { unitId: 'cart', manager },
    inner: { unitId: 'coupon' },
    onunit: (given) => (unit = given),
  });

  assert.equal(unit, manager.createUnitStateStore('coupon'));
});

test('a provider inside another one stays in its place', (t) => {
  const { manager } = openManager(t);
  let unit;
  mount(t, Nested, {
    outer: { unitId: 'cart', manager, building: 'till', apartment: 'market' },
    inner: { unitId: 'coupon' },
    onunit: (given) => (unit = given),
  });

  assert.deepEqual([unit.building, unit.apartment], ['till', 'market']);
});

test('a provided unit is disposed after the last words of its children', async (t) => {
  const { manager, errors } = openManager(t);
  const other = manager.createUnitStateStore('footer');
  let unit;
  const page = mount(t, Farewell, {
    source: { unitId: 'cart', manager },
    state: theme,
    onunit: (given) => (unit = given),
  });
  const whileMounted = unit.disposed;

  await page.unmount();

  assert.equal(other.getState(theme), 'closed');
  assert.deepEqual([whileMounted, unit.disposed], [false, true]);
  assert.deepEqual(errors, []);
});

test('a store that is passed in is not disposed', async (t) => {
  const { unit } = openUnits(t);
  const page = mount(t, Part, { source: { unit } });
  const text = page.text();

  await page.unmount();

  assert.deepEqual([text, unit.disposed], ['header', false]);
});

test('without any provider, in and outside of components, it is the unit default', (t) => {
  const page = mount(t, Name);

  assert.equal(page.text(), 'default');
  assert.equal(danji.useUnit().unitId, 'default');
  assert.equal(danji.useUnit().manager, defaultManager());
});
