// A number is set, and one listener hears of it; many times in one task.
import assert from 'node:assert/strict';

export const title = 'set a number, one listener';

export function prepare(open) {
  const store = open(['count'], 0);
  let value = 0;
  let calls = 0;
  let sum = 0;
  store.subscribe(0, (heard) => {
    calls++;
    sum += heard;
  });
  return {
    run(times) {
      for (let i = 0; i < times; i++) store.set(0, ++value);
    },
    check() {
      assert.equal(store.read(0), value, 'the last number is not there');
      assert.equal(calls, value, 'the listener was not called once for each set');
      assert.equal(sum, (value * (value + 1)) / 2, 'the listener heard other numbers');
    },
    close: () => store.close(),
  };
}
