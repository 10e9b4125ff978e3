// useSharedState in React: what is shown, when it renders, and what set does.
import test from 'node:test';
import assert from 'node:assert/strict';
import { act, click, h, mount, type } from './support.js';
import { cart, countSubscriptions, openUnits, theme } from '../hooks/units.js';
import { UnitProvider, useSharedState, useUnit } from 'danji/react';
import { DanjiError, defineState, StateScope } from 'danji';

const provided = (unit, ...children) => h(UnitProvider, { unit }, ...children);

function Theme() {
  const [value] = useSharedState(theme);
  return h('p', null, value);
}

test('a component shows what another unit writes', async (t) => {
  const { unit, other } = openUnits(t);
  const page = await mount(t, provided(unit, h(Theme)));

  await act(() => other.setState(theme, 'dark'));

  assert.equal(page.text(), 'dark');
});

test('a component renders once per change, and not when another state changes', async (t) => {
  const { unit, other } = openUnits(t);
  let renders = 0;
  const Counted = () => {
    const [value] = useSharedState(theme);
    renders += 1;
    return value;
  };
  await mount(t, provided(unit, h(Counted)), { strict: false });

  await act(() => other.setState(cart, (value) => ({ ...value, total: 5 })));
  const afterOther = renders;
  await act(() => other.setState(theme, 'dark'));

  assert.deepEqual([afterOther, renders], [1, 2]);
});

test('two writes in one batch are one render', async (t) => {
  const { unit, other } = openUnits(t);
  const seen = [];
  const Both = () => {
    const [look] = useSharedState(theme);
    const [{ total }] = useSharedState(cart);
    seen.push(`${look} ${total}`);
    return null;
  };
  await mount(t, provided(unit, h(Both)), { strict: false });

  await act(() =>
    other.batch(() => {
      other.setState(theme, 'dark');
      other.setState(cart, (value) => ({ ...value, total: 5 }));
    }),
  );

  assert.deepEqual(seen, ['light 0', 'dark 5']);
});

test('a component that ignores the metadata does not render when only that changes', async (t) => {
  const { unit, other } = openUnits(t);
  let renders = 0;
  const Counted = () => {
    const [value, set] = useSharedState(theme);
    renders += 1;
    return h('button', { onClick: () => set('dark') }, value);
  };
  await mount(t, provided(unit, h(Counted)), { strict: false });

  await act(() => other.setState(theme, 'light'));

  assert.notEqual(unit.readState(theme).meta.version, null);
  assert.equal(renders, 1);
});

test('a component that reads the metadata has it live, with one render per change', async (t) => {
  const { unit, other } = openUnits(t);
  const seen = [];
  const Author = () => {
    const [value, , meta] = useSharedState(theme);
    seen.push(`${value} by ${meta.updatedBy}`);
    return null;
  };
  await mount(t, provided(unit, h(Author)), { strict: false });

  await act(() => other.setState(theme, 'light'));
  await act(() => unit.setState(theme, 'dark'));

  assert.deepEqual(seen, ['light by null', 'light by catalogue', 'dark by header']);
});

test('a component that begins to read the metadata late sees the newest', async (t) => {
  const { unit, other } = openUnits(t);
  const Author = ({ curious }) => {
    const shared = useSharedState(theme);
    return curious ? shared[2].updatedBy : 'nobody asked';
  };
  const page = await mount(t, provided(unit, h(Author, { curious: false })));
  await act(() => other.setState(theme, 'light'));

  await page.render(provided(unit, h(Author, { curious: true })));

  assert.equal(page.text(), 'catalogue');
});

test('an updater gets the newest value, not the one that was rendered', async (t) => {
  const { unit } = openUnits(t);
  const Add = () => {
    const [value, set] = useSharedState(cart);
    const addOne = () => set((newest) => ({ ...newest, total: newest.total + 1 }));
    return h('button', { onClick: () => { addOne(); addOne(); } }, value.total);
  };
  const page = await mount(t, provided(unit, h(Add)));

  await act(() => click(page.find('button')));

  assert.equal(page.text(), '2');
});

