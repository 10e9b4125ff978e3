// A counter that two replicas increment without hearing each other, until they meet.
import assert from 'node:assert/strict';
import { timed } from '../measuring.mjs';

export const title = 'a counter';

export async function run({ openPair }, { writes }) {
  const pair = await openPair([]);
  const incrementMillis = await timed(async () => {
    for (let i = 0; i < writes; i++) {
      pair.one.increment();
      pair.other.increment();
    }
    await pair.sent();
  });
  const millis = await timed(() => pair.exchange());
  assert.equal(pair.one.count(), 2 * writes);
  assert.equal(pair.other.count(), 2 * writes);
  const bytes = pair.bytes();
  await pair.close();
  return { nanos: (incrementMillis * 1e6) / (2 * writes), millis, bytes };
}
