// React on a server: the default is rendered, nothing is subscribed, and hydration agrees.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { cart, countSubscriptions, openUnits, theme } from '../hooks/units.js';
import { UnitProvider, useContainerEvent, useSharedSelector, useSharedState } from 'danji/react';

function Header() {
  const [look, , meta] = useSharedState(theme);
  const [language] = useSharedState('language', 'ko');
  const total = useSharedSelector(cart, (value) => value.total);
  useContainerEvent('cart:open', () => {});
  return h('p', null, [look, language, total, meta.source].join(' '));
}

test('a server renders the defaults and subscribes to nothing', (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);

  const html = renderToString(h(UnitProvider, { unit }, h(Header)));

  assert.equal(html, '<p>light ko 0 default</p>');
  assert.equal(subscriptions.open, 0);
});

test('a server renders what the request has written', (t) => {
  const { manager, unit } = openUnits(t);
  unit.setState(theme, 'dark');

  const html = renderToString(h(UnitProvider, { unitId: 'header', manager }, h(Header)));

  assert.match(html, /^<p>dark ko 0 /);
});

test('without a provider a server renders the defaults', () => {
  assert.equal(renderToString(h(Header)), '<p>light ko 0 default</p>');
});
