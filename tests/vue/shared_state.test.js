// useSharedState and useSharedRef in Vue: what is shown, when it renders, what is written.
import test from 'node:test';
import assert from 'node:assert/strict';
import { h, mount, nextTick } from './support.js';
import { effectScope, isReactive, reactive, ref, watch, watchEffect } from 'vue';
import { click, type } from '../hooks/dom.js';
import { cart, countSubscriptions, openUnits, theme } from '../hooks/units.js';
import { createDanji, useSharedRef, useSharedState } from 'danji/vue';
import { DanjiError, defineState, StateScope } from 'danji';

const form = defineState({
  key: 'form',
  scope: StateScope.APARTMENT_SHARED,
  default: { name: '', address: { street: '', tags: [] } },
});

test('a component shows what another unit writes', async (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, {
    setup: () => useSharedState(theme),
    template: '<p>{{ state }} by {{ metadata.updatedBy }}</p>',
  }, { use: [createDanji({ unit })] });

  other.setState(theme, 'dark');
  await nextTick();

  assert.equal(page.text(), 'dark by catalogue');
});

test('a component renders only when what it reads changes', async (t) => {
  const { unit, other } = openUnits(t);
  let renders = 0;
  mount(t, {
    setup() {
      const { state } = useSharedState(theme);
      return () => h('p', [state.value, (renders += 1)]);
    },
  }, { use: [createDanji({ unit })] });

  other.setState(cart, (value) => ({ ...value, total: 5 }));
  other.setState(theme, 'light');
  await nextTick();
  const afterMeta = renders;
  other.setState(theme, 'dark');
  await nextTick();

  assert.notEqual(unit.readState(theme).meta.version, null);
  assert.deepEqual([afterMeta, renders], [1, 2]);
});

test('the metadata is live, also when only it changes', async (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, {
    setup: () => useSharedState(theme),
    template: '<p>{{ metadata.updatedBy ?? "nobody" }}</p>',
  }, { use: [createDanji({ unit })] });
  const before = page.text();

  other.setState(theme, 'light');
  await nextTick();

  assert.deepEqual([before, page.text()], ['nobody', 'catalogue']);
});

test('the value is the very object that other readers get', (t) => {
  const { unit } = openUnits(t);
  const scope = effectScope();

  const { state } = scope.run(() => useSharedState(cart, { unit }));

  assert.equal(state.value, unit.getState(cart));
  assert.equal(isReactive(state.value), false);
  scope.stop();
});

test('the refs of useSharedState can not be assigned', (t) => {
  const { unit } = openUnits(t);
  t.mock.method(console, 'warn', () => {});
  const { state } = useSharedState(theme, { unit });

  state.value = 'dark';

  assert.deepEqual([state.value, unit.getState(theme)], ['light', 'light']);
});

test('an updater gets the newest value', (t) => {
  const { unit } = openUnits(t);
  const { state, updateState } = useSharedState(cart, { unit });
  const addOne = () => updateState((newest) => ({ ...newest, total: newest.total + 1 }));

  addOne();
  addOne();

  assert.equal(state.value.total, 2);
});

test('v-model writes what is typed and shows what others write', async (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, {
    setup: () => ({ query: useSharedRef(theme) }),
    template: '<input v-model="query"><p>{{ query }}</p>',
  }, { use: [createDanji({ unit })] });

  type(page.find('input'), 'sepia');
  await nextTick();
  const typed = [other.getState(theme), page.text()];
  other.setState(theme, 'dark');
  await nextTick();

  assert.deepEqual(typed, ['sepia', 'sepia']);
  assert.deepEqual([page.find('input').value, page.text()], ['dark', 'dark']);
});

test('v-model on a list of checkboxes writes lists', async (t) => {
  const { unit, other } = openUnits(t);
  const sizes = defineState({
    key: 'sizes',
    scope: StateScope.GLOBAL_SHARED,
    default: () => ['small'],
  });
  const page = mount(t, {
    setup: () => ({ sizes: useSharedRef(sizes) }),
    template: '<input type="checkbox" value="large" v-model="sizes">{{ sizes.join(" ") }}',
  }, { use: [createDanji({ unit })] });

  page.find('input').checked = true;
  page.find('input').dispatchEvent(new Event('change'));
  await nextTick();

  assert.deepEqual(other.getState(sizes), ['small', 'large']);
  assert.equal(page.text(), 'small large');
});

