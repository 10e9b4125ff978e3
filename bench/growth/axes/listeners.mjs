// More listeners of one key. What they hear is counted for each of them.
import assert from 'node:assert/strict';
import { StateScope, defineState } from 'danji';
import { alone, inTabs } from '../places.mjs';
import { delivering, reading, setting } from '../work.mjs';

export const title = 'listeners of one key';
export const sizes = [1, 10, 100, 1000, 10_000, 100_000];
export const quickSizes = [1, 100];

const scope = StateScope.APARTMENT_SHARED;
const stateOf = (key) => defineState({ key, scope, default: 0 });

const keys = (...names) => ({
  states: names.map(stateOf),
  unitsOf(manager) {
    const unit = manager.createUnitStateStore('first');
    return names.map(() => unit);
  },
});

/** A page with `count` listeners of its first place, who count what they hear. */
function listened(count, ...names) {
  const world = alone(keys(...names));
  const heard = { calls: 0, sum: 0 };
  for (let i = 0; i < count; i++) {
    world.subscribe(0, (value) => {
      heard.calls++;
      heard.sum += value;
    });
  }
  return { world, heard };
}

/** Every set calls each of them. */
async function telling(count) {
  const { world, heard } = listened(count, 'popular');
  let sets = 0;
  return {
    run(times) {
      const wanted = Math.max(Math.ceil(times / count), 1);
      for (let i = 0; i < wanted; i++) world.set(0, ++sets);
      return wanted * count;
    },
    check() {
      assert.equal(world.read(0), sets, 'the last number is not there');
      assert.equal(heard.calls, sets * count, 'not every listener was called for each set');
      assert.equal(heard.sum, ((sets * (sets + 1)) / 2) * count, 'they heard other numbers');
    },
    close: world.close,
  };
}

/** What is set has no listener; another key has all of them. */
async function beside(count) {
  const { world, heard } = listened(count, 'popular', 'quiet');
  const quiet = {
    ...world,
    count: 1,
    set: (_, value) => world.set(1, value),
    read: () => world.read(1),
  };
  const work = await setting(quiet);
  return {
    ...work,
    async check() {
      work.check();
      assert.equal(heard.calls, 0, 'who listens to another key was called');
      world.set(0, 1);
      assert.equal(heard.calls, count, 'not every listener was called');
    },
  };
}

/** One more comes and the one who has been there longest goes. */
async function changing(count) {
  const { world, heard } = listened(count, 'popular');
  const stops = [];
  const come = () => stops.push(world.subscribe(0, () => void heard.calls++));
  for (let i = 0; i < count; i++) come();
  let gone = 0;
  return {
    run(times) {
      for (let i = 0; i < times; i++) {
        come();
        stops[gone++]();
      }
    },
    check() {
      world.set(0, 1);
      assert.equal(heard.calls, 2 * count, 'somebody was called who had gone, or was forgotten');
    },
    close: world.close,
  };
}

/** Another tab has the listeners; its first tells nothing of the others. */
async function elsewhere(count) {
  const world = await inTabs(2, keys('popular'));
  const listenElsewhere = (listener) => {
    for (let i = 0; i < count; i++) world.listenElsewhere((value) => listener(value));
  };
  const work = await delivering({ ...world, listeners: count, listenElsewhere });
  return { ...work, run: (times) => work.run(Math.max(Math.ceil(times / count), 1)) };
}

export const curves = {
  set: { title: 'set, each listener', prepare: telling },
  read: {
    title: 'read',
    prepare: (count) => reading(listened(count, 'popular').world),
  },
  tabs: { title: 'set, each listener in another tab', prepare: elsewhere },
  quiet: { title: 'set another key', prepare: beside },
  change: { title: 'subscribe one, stop another', prepare: changing },
};
