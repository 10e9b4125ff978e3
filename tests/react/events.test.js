// useContainerEvent in React: who hears, with which handler, and until when.
import test from 'node:test';
import assert from 'node:assert/strict';
import { act, click, h, mount } from './support.js';
import { countSubscriptions, openUnits } from '../hooks/units.js';
import { UnitProvider, useContainerEvent } from 'danji/react';

const provided = (unit, ...children) => h(UnitProvider, { unit }, ...children);

test('an event of another unit is heard with its data and source', async (t) => {
  const { unit, other } = openUnits(t);
  const heard = [];
  const Listener = () => {
    useContainerEvent('cart:open', (data, source) => heard.push([data, source]));
    return null;
  };
  await mount(t, provided(unit, h(Listener)));

  await act(() => other.emit('cart:open', { from: 'badge' }));

  assert.deepEqual(heard, [[{ from: 'badge' }, 'catalogue']]);
});

test('the returned function says the event, and is the same at every render', async (t) => {
  const { unit, other } = openUnits(t);
  const heard = [];
  const emits = new Set();
  other.on('cart:open', (data, source) => heard.push([data, source]));
  const Button = () => {
    const emit = useContainerEvent('cart:open', () => {});
    emits.add(emit);
    return h('button', { onClick: () => emit({ from: 'badge' }) });
  };
  const page = await mount(t, provided(unit, h(Button)));

  await act(() => click(page.find('button')));
  await page.render(provided(unit, h(Button)));

  assert.deepEqual(heard, [[{ from: 'badge' }, 'header']]);
  assert.equal(emits.size, 1);
});

test('the handler of the newest render hears, without subscribing again', async (t) => {
  const { unit: real, other } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const heard = [];
  const Listener = ({ name }) => {
    useContainerEvent('cart:open', () => heard.push(name));
    return null;
  };
  const page = await mount(t, provided(unit, h(Listener, { name: 'first' })), { strict: false });

  await page.render(provided(unit, h(Listener, { name: 'second' })));
  await act(() => other.emit('cart:open'));

  assert.deepEqual(heard, ['second']);
  assert.deepEqual([subscriptions.made, subscriptions.open], [1, 1]);
});

test('with deps the handler stays until they change', async (t) => {
  const { unit, other } = openUnits(t);
  const heard = [];
  const Listener = ({ name, dep }) => {
    useContainerEvent('cart:open', () => heard.push(name), [dep]);
    return null;
  };
  const page = await mount(t, provided(unit, h(Listener, { name: 'first', dep: 1 })));

  await page.render(provided(unit, h(Listener, { name: 'second', dep: 1 })));
  await act(() => other.emit('cart:open'));
  await page.render(provided(unit, h(Listener, { name: 'third', dep: 2 })));
  await act(() => other.emit('cart:open'));

  assert.deepEqual(heard, ['first', 'third']);
});

test('nothing is heard after unmounting', async (t) => {
  const { unit: real, other } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const heard = [];
  const Listener = () => {
    useContainerEvent('cart:open', () => heard.push('late'));
    return null;
  };
  const page = await mount(t, provided(unit, h(Listener)));

  await page.unmount();
  other.emit('cart:open');

  assert.deepEqual([heard, subscriptions.open], [[], 0]);
});
