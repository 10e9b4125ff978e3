// A number is set, and one listener hears of it; then whatever was queued behind it runs, before
// the next number. What a library puts off to the end of the task counts in full here.
import assert from 'node:assert/strict';

export const title = 'the same, one set in each task';

export function prepare(open) {
  const store = open(['count'], 0);
  let value = 0;
  let calls = 0;
  store.subscribe(0, () => calls++);
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        store.set(0, ++value);
        await undefined;
      }
    },
    check() {
      assert.equal(store.read(0), value, 'the last number is not there');
      assert.equal(calls, value, 'the listener was not called once for each set');
    },
    close: () => store.close(),
  };
}
