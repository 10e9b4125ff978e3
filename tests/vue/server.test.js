// Vue on a server: the state is rendered, and nothing is subscribed.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { cart, countSubscriptions, openUnits, theme } from '../hooks/units.js';
import {
  createDanji,
  provideUnit,
  useContainerEvent,
  useSharedRef,
  useSharedSelector,
  useSharedState,
} from 'danji/vue';

const Header = {
  setup() {
    useContainerEvent('cart:open', () => {});
    return {
      ...useSharedState(theme),
      language: useSharedRef('language', 'ko'),
      total: useSharedSelector(cart, (value) => value.total),
    };
  },
  template: '<p>{{ state }} {{ language }} {{ total }} {{ metadata.source }}</p>',
};

test('a server renders the defaults and subscribes to nothing', async (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);

  const html = await renderToString(createSSRApp(Header).use(createDanji({ unit })));

  assert.equal(html, '<p>light ko 0 default</p>');
  assert.equal(subscriptions.open, 0);
});

test('a server renders what the request has written', async (t) => {
  const { unit, manager } = openUnits(t);
  unit.setState(theme, 'dark');
  const Page = {
    components: { Header },
    setup: () => void provideUnit({ unitId: 'header', manager }),
    template: '<Header />',
  };

  const html = await renderToString(createSSRApp(Page));

  assert.match(html, /^<p>dark ko 0 /);
});

test('without a provider a server renders the defaults', async () => {
  assert.equal(await renderToString(createSSRApp(Header)), '<p>light ko 0 default</p>');
});
