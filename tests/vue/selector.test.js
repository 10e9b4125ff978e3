// useSharedSelector in Vue: changes for the selected part only.
import test from 'node:test';
import assert from 'node:assert/strict';
import { h, mount, nextTick } from './support.js';
import { ref } from 'vue';
import { cart, countSubscriptions, openUnits } from '../hooks/units.js';
import { createDanji, useSharedSelector } from 'danji/vue';

const add = (unit, change) => unit.setState(cart, (value) => ({ ...value, ...change }));

test('a component renders only when the selected part changes', async (t) => {
  const { unit, other } = openUnits(t);
  let renders = 0;
  const page = mount(t, {
    setup() {
      const total = useSharedSelector(cart, (value) => value.total);
      return () => h('p', [(renders += 1), ' for ', total.value]);
    },
  }, { use: [createDanji({ unit })] });

  add(other, { note: 'ring twice' });
  await nextTick();
  const afterNote = renders;
  add(other, { total: 7 });
  await nextTick();

  assert.deepEqual([afterNote, page.text()], [1, '2 for 7']);
});

test('with an equality of its own a selected object stays the same object', async (t) => {
  const { unit, other } = openUnits(t);
  const summary = useSharedSelector(
    cart,
    (value) => ({ total: value.total }),
    (a, b) => a.total === b.total,
    { unit },
  );
  const before = summary.value;

  add(other, { note: 'ring twice' });
  const afterNote = summary.value;
  add(other, { total: 7 });

  assert.equal(afterNote, before);
  assert.deepEqual(summary.value, { total: 7 });
});

test('a selector may read other refs', (t) => {
  const { unit, other } = openUnits(t);
  add(other, { items: ['tea', 'rice'] });
  const at = ref(0);
  const line = useSharedSelector(cart, (value) => value.items[at.value], undefined, { unit });
  const first = line.value;

  at.value = 1;

  assert.deepEqual([first, line.value], ['tea', 'rice']);
});

test('unmounting ends the subscription', (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const page = mount(t, {
    setup: () => ({ total: useSharedSelector(cart, (value) => value.total) }),
    template: '<p>{{ total }}</p>',
  }, { use: [createDanji({ unit })] });
  const whileMounted = subscriptions.open;

  page.unmount();

  assert.deepEqual([whileMounted, subscriptions.open], [1, 0]);
});
