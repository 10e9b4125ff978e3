// Random runs: two to four tabs write under every strategy while leaders crash. What the tabs
// have in the end is what the native core makes of their logs (harness.js).
//
//   DANJI_RUNS=50   plays so many runs instead of 6
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';
import { seeded, strategyKeys, strategyScript } from './support/script.js';

const runs = Number(process.env.DANJI_RUNS ?? 6);

/** What a write may come to where others write too. */
const answers = new Set([undefined, 'CONFLICT', 'STALE', 'VOID']);

async function playRun(cluster, random) {
  const tabs = await cluster.openAll(2 + random.below(3));
  await cluster.leader();
  const scripts = tabs.map((tab) =>
    tab.run(strategyScript(random, 40)).catch(() => assert.ok(tab.isGone)),
  );
  // Never all of them: somebody has to tell how it ended.
  for (let crashes = 1 + random.below(tabs.length - 1); crashes > 0; crashes--) {
    await new Promise((done) => setTimeout(done, random.below(150)));
    await (await cluster.leader()).crash();
  }
  await Promise.all(scripts);
  await cluster.rest();
}

async function checkAnswers(tab) {
  const strange = await tab.evaluate(
    (known) =>
      window.tab.writes.filter(
        ({ outcomes }) => outcomes.length !== 1 || !known.includes(outcomes[0].code ?? null),
      ),
    [...answers].map((code) => code ?? null),
  );
  assert.deepEqual(strange, []);
}

for (let run = 1; run <= runs; run++) {
  test(
    `tabs agree under all strategies while leaders crash, run ${run}`,
    { timeout: 120_000 },
    inCluster(async (cluster, t) => {
      await playRun(cluster, seeded(t));

      const live = cluster.live();
      for (const tab of live) await checkAnswers(tab);
      const keys = strategyKeys.map(([key]) => key);
      const [first, ...others] = await Promise.all(live.map((tab) => tab.read(keys)));
      const plain = (readings) => readings.map(({ key, value }) => ({ key, value }));
      for (const other of others) assert.deepEqual(plain(other), plain(first));
    }),
  );
}
