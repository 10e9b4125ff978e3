// UnitProvider in React: which unit the hooks speak for, and how long it lives.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Activity, Suspense, useEffect } from 'react';
import { act, h, mount } from './support.js';
import { draft, openManager, openUnits } from '../hooks/units.js';
import { UnitProvider, useSharedState, useUnit } from 'danji/react';
import { defaultManager } from 'danji';

const Name = () => useUnit().unitId;

function Draft({ text }) {
  const [value, set] = useSharedState(draft);
  useEffect(() => {
    if (text !== undefined) set(text);
  }, [text, set]);
  return h('i', null, value);
}

/** Gives the unit's holder time to let go, in simulated time. */
async function wait(t, millis) {
  await act(() => t.mock.timers.tick(millis));
}

test('the nearest provider names the unit', async (t) => {
  const { manager } = openManager(t);
  const page = await mount(
    t,
    h(UnitProvider, { unitId: 'shell', manager },
      h('b', null, h(Name)),
      h(UnitProvider, { unitId: 'header' }, h('i', null, h(Name))),
    ),
  );

  assert.equal(page.find('b').textContent, 'shell');
  assert.equal(page.find('i').textContent, 'header');
});

test('a provider inside another one uses its manager', async (t) => {
  const { manager } = openManager(t);
  let inner;
  const Look = () => {
    inner = useUnit();
    return null;
  };
  await mount(t, h(UnitProvider, { unitId: 'shell', manager },
    h(UnitProvider, { unitId: 'header' }, h(Look))));

  assert.equal(inner, manager.createUnitStateStore('header'));
});

test('a provider inside another one is in its place, unless it says another', async (t) => {
  const { manager } = openManager(t);
  const { manager: elsewhere } = openManager(t);
  const standing = manager.createUnitStateStore('footer', { building: 'cellar' });
  const Place = () => {
    const { unitId, building, apartment } = useUnit();
    return `${unitId} ${apartment}/${building}, `;
  };
  const part = (source) => h(UnitProvider, source, h(Place));
  const page = await mount(t,
    h(UnitProvider, { unitId: 'shell', manager, building: 'entrance', apartment: 'market' },
      part({ unitId: 'header' }),
      part({ unitId: 'same', manager }),
      part({ unitId: 'upstairs', building: 'attic' }),
      part({ unitId: 'away', apartment: 'harbour' }),
      part({ unitId: 'stranger', manager: elsewhere }),
      part({ unitId: 'footer' })));

  assert.deepEqual(page.text().split(', '), [
    'header market/entrance',
    'same market/entrance',
    'upstairs market/attic',
    'away harbour/main',
    'stranger main/main',
    'footer main/cellar',
    '',
  ]);
  assert.equal(standing.disposed, false);
});

test('without a provider the hooks use the unit named default of the page', async (t) => {
  let found;
  const Look = () => {
    found = useUnit();
    return found.unitId;
  };
  const page = await mount(t, h(Look));

  assert.equal(page.text(), 'default');
  assert.equal(found.manager, defaultManager());
});

test('in StrictMode the unit and its private state outlive the second mount', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager } = openManager(t);
  const units = new Set();
  const Look = () => {
    units.add(useUnit());
    return null;
  };
  const page = await mount(t, h(UnitProvider, { unitId: 'header', manager },
    h(Draft, { text: 'half a sentence' }), h(Look)));

  await wait(t, 600_000);

  assert.equal(page.text(), 'half a sentence');
  assert.deepEqual([...units].map((unit) => unit.disposed), [false]);
});

test('unmounting disposes the unit, and the next mount gets a new one', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager } = openManager(t);
  const seen = [];
  const Look = () => {
    seen.push(useUnit());
    return null;
  };
  const tree = () => h(UnitProvider, { unitId: 'header', manager }, h(Look));
  const page = await mount(t, tree());
  await page.unmount();

  await wait(t, 1_000);
  const second = await mount(t, tree());

  assert.equal(seen[0].disposed, true);
  assert.equal(seen.at(-1).disposed, false);
  await second.unmount();
});

test('children can still write while they are unmounted', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager, errors } = openManager(t);
  const other = manager.createUnitStateStore('catalogue');
  const Farewell = () => {
    const [, set] = useSharedState('farewell', '');
    useEffect(() => () => set('bye'), [set]);
    return null;
  };
  const page = await mount(t, h(UnitProvider, { unitId: 'header', manager }, h(Farewell)));

  await page.unmount();

  assert.equal(other.getState('farewell'), 'bye');
  assert.deepEqual(errors, []);
});

test('a store that is passed in is not disposed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { unit } = openUnits(t);
  const page = await mount(t, h(UnitProvider, { unit }, h(Name)));

  await page.unmount();
  await wait(t, 600_000);

  assert.equal(unit.disposed, false);
});

test('two providers of one id share the unit until both are gone', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager } = openManager(t);
  const first = await mount(t, h(UnitProvider, { unitId: 'header', manager }, h(Draft)));
  const second = await mount(t, h(UnitProvider, { unitId: 'header', manager },
    h(Draft, { text: 'shared' })));

  await second.unmount();
  await wait(t, 600_000);

  assert.equal(first.text(), 'shared');
});

test('a hidden activity keeps its unit and its private state', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager } = openManager(t);
  const tree = (mode, text) => h(Activity, { mode },
    h(UnitProvider, { unitId: 'header', manager }, h(Draft, { text })));
  const page = await mount(t, tree('visible', 'kept'));

  await page.render(tree('hidden'));
  await wait(t, 600_000);
  await page.render(tree('visible'));

  assert.equal(page.text(), 'kept');
});

test('a render that is thrown away leaves no unit behind', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager } = openManager(t);
  const never = new Promise(() => {});
  const found = [];
  const Never = () => {
    found.push(useUnit());
    throw never;
  };
  const page = await mount(t, h(Suspense, { fallback: 'waiting' },
    h(UnitProvider, { unitId: 'header', manager }, h(Never))));
  await page.unmount();

  await wait(t, 600_000);

  assert.notEqual(found.length, 0);
  assert.ok(found.every((unit) => unit.disposed));
});

test('a unit that was let go before its render was committed is opened again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager } = openManager(t);
  const found = [];
  const Slow = () => {
    found.push(useUnit());
    if (found.length === 1) t.mock.timers.tick(600_000);
    return found.at(-1).unitId;
  };
  const page = await mount(t, h(UnitProvider, { unitId: 'header', manager }, h(Slow)), {
    strict: false,
  });

  await wait(t, 600_000);

  assert.equal(page.text(), 'header');
  assert.deepEqual([found[0].disposed, found.at(-1).disposed], [true, false]);
});

test('another id is another unit, and the first is let go', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { manager } = openManager(t);
  const found = [];
  const Look = () => {
    found.push(useUnit());
    return useUnit().unitId;
  };
  const tree = (unitId) => h(UnitProvider, { unitId, manager }, h(Look));
  const page = await mount(t, tree('header'));

  await page.render(tree('footer'));
  await wait(t, 600_000);

  assert.equal(page.text(), 'footer');
  assert.deepEqual([found[0].disposed, found.at(-1).disposed], [true, false]);
});
