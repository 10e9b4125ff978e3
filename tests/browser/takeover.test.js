// Leaders die in the middle of everybody's writes, and no write of a tab that lives is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';
import { seeded } from './support/script.js';
import { checkEachIsThereOnce, decided, startWriting, stopWriting } from './support/writers.js';

const rounds = 30;

async function openWriter(cluster, query = {}) {
  const tab = await cluster.open({ query });
  await startWriting(tab, `tab-${cluster.tabs.length}`);
  return tab;
}

async function killLeader(cluster, random) {
  const leader = await cluster.leader();
  if (random.below(3) === 0) await leader.close();
  else await leader.crash();
  await decided(cluster.live());
}

/** In every fifth round a tab is frozen meanwhile, and in every fifth one says nothing at all. */
async function playRound(cluster, random, round, witness) {
  if (round % 5 === 0) await witness.freeze();
  if (round % 5 === 2) await witness.stall(`woken in ${round}`);
  await killLeader(cluster, random);
  if (round % 5 === 0) await witness.thaw();
  if (round % 5 === 2) witness.goOn();
  await openWriter(cluster);
}

test(
  'thirty leaders die and every write of a living tab is there once, with one version',
  { timeout: 180_000 },
  inCluster(async (cluster, t) => {
    const random = seeded(t);
    // These two live through all of it; the others lead and die one after another.
    const witnesses = [
      await openWriter(cluster, { queue: 'last' }),
      await openWriter(cluster, { queue: 'last', freeze: 'ignored' }),
    ];
    await openWriter(cluster);
    await openWriter(cluster);

    for (let round = 1; round <= rounds; round++) {
      await playRound(cluster, random, round, witnesses[round % 2]);
    }
    const survivors = cluster.live();
    await decided(survivors);
    await Promise.all(survivors.map(stopWriting));
    await cluster.rest();

    const writes = await checkEachIsThereOnce(survivors);
    t.diagnostic(`${writes} writes of ${survivors.length} living tabs`);
  }),
);

test(
  'a write that was sent while nobody could decide is sent again to a leader that came later',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const leader = await cluster.open();
    const author = await cluster.open({ query: { queue: 'last' } });
    await author.set('theme', 'dark');
    await leader.freeze();

    await author.evaluate(() => void window.tab.set('theme', 'light'));
    const successor = await cluster.open();
    await decided([author]);
    await leader.thaw();
    await cluster.rest();

    assert.equal(await successor.role(), 'leader');
    for (const tab of [leader, author, successor]) assert.equal(await tab.get('theme'), 'light');
  }),
);
