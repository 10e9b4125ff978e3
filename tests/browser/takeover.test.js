// Leaders die in the middle of everybody's writes, and no write of a tab that lives is lost.
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

async function killLeader(cluster, random, frozen) {
  const leader = await cluster.leader();
  await frozen?.freeze();
  if (random.below(3) === 0) await leader.close();
  else await leader.crash();

  await decided(cluster.live());
  await frozen?.thaw();
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
      const frozen = round % 5 === 0 ? witnesses[(round / 5) % 2] : undefined;
      await killLeader(cluster, random, frozen);
    }
    const survivors = cluster.live();
    await decided(survivors);
    const writes = (await Promise.all(survivors.map(stopWriting))).flat();
    await cluster.rest();

    const keys = await checkEachIsThereOnce(survivors, writes);
    t.diagnostic(`${writes.length} writes of ${survivors.length} living tabs, ${keys} in all`);
  }),
);
