// Whatever React does meanwhile, one commit never shows two values of one state.
import test from 'node:test';
import assert from 'node:assert/strict';
import { startTransition, useEffect, useLayoutEffect, useState } from 'react';
import { h, mount } from './support.js';
import { openUnits, theme } from '../hooks/units.js';
import { UnitProvider, useSharedSelector, useSharedState } from 'danji/react';

const shown = () => document.querySelector('main').textContent;
/** Longer than React works on a transition before it lets others have their turn. */
const sliceMillis = 10;

function work() {
  const end = performance.now() + sliceMillis;
  while (performance.now() < end);
}

/** `act` would run a transition in one piece. */
async function withoutAct(run) {
  globalThis.IS_REACT_ACT_ENVIRONMENT = false;
  try {
    await run();
  } finally {
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  }
}

async function until(condition) {
  for (let turn = 0; turn < 2_000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(condition());
}

test('a write in the middle of a transition shows one value everywhere', async (t) => {
  const { unit, other } = openUnits(t);
  const order = [];
  const commits = [];
  let start;
  const Reader = ({ id }) => {
    const [value] = useSharedState(theme);
    const selected = useSharedSelector(theme, (look) => look);
    order.push(`${id} ${value}`);
    // As a message from another tab comes: when React next pauses.
    if (order.length === 2) queueMicrotask(() => other.setState(theme, 'dark'));
    work();
    return h('span', null, `${value} ${selected} `);
  };
  // Nobody on the first page reads the state, so nothing but the new readers can notice.
  const Page = () => {
    const [page, setPage] = useState(0);
    start = () => startTransition(() => setPage(1));
    useLayoutEffect(() => {
      commits.push(shown());
    });
    const readers = [1, 2, 3, 4].map((id) => h(Reader, { key: id, id }));
    return h('main', { className: `page${page}` }, page === 1 && readers);
  };
  await mount(t, h(UnitProvider, { unit }, h(Page)), { strict: false });

  await withoutAct(async () => {
    start();
    await until(() => document.querySelector('main.page1') !== null);
  });

  assert.notDeepEqual(order.slice(0, 4), ['1 light', '2 light', '3 light', '4 light']);
  for (const text of commits) assert.equal(new Set(text.trim().split(' ')).size, 1, text);
  assert.equal(shown(), 'dark dark '.repeat(4));
});

test('a write between render and subscription is not missed', async (t) => {
  const { unit, other } = openUnits(t);
  const Reader = () => useSharedState(theme)[0];
  const Writer = () => {
    useEffect(() => void other.setState(theme, 'dark'), []);
    return null;
  };

  // The writer's effect runs before the reader's: effects run in the order of siblings.
  const page = await mount(t, h(UnitProvider, { unit }, h(Writer), h(Reader)));

  assert.equal(page.text(), 'dark');
});