test('a reactive object can be handed over and stays as it was', (t) => {
  const { unit } = openUnits(t);
  const local = reactive({ name: ref('Ada'), address: { street: 'Hill 1', tags: ['home'] } });
  const { state, updateState } = useSharedState(form, { unit });

  updateState(local);
  local.address.street = 'Hill 2';
  local.address.tags.push('work');

  assert.deepEqual(local.address, { street: 'Hill 2', tags: ['home', 'work'] });
  assert.deepEqual(state.value, { name: 'Ada', address: { street: 'Hill 1', tags: ['home'] } });
});

test('reactive objects inside a plain value, or from an updater, are copied too', (t) => {
  const { unit } = openUnits(t);
  const address = reactive({ street: 'Hill 1', tags: ['home'] });
  const { state, updateState } = useSharedState(form, { unit });

  updateState({ name: 'Ada', address });
  updateState((newest) => ({ ...newest, address }));
  address.tags.push('work');

  assert.deepEqual(state.value.address, { street: 'Hill 1', tags: ['home'] });
  assert.equal(isReactive(state.value.address), false);
});

test('parts that did not change keep their identity', (t) => {
  const { unit } = openUnits(t);
  const { state, updateState } = useSharedState(form, { unit });
  const before = state.value.address;

  updateState((newest) => ({ ...newest, name: 'Ada' }));

  assert.equal(state.value.address, before);
});

test('bad input throws where it was handed over', (t) => {
  const { unit } = openUnits(t);
  const { state, updateState } = useSharedState(form, { unit });
  const loop = {};
  loop.self = loop;

  for (const bad of [NaN, new Date(0), { name: new Map() }, reactive(new Map()), loop]) {
    assert.throws(
      () => updateState(bad),
      (error) => error instanceof DanjiError && error.code === 'INVALID_VALUE',
    );
  }

  assert.equal(state.value, form.definition.default);
  assert.equal(Object.isFrozen(loop), false);
});

test('a string key that nobody registered becomes a state of the apartment', (t) => {
  const { unit, other } = openUnits(t);
  const { state, updateState } = useSharedState('language', 'ko', { unit });
  const before = state.value;

  updateState('en');

  assert.deepEqual([before, state.value, other.getState('language')], ['ko', 'en', 'en']);
});

test('a string key that was registered keeps its own default', (t) => {
  const { unit, manager } = openUnits(t);
  manager.registerSharedState({
    key: 'language',
    scope: StateScope.GLOBAL_SHARED,
    default: 'ko',
  });

  assert.equal(useSharedRef('language', 'en', { unit }).value, 'ko');
});

test('unmounting ends the subscription', (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const page = mount(t, {
    setup: () => useSharedState(theme),
    template: '<p>{{ state }}</p>',
  }, { use: [createDanji({ unit })] });
  const whileMounted = subscriptions.open;

  page.unmount();

  assert.deepEqual([whileMounted, subscriptions.open], [1, 0]);
});

test('outside of components an effect scope is enough', async (t) => {
  const { unit: real, other } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const scope = effectScope();
  const seen = [];
  scope.run(() => {
    const { state } = useSharedState(theme, { unit });
    watch(state, (value) => seen.push(value));
  });

  other.setState(theme, 'dark');
  await nextTick();
  scope.stop();
  other.setState(theme, 'sepia');
  await nextTick();

  assert.deepEqual([seen, subscriptions.open], [['dark'], 0]);
});

test('two states written in one batch are seen together', async (t) => {
  const { unit, other } = openUnits(t);
  const { state: look } = useSharedState(theme, { unit });
  const { state: basket } = useSharedState(cart, { unit });
  const seen = [];
  const stop = watchEffect(() => seen.push(`${look.value} ${basket.value.total}`));

  other.batch(() => {
    other.setState(theme, 'dark');
    other.setState(cart, (value) => ({ ...value, total: 5 }));
  });
  await nextTick();
  stop();

  assert.deepEqual(seen, ['light 0', 'dark 5']);
});

test('an event handler in a template can write', async (t) => {
  const { unit, other } = openUnits(t);
  const page = mount(t, {
    setup: () => useSharedState(theme),
    template: '<button @click="updateState(\'dark\')">{{ state }}</button>',
  }, { use: [createDanji({ unit })] });

  click(page.find('button'));
  await nextTick();

  assert.deepEqual([page.text(), other.getState(theme)], ['dark', 'dark']);
});
