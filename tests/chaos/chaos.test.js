// A few seconds of chaos: `npm run chaos` plays minutes of it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { playChaos } from './chaos.js';

/** Each with what it is played with. */
const forms = {
  'servers, pages, networks and disks that die and freeze lose, double and tear nothing': { store: 'late' },
  'two servers on a Redis that dies and freezes with them do not either': { store: 'redis', servers: 2 },
};

for (const [name, form] of Object.entries(forms)) {
  test(name, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'danji-chaos-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const seed = Number(process.env.DANJI_SEED ?? Date.now() % 2 ** 31);

    const { faults, report } = await playChaos({ seconds: 4, seed, folder, ...form });

    assert.deepEqual(faults, [], `seed ${seed}`);
    // Else it would test less than it seems to.
    const hurt = report['server kills'] + report['server freezes'];
    assert.ok(hurt > 0 && report.decided > 0, JSON.stringify(report));
  });
}
