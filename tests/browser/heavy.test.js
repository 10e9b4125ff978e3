// Much at once: large states that travel in parts, and thousands of writes in one task.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';
import { partType, typeOf } from './support/frames.js';

const documentCount = 6;
const documentLetters = 250_000;

test(
  'a joining tab receives a state that is larger than a frame, in parts',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const first = await cluster.open();
    await first.evaluate(
      async ([count, letters]) => {
        const text = (number) => String.fromCharCode(97 + number).repeat(letters);
        for (let i = 0; i < count; i++) await window.tab.set(`document-${i}`, { text: text(i) });
      },
      [documentCount, documentLetters],
    );
    const ear = await cluster.open({ path: '/pages/ear.html' });

    const second = await cluster.open();
    await cluster.rest();

    const lengths = await second.evaluate(
      (count) =>
        Array.from({ length: count }, (_, i) => {
          const { text } = window.tab.unit.getState(window.tab.state(`document-${i}`));
          return [text[0], text.at(-1), text.length];
        }),
      documentCount,
    );
    assert.deepEqual(lengths, [...'abcdef'].map((letter) => [letter, letter, documentLetters]));
    const frames = await ear.evaluate(() => window.ear.frames());
    const parts = frames.filter((frame) => typeOf(Buffer.from(frame, 'base64')) === partType);
    assert.ok(parts.length >= 2, `it travelled in ${parts.length} parts`);
  }),
);

/** Writes in one task and waits for all receipts. */
function writeMany(tab, name, count) {
  return tab.evaluate(
    async ([author, writes]) => {
      const receipts = [];
      for (let i = 0; i < writes; i++) receipts.push(window.tab.set(`${author}-${i % 100}`, i));
      return (await Promise.all(receipts)).length;
    },
    [name, count],
  );
}

test(
  'a tab may write 3,000 times in one task, whether it leads or follows',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const [leader, follower] = await cluster.openAll(2);
    await cluster.rest();
    assert.equal(await leader.role(), 'leader');

    const receipts = await Promise.all([
      writeMany(leader, 'leader', 3000),
      writeMany(follower, 'follower', 3000),
    ]);
    await cluster.rest();

    assert.deepEqual(receipts, [3000, 3000]);
    for (const tab of [leader, follower]) {
      assert.equal(await tab.get('leader-99'), 2999);
      assert.equal(await tab.get('follower-99'), 2999);
    }
  }),
);
