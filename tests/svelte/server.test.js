// Svelte on a server: the state is rendered, and nothing stays behind.
import test from 'node:test';
import assert from 'node:assert/strict';
import { render } from 'svelte/server';
import { compilerFor } from './compile.js';
import { countSubscriptions, openManager, openUnits, theme } from '../hooks/units.js';

const { component } = compilerFor('server');

const Header = await component('Header', `
  <script>
    import {
      createSharedStore, provideUnit, sharedState, useContainerEvent, useSharedSelector,
    } from 'danji/svelte';
    let { source, state, onunit = () => {} } = $props();
    if (source) onunit(provideUnit(source));
    const store = createSharedStore(state);
    const language = sharedState('language', 'ko');
    const length = useSharedSelector(state, (value) => value.length);
    useContainerEvent('cart:open', () => {});
  </script>
  <p>{$store} {language.current} {length.current} {language.metadata.source}</p>
`);

/** Without the comments by which Svelte finds its way when it hydrates. */
const html = (result) => result.body.replace(/<!--.*?-->/g, '').trim();

test('a server renders the defaults and subscribes to nothing', (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);

  const text = html(render(Header, { props: { source: { unit }, state: theme } }));

  assert.equal(text, '<p>light ko 5 default</p>');
  assert.equal(subscriptions.open, 0);
});

test('a server renders what the request has written, and lets go of its unit', (t) => {
  const { manager } = openManager(t);
  manager.createUnitStateStore('request').setState(theme, 'dark');
  let unit;
  const props = {
    source: { unitId: 'header', manager },
    state: theme,
    onunit: (given) => (unit = given),
  };

  const text = html(render(Header, { props }));

  assert.equal(text, '<p>dark ko 4 default</p>');
  assert.equal(unit.disposed, true);
});

test('without a provider a server renders the defaults', () => {
  assert.equal(html(render(Header, { props: { state: theme } })), '<p>light ko 5 default</p>');
});
