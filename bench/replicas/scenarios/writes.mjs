// Sets of numbers that become bytes for another, and their way into it.
import assert from 'node:assert/strict';
import { keysOf, timed } from '../measuring.mjs';

export const title = 'sets that are sent, and those of another';

const keys = keysOf(1000);
const together = 100;

export async function run({ openPair }, { writes }) {
  const alone = await sendAlone(openPair, writes);
  const grouped = await sendTogether(openPair, writes);
  return { ...alone, ...grouped, ...(await receive(openPair, writes)) };
}

async function sendAlone(openPair, writes) {
  const pair = await openPair(keys);
  const millis = await timed(async () => {
    for (let i = 0; i < writes; i++) pair.one.set(i % keys.length, i);
    await pair.sent();
  });
  const bytes = pair.bytes();
  const whole = pair.takeWhole();
  const allMillis = await timed(async () => {
    for (const update of whole) pair.apply(update);
    await pair.sent();
  });
  assert.equal(pair.other.read((writes - 1) % keys.length), writes - 1, 'the last set is missing');
  await pair.close();
  return {
    sendNanos: (millis * 1e6) / writes,
    sendBytes: bytes / writes,
    applyAllNanos: (allMillis * 1e6) / writes,
  };
}

async function sendTogether(openPair, writes) {
  const pair = await openPair(keys);
  const groups = Array.from({ length: keys.length / together }, (_, group) =>
    Array.from({ length: together }, (__, place) => group * together + place),
  );
  const millis = await timed(async () => {
    for (let i = 0; i < writes / together; i++) pair.one.setMany(groups[i % groups.length], i);
    await pair.sent();
  });
  const bytes = pair.bytes();
  await pair.exchange();
  for (const place of [0, 999]) assert.equal(pair.other.read(place), pair.one.read(place));
  await pair.close();
  return { groupNanos: (millis * 1e6) / writes, groupBytes: bytes / writes };
}

/** Each set in a task of its own, so that each is an update of its own. */
async function receive(openPair, writes) {
  const pair = await openPair(keys);
  for (let i = 0; i < writes; i++) {
    pair.one.set(i % keys.length, i);
    await pair.sent();
  }
  const updates = pair.takeUpdates();
  const bytes = updates.reduce((sum, update) => sum + update.length, 0);
  const millis = await timed(async () => {
    for (const update of updates) pair.apply(update);
    await pair.sent();
  });
  assert.equal(pair.other.read((writes - 1) % keys.length), writes - 1, 'the last set is missing');
  await pair.close();
  return { applyNanos: (millis * 1e6) / writes, taskBytes: bytes / writes };
}