test('set is the same function at every render', async (t) => {
  const { unit, other } = openUnits(t);
  const sets = new Set();
  const Keep = () => {
    const [value, set] = useSharedState(theme);
    sets.add(set);
    return value;
  };
  await mount(t, provided(unit, h(Keep)));

  await act(() => other.setState(theme, 'dark'));
  await act(() => other.setState(theme, 'night'));

  assert.equal(sets.size, 1);
});

test('bad input throws where set was called and changes nothing', async (t) => {
  const { unit } = openUnits(t);
  let set;
  const Keep = () => {
    const [value, setTheme] = useSharedState(theme);
    set = setTheme;
    return value;
  };
  const page = await mount(t, provided(unit, h(Keep)));

  assert.throws(
    () => set(NaN),
    (error) => error instanceof DanjiError && error.code === 'INVALID_VALUE',
  );

  assert.equal(page.text(), 'light');
});

test('an input whose value is a state takes what is typed', async (t) => {
  const { unit, other } = openUnits(t);
  const Field = () => {
    const [value, set] = useSharedState(theme);
    return h('input', { value, onChange: (event) => set(event.target.value) });
  };
  const page = await mount(t, provided(unit, h(Field)));

  await act(() => type(page.find('input'), 'sepia'));

  assert.equal(other.getState(theme), 'sepia');
  assert.equal(page.find('input').value, 'sepia');
});

test('a string key that nobody registered becomes a state of the apartment', async (t) => {
  const { unit, other } = openUnits(t);
  const Language = () => {
    const [value, set] = useSharedState('language', 'ko');
    return h('button', { onClick: () => set('en') }, value);
  };
  const page = await mount(t, provided(unit, h(Language)));
  const before = page.text();

  await act(() => click(page.find('button')));

  assert.deepEqual([before, page.text(), other.getState('language')], ['ko', 'en', 'en']);
});

test('a string key that was registered keeps its own default', async (t) => {
  const { unit, manager } = openUnits(t);
  manager.registerSharedState({
    key: 'language',
    scope: StateScope.GLOBAL_SHARED,
    default: 'ko',
  });
  const Language = () => useSharedState('language', 'en')[0];

  const page = await mount(t, provided(unit, h(Language)));

  assert.equal(page.text(), 'ko');
});

test('the unit option wins over the provider', async (t) => {
  const { unit, other } = openUnits(t);
  const Write = () => {
    const [value, set] = useSharedState(theme, { unit: other });
    return h('button', { onClick: () => set('dark') }, value, useUnit(other).unitId);
  };
  const page = await mount(t, provided(unit, h(Write)));

  await act(() => click(page.find('button')));

  assert.equal(unit.readState(theme).meta.updatedBy, 'catalogue');
  assert.equal(page.text(), 'darkcatalogue');
});

test('StrictMode leaves one subscription, and unmounting none', async (t) => {
  const { unit: real } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const page = await mount(t, provided(unit, h(Theme)));
  const whileMounted = subscriptions.open;

  await page.unmount();

  assert.deepEqual([whileMounted, subscriptions.open], [1, 0]);
});

test('a component that gets another state follows that one only', async (t) => {
  const { unit: real, other } = openUnits(t);
  const { unit, subscriptions } = countSubscriptions(real);
  const language = defineState({ key: 'language', scope: StateScope.GLOBAL_SHARED, default: 'ko' });
  const Show = ({ state }) => useSharedState(state)[0];
  const page = await mount(t, provided(unit, h(Show, { state: theme })));

  await page.render(provided(unit, h(Show, { state: language })));
  await act(() => other.setState(language, 'en'));

  assert.equal(page.text(), 'en');
  assert.equal(subscriptions.open, 1);
});
