// One key of a thousand is read, each time another one.
import assert from 'node:assert/strict';

export const title = 'read one key of 1,000';

const count = 1000;
const stride = 7; // Coprime to the count: a thousand reads meet every key once.

export function prepare(open) {
  const keys = Array.from({ length: count }, (_, place) => `key-${place}`);
  const store = open(keys, 0);
  store.setAll(keys.map((_, place) => place + 1));
  let place = 0;
  let rounds = 0;
  let sum = 0;
  return {
    run(times) {
      const reads = Math.ceil(times / count) * count;
      for (let i = 0; i < reads; i++) {
        sum += store.read(place);
        place = (place + stride) % count;
      }
      rounds += reads / count;
      return reads;
    },
    check() {
      assert.equal(sum, (rounds * count * (count + 1)) / 2, 'other numbers were read');
    },
    close: () => store.close(),
  };
}
