// A few seconds of chaos in a real browser: `npm run chaos:browser` plays minutes of it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { playBrowserChaos } from './support/chaos.js';

test('tabs, browsers, servers and networks that die lose, double and tear nothing', { timeout: 180_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'danji-chaos-'));
  t.after(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const seed = Number(process.env.DANJI_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`DANJI_SEED=${seed}`);

  const { faults, report, ends } = await playBrowserChaos({
    seconds: 8, seed, folder, profile: join(folder, 'profile'),
  });

  if (faults.length > 0) t.diagnostic(JSON.stringify({ report, ends }));
  assert.deepEqual(faults, []);
  // Else it would test less than it seems to.
  assert.ok(report['server kills'] > 0 && report.decided > 0, JSON.stringify(report));
});
