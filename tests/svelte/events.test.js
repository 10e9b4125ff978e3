// useContainerEvent in Svelte: who hears, and until when.
import test from 'node:test';
import assert from 'node:assert/strict';
import { component, mount } from './support.js';
import { click } from '../hooks/dom.js';
import { countSubscriptions, openUnits } from '../hooks/units.js';

const Listener = await component('Listener', `
  <script>
    import { useContainerEvent } from 'danji/svelte';
    let { unit, onheard } = $props();
    let lines = $state([{ name: 'tea' }]);
    const openCart = useContainerEvent('cart:open', (...given) => onheard(...given), { unit });
  </script>
  <button onclick={() => openCart({ lines })}>open</button>
`);

test('an event of another unit is heard with its data and source, until unmounting', async (t) => {
  const { unit: real, other } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const heard = [];
  const page = mount(t, Listener, { unit, onheard: (...given) => heard.push(given) });

  other.emit('cart:open', { from: 'badge' });
  await page.unmount();
  other.emit('cart:open', { from: 'late' });

  assert.deepEqual(heard, [[{ from: 'badge' }, 'catalogue']]);
  assert.equal(subscriptions.open, 0);
});

test('the returned function says the event, with plain data', (t) => {
  const { unit, other } = openUnits(t);
  const heard = [];
  other.on('cart:open', (data, source) => heard.push([structuredClone(data), source]));
  const page = mount(t, Listener, { unit, onheard: () => {} });

  click(page.find('button'));

  assert.deepEqual(heard, [[{ lines: [{ name: 'tea' }] }, 'header']]);
});
