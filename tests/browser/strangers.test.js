// What a tab's channel carries, and what it makes of things that nobody of ours has sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster, until } from './harness.js';
import { digestsOf } from './support/agreement.js';
import { frameTypes, hostileFrames, partType, typeOf } from './support/frames.js';
import { seeded } from './support/script.js';

const openEar = (cluster) => cluster.open({ path: '/pages/ear.html', group: 'main' });

async function heardBy(ear) {
  const frames = await ear.evaluate(() => window.ear.frames());
  return frames.map((frame) => Buffer.from(frame, 'base64'));
}

const refusalsIn = (look) => Object.values(look.refused).reduce((sum, count) => sum + count, 0);

/** In a tab that never wrote it. */
const readPin = () => window.tab.unit.getState(window.tab.state('secret-pin', { scope: 'private' }));

/** Everything in the cores but the counters. */
const withoutCounters = (looks) => looks.map(({ refused, ...rest }) => rest);

test(
  'frames that are damaged, foreign, too large or of a newer format change nothing but counters',
  { timeout: 60_000 },
  inCluster(async (cluster, t) => {
    const random = seeded(t);
    const ear = await openEar(cluster);
    const tabs = await cluster.openAll(2);
    await tabs[0].set('cart', { items: { 'p-1': 2 } });
    await tabs[1].set('cart', { items: { 'p-1': 3 } });
    await tabs[1].evaluate(() => window.tab.unit.emit('cart:opened', 1, { tabs: true }));
    const before = await cluster.rest();
    const genuine = await heardBy(ear);

    const frames = hostileFrames(genuine, random);
    const texts = frames.map((frame) => frame.toString('base64'));
    await ear.evaluate((list) => window.ear.post(list), texts);
    const nonsense = await ear.evaluate(() => window.ear.postNonsense());
    const posted = frames.length + nonsense;
    const refusals = async () => (await cluster.looks()).map(refusalsIn);
    const expected = before.map((look) => refusalsIn(look) + posted);
    await until('every frame was counted', async () => String(await refusals()) === String(expected), {
      explain: async () => `${await refusals()} instead of ${expected}`,
    });

    assert.deepEqual(withoutCounters(await cluster.looks()), withoutCounters(before));
    t.diagnostic(`${posted} frames, made of ${new Set(genuine.map(typeOf)).size} kinds`);
    await tabs[0].set('cart', { items: {} });
    await tabs[1].set('theme', 'dark');
  }),
);

test(
  'private values are in no frame on the channel, and no other unit store reads them',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const ear = await openEar(cluster);
    const writeSecrets = (tab, name) =>
      tab.evaluate(async (author) => {
        const { unit, state, set, manager } = window.tab;
        const pin = state('secret-pin', { scope: 'private' });
        const draft = state('secret-draft', { scope: 'building', crossTab: false });
        await unit.setState(pin, `secret-${author}`);
        await unit.setState(pin, { code: `secret-object-${author}` });
        await unit.setState(draft, `secret-text-${author}`);
        await set('shared', `public-${author}`);
        unit.batch(() => {
          void unit.setState(pin, [`secret-batch-${author}`]);
          void set('shared too', `public-batch-${author}`);
        });
        unit.emit('said', `secret-event-${author}`);
        const other = manager.createUnitStateStore('other');
        return { own: unit.getState(pin), others: other.getState(pin) };
      }, name);

    const [first, second] = await cluster.openAll(2);
    const seenByFirst = await writeSecrets(first, 'Ada');
    const seenBySecond = await writeSecrets(second, 'Grace');
    await cluster.rest();
    // Whole states travel when a tab joins and when the leader changes.
    const third = await cluster.open();
    await cluster.rest();
    await first.close();
    await cluster.rest();

    assert.deepEqual(seenByFirst, { own: ['secret-batch-Ada'], others: null });
    assert.deepEqual(seenBySecond, { own: ['secret-batch-Grace'], others: null });
    assert.equal(await third.evaluate(readPin), null);
    const heard = (await heardBy(ear)).map((frame) => frame.toString('latin1')).join('\n');
    for (const shared of ['public-Ada', 'public-Grace', 'public-batch-Ada', 'public-batch-Grace']) {
      assert.ok(heard.includes(shared), `${shared} was never heard: the ear is deaf`);
    }
    // In the names of these states and in all of their values.
    assert.ok(!heard.includes('secret'), 'a secret was heard on the channel');
  }),
);
