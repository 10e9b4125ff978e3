// useSharedSelector in React: renders for the selected part only, and never in circles.
import test from 'node:test';
import assert from 'node:assert/strict';
import { act, h, mount } from './support.js';
import { cart, countSubscriptions, openUnits } from '../hooks/units.js';
import { UnitProvider, useSharedSelector } from 'danji/react';

const provided = (unit, ...children) => h(UnitProvider, { unit }, ...children);
const add = (unit, change) => act(() => unit.setState(cart, (value) => ({ ...value, ...change })));

test('a selector renders only when what it selects changes', async (t) => {
  const { unit, other } = openUnits(t);
  let renders = 0;
  const Total = () => {
    renders += 1;
    return useSharedSelector(cart, (value) => value.total);
  };
  const page = await mount(t, provided(unit, h(Total)), { strict: false });

  await add(other, { note: 'ring twice' });
  const afterNote = renders;
  await add(other, { total: 7 });

  assert.deepEqual([afterNote, renders, page.text()], [1, 2, '7']);
});

test('an inline selector that returns a new object each time does not loop', async (t) => {
  const { unit, other } = openUnits(t);
  let renders = 0;
  const Summary = () => {
    renders += 1;
    const { total, lines } = useSharedSelector(cart, (value) => ({
      total: value.total,
      lines: value.items.length,
    }));
    return `${lines} for ${total}`;
  };
  const page = await mount(t, provided(unit, h(Summary)), { strict: false });

  await add(other, { items: ['tea'], total: 3 });

  assert.deepEqual([renders, page.text()], [2, '1 for 3']);
});

test('with an equality of its own a selected object stays the same object', async (t) => {
  const { unit, other } = openUnits(t);
  const seen = new Set();
  const Summary = () => {
    const summary = useSharedSelector(
      cart,
      (value) => ({ total: value.total }),
      (a, b) => a.total === b.total,
    );
    seen.add(summary);
    return summary.total;
  };
  const page = await mount(t, provided(unit, h(Summary)), { strict: false });

  await add(other, { note: 'ring twice' });
  await page.render(provided(unit, h(Summary)));

  assert.equal(seen.size, 1);
});

test('a selector may use props, and a new selector is used at once', async (t) => {
  const { unit, other } = openUnits(t);
  const Line = ({ at }) => useSharedSelector(cart, (value) => value.items[at] ?? 'none');
  await add(other, { items: ['tea', 'rice'] });
  const page = await mount(t, provided(unit, h(Line, { at: 0 })));

  await page.render(provided(unit, h(Line, { at: 1 })));

  assert.equal(page.text(), 'rice');
});

test('unmounting ends the subscription', async (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const Total = () => useSharedSelector(cart, (value) => value.total);
  const page = await mount(t, provided(unit, h(Total)));
  const whileMounted = subscriptions.open;

  await page.unmount();

  assert.deepEqual([whileMounted, subscriptions.open], [1, 0]);
});
