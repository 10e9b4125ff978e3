// One key of ten thousand is set, each time another one; each has a listener.
import assert from 'node:assert/strict';

export const title = 'set one key of 10,000, each with a listener';

const count = 10_000;
const stride = 7919; // Coprime to the count.

export function prepare(open) {
  const keys = Array.from({ length: count }, (_, place) => `key-${place}`);
  const store = open(keys, 0);
  let calls = 0;
  let sum = 0;
  for (let place = 0; place < count; place++) {
    store.subscribe(place, (heard) => {
      calls++;
      sum += heard;
    });
  }
  let sets = 0;
  let place = 0;
  return {
    run(times) {
      for (let i = 0; i < times; i++) {
        place = (place + stride) % count;
        store.set(place, ++sets);
      }
    },
    check() {
      assert.equal(store.read(place), sets, 'the last number is not there');
      assert.equal(calls, sets, 'not one listener was called for each set');
      assert.equal(sum, (sets * (sets + 1)) / 2, 'the listeners heard other numbers');
    },
    close: () => store.close(),
  };
}
