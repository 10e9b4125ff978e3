// Two replicas write without hearing each other, then meet.
import assert from 'node:assert/strict';
import { keysOf, timed } from '../measuring.mjs';

export const title = 'two replicas apart';

const keys = keysOf(1000);

export async function run({ openPair }, { writes }) {
  const pair = await openPair(keys);
  for (let i = 0; i < writes; i++) {
    pair.one.set(i % keys.length, i);
    pair.other.set((i * 7) % keys.length, -i);
  }
  await pair.sent();
  const millis = await timed(() => pair.exchange());
  for (let place = 0; place < keys.length; place++) {
    assert.equal(pair.one.read(place), pair.other.read(place), 'they do not agree');
  }
  const bytes = pair.bytes();
  await pair.close();
  return { millis, bytes };
}
