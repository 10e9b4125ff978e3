// What is measured while something grows: sets, reads and deliveries, one of many places after the
// other. Each remembers what it did, and compares at the end.
import assert from 'node:assert/strict';
import { setImmediate as nextTask } from 'node:timers/promises';

const perTask = 1000;
const stride = 7919; // A prime: no count of places is a multiple of it.

/** Places in an order that no cache foresees, and the value that each was given last. */
class Round {
  #place = 0;
  #next = 0;

  constructor(count) {
    this.values = new Float64Array(count);
  }
  step() {
    this.#place = (this.#place + stride) % this.values.length;
    return this.#place;
  }
  fresh(place) {
    this.values[place] = ++this.#next;
    return this.#next;
  }
  /** Every place has its last value, for whoever reads it. */
  check(read, who) {
    this.values.forEach((value, place) => {
      assert.equal(read(place), value, `${who} reads something else at ${place}`);
    });
  }
}

/** Every place has a value, so that what is measured grew before. */
async function fill(world, round) {
  for (let place = 0; place < world.count; place++) {
    world.set(place, round.fresh(place));
    if (place % perTask === perTask - 1) await world.calm();
  }
  await world.calm();
}

/** Sets one place after the other, many in each task. */
export async function setting(world) {
  const round = new Round(world.count);
  await fill(world, round);
  return {
    async run(times) {
      for (let i = 1; i <= times; i++) {
        const place = round.step();
        world.set(place, round.fresh(place));
        if (i % perTask === 0) await nextTask();
      }
      await nextTask();
    },
    rest: world.calm,
    check: () => round.check(world.read, 'the page'),
    close: world.close,
  };
}

export async function reading(world) {
  const round = new Round(world.count);
  await fill(world, round);
  let sum = 0;
  let expected = 0;
  return {
    run(times) {
      for (let i = 0; i < times; i++) {
        const place = round.step();
        sum += world.read(place);
        expected += round.values[place];
      }
    },
    check() {
      assert.equal(sum, expected, 'something else was read');
      round.check(world.read, 'the page');
    },
    close: world.close,
  };
}

/** Sets one place in each task, until the listeners of all other tabs have heard of it. */
export async function delivering(world) {
  const round = new Round(world.count);
  let heard = 0;
  let sum = 0;
  const listen = (value) => {
    heard++;
    sum += value;
  };
  world.listenElsewhere(listen);
  await fill(world, round);
  heard = 0;
  sum = 0;
  let due = 0;
  let dueSum = 0;
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const place = round.step();
        const value = round.fresh(place);
        world.set(place, value);
        due += world.listeners;
        dueSum += world.listeners * value;
        for (let task = 0; heard < due && task < 20; task++) {
          await nextTask();
          world.carry();
        }
      }
      return times * world.listeners;
    },
    rest: world.calm,
    check() {
      assert.equal(heard, due, 'not every listener heard of every set once');
      assert.equal(sum, dueSum, 'the listeners heard other values');
      for (const read of world.readElsewhere) round.check(read, 'another tab');
    },
    close: world.close,
  };
}
