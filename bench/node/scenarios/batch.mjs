// A thousand keys are set together; each has a listener, which hears of it once.
import assert from 'node:assert/strict';

export const title = 'set 1,000 keys together, each with a listener';

const count = 1000;

export function prepare(open) {
  const keys = Array.from({ length: count }, (_, place) => `key-${place}`);
  const store = open(keys, 0);
  const values = new Array(count).fill(0);
  let batches = 0;
  let calls = 0;
  let sum = 0;
  for (let place = 0; place < count; place++) {
    store.subscribe(place, (heard) => {
      calls++;
      sum += heard;
    });
  }
  return {
    run(times) {
      for (let i = 0; i < times; i++) {
        batches++;
        for (let place = 0; place < count; place++) values[place] = batches + place;
        store.setAll(values);
      }
    },
    check() {
      const places = (count * (count - 1)) / 2;
      const expected = batches * places + (count * batches * (batches + 1)) / 2;
      assert.equal(store.read(count - 1), batches + count - 1, 'the last batch is not there');
      assert.equal(calls, batches * count, 'not every listener was called once for each batch');
      assert.equal(sum, expected, 'the listeners heard other numbers');
    },
    close: () => store.close(),
  };
}
