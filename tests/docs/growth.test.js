// The curves of docs/performance.md: each of them does its work at its smallest sizes, and one that
// does not is found out. No time is looked at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axes, axisOf, measureCurve } from '../../bench/growth/compare.mjs';
import { delivering, reading, setting } from '../../bench/growth/work.mjs';
import { growthPicture } from '../../scripts/lib/growth-picture.mjs';

for (const name of axes) {
  test(`the curves of ${name} do their work`, async () => {
    const { curves, sizes } = await axisOf(name);
    for (const { prepare } of Object.values(curves)) {
      for (const size of sizes.slice(0, 2)) {
        const subject = await prepare(size);
        await subject.run(20);
        await subject.rest?.();
        await subject.check();
        await subject.close();
      }
    }
  });
}

/** Ten places in two tabs, of which the second hears at once. */
function worldOf({ forgets = false, tellsNobody = false, tellsTwice = false } = {}) {
  const values = new Float64Array(10);
  let listen = () => {};
  const read = (place) => values[place];
  return {
    count: values.length,
    set(place, value) {
      if (!forgets || value < 15) values[place] = value;
      for (let i = 0; i < (tellsNobody ? 0 : tellsTwice ? 2 : 1); i++) listen(value);
    },
    read,
    readElsewhere: [read],
    listeners: 1,
    listenElsewhere: (listener) => void (listen = listener),
    carry() {},
    calm: async () => {},
    close() {},
  };
}

test('a page that forgets, or tells nobody, or tells twice, fails', async () => {
  const outcomes = [
    [setting, {}, true], [reading, {}, true], [delivering, {}, true],
    [setting, { forgets: true }, false], [delivering, { forgets: true }, false],
    [delivering, { tellsNobody: true }, false], [delivering, { tellsTwice: true }, false],
  ];
  for (const [work, vices, isGood] of outcomes) {
    const subject = await work(worldOf(vices));
    await subject.run(20);
    const check = async () => subject.check();
    if (isGood) await check();
    else await assert.rejects(check, { code: 'ERR_ASSERTION' }, JSON.stringify(vices));
  }
});

test('sizes take turns, each has a number, and the picture has a line for every curve', async () => {
  const effort = { rounds: 2, warmMillis: 1, sampleMillis: 1, isQuick: true };
  const points = await measureCurve('units', 'read', effort);
  assert.deepEqual(points.map(({ size }) => size), (await axisOf('units')).quickSizes);
  assert.ok(points.every(({ nanos }) => Number.isFinite(nanos) && nanos > 0));

  const curves = [{ title: 'a < b', points }, { title: 'shorter', points: points.slice(0, 1) }];
  const picture = growthPicture('growth', [{ title: 'units', curves }]);
  assert.equal(picture.match(/<polyline /g).length, 2);
  assert.equal(picture.match(/<circle /g).length, 3);
  assert.ok(!/NaN|undefined|Infinity/.test(picture));
  assert.ok(picture.includes('a &lt; b'));
});
