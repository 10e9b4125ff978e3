// createDanji and provideUnit in Vue: which unit the composables speak for, and its life.
import test from 'node:test';
import assert from 'node:assert/strict';
import { h, mount, nextTick } from './support.js';
import { onBeforeUnmount, onUnmounted, ref } from 'vue';
import { openManager, openUnits, theme } from '../hooks/units.js';
import { createDanji, provideUnit, useSharedState, useUnit } from 'danji/vue';
import { defaultManager } from 'danji';

const Name = {
  setup() {
    const { unitId } = useUnit();
    return () => h('i', unitId);
  },
};

const LastWords = {
  setup() {
    const { updateState } = useSharedState(theme);
    onBeforeUnmount(() => updateState('closing'));
    onUnmounted(() => updateState('closed'));
    return () => null;
  },
};

test('the plugin names the unit of the whole app, until it is unmounted', (t) => {
  const { manager } = openManager(t);
  const page = mount(t, Name, { use: [createDanji({ unitId: 'catalogue', manager })] });
  const unit = manager.createUnitStateStore('catalogue');
  unit.dispose();
  const whileMounted = unit.disposed;

  page.unmount();

  assert.deepEqual([whileMounted, unit.disposed], [false, true]);
});

test('components can still write while their app is unmounted', (t) => {
  const { manager, errors } = openManager(t);
  const other = manager.createUnitStateStore('footer');
  const page = mount(t, LastWords, { use: [createDanji({ unitId: 'catalogue', manager })] });

  page.unmount();

  assert.equal(other.getState(theme), 'closed');
  assert.deepEqual(errors, []);
});

test('the nearest provideUnit names the unit, and uses the manager around it', (t) => {
  const { manager } = openManager(t);
  let inner;
  const Inner = {
    setup() {
      inner = provideUnit({ unitId: 'search' });
      return () => h(Name);
    },
  };
  const page = mount(t, Inner, { use: [createDanji({ unitId: 'catalogue', manager })] });

  assert.equal(page.text(), 'search');
  assert.equal(inner.manager, manager.createUnitStateStore('catalogue').manager);
});

test('provideUnit stays in the place around it', (t) => {
  const { manager } = openManager(t);
  let inner;
  const Inner = {
    setup() {
      inner = provideUnit({ unitId: 'search' });
      return () => null;
    },
  };
  const place = { building: 'floor', apartment: 'market' };
  mount(t, Inner, { use: [createDanji({ unitId: 'catalogue', manager, ...place })] });

  assert.deepEqual([inner.building, inner.apartment], ['floor', 'market']);
});

test('the component that provides a unit speaks for it as well', (t) => {
  const { manager } = openManager(t);
  const page = mount(t, {
    setup() {
      provideUnit({ unitId: 'search', manager });
      const { unitId } = useUnit();
      return () => h('b', unitId);
    },
  });

  assert.equal(page.text(), 'search');
});

test('a provided unit is disposed after the last words of its children', async (t) => {
  const { manager, errors } = openManager(t);
  const other = manager.createUnitStateStore('footer');
  const words = [];
  other.subscribe(theme, (value) => words.push(value));
  let unit;
  const Part = {
    setup() {
      unit = provideUnit({ unitId: 'search', manager });
      return () => h(LastWords);
    },
  };
  const open = ref(true);
  mount(t, { setup: () => () => (open.value ? h(Part) : null) });

  open.value = false;
  await nextTick();

  assert.deepEqual(words, ['closing', 'closed']);
  assert.equal(unit.disposed, true);
  assert.deepEqual(errors, []);
});

test('a store that is passed in is not disposed', (t) => {
  const { unit, other } = openUnits(t);
  const Part = {
    setup() {
      provideUnit({ unit: other });
      return () => [h('b', unit.unitId), h(Name)];
    },
  };
  const page = mount(t, Part, { use: [createDanji({ unit })] });
  const text = page.text();

  page.unmount();

  assert.equal(text, 'headercatalogue');
  assert.deepEqual([unit.disposed, other.disposed], [false, false]);
});

test('without any provider, in and outside of components, it is the unit default', (t) => {
  const page = mount(t, Name);

  assert.equal(page.text(), 'default');
  assert.equal(useUnit().unitId, 'default');
  assert.equal(useUnit().manager, defaultManager());
});
