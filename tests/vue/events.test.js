// useContainerEvent in Vue: who hears, and until when.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mount } from './support.js';
import { effectScope, isReactive, reactive } from 'vue';
import { click } from '../hooks/dom.js';
import { countSubscriptions, openUnits } from '../hooks/units.js';
import { createDanji, useContainerEvent } from 'danji/vue';

test('an event of another unit is heard with its data and source, until unmounting', (t) => {
  const { unit: real, other } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const heard = [];
  const page = mount(t, {
    setup() {
      useContainerEvent('cart:open', (data, source) => heard.push([data, source]));
      return () => null;
    },
  }, { use: [createDanji({ unit })] });

  other.emit('cart:open', { from: 'badge' });
  page.unmount();
  other.emit('cart:open', { from: 'late' });

  assert.deepEqual(heard, [[{ from: 'badge' }, 'catalogue']]);
  assert.equal(subscriptions.open, 0);
});

test('the returned function says the event', (t) => {
  const { unit, other } = openUnits(t);
  const heard = [];
  other.on('cart:open', (data, source) => heard.push([data, source]));
  const page = mount(t, {
    setup: () => ({ openCart: useContainerEvent('cart:open', () => {}) }),
    template: '<button @click="openCart({ from: \'badge\' })">open</button>',
  }, { use: [createDanji({ unit })] });

  click(page.find('button'));

  assert.deepEqual(heard, [[{ from: 'badge' }, 'header']]);
});

test('a reactive object is said as plain data', (t) => {
  const { unit, other } = openUnits(t);
  const heard = [];
  other.on('cart:open', (data) => heard.push(data));
  const scope = effectScope();
  const emit = scope.run(() => useContainerEvent('cart:open', () => {}, { unit }));

  emit(reactive({ lines: [{ name: 'tea' }] }));
  scope.stop();

  assert.deepEqual(heard, [{ lines: [{ name: 'tea' }] }]);
  assert.equal(isReactive(heard[0].lines[0]), false);
});
