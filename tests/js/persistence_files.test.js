// State that outlives its process, in files: what a promise said is on the disk is there for the
// next process, however the one before ended.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createStateManager, defineState } from 'danji';
import { fileStorage } from 'danji/node';

const lasting = { lifetime: 'persistent' };
const till = defineState({ key: 'till', scope: 'private', default: { count: 0 }, ...lasting });
const sold = defineState({
  key: 'sold', scope: 'apartment', default: 0, conflictResolution: 'sum', ...lasting,
});

/** A process that sells until it is killed. */
const seller = (folder) => `
  import { createStateManager, defineState } from 'danji';
  import { fileStorage } from 'danji/node';
  const lasting = { lifetime: 'persistent' };
  const till = defineState({ key: 'till', scope: 'private', default: { count: 0 }, ...lasting });
  const sold = defineState({
    key: 'sold', scope: 'apartment', default: 0, conflictResolution: 'sum', ...lasting,
  });
  const storage = fileStorage({ folder: ${JSON.stringify(folder)} });
  const manager = createStateManager({ isolated: true, storage });
  const unit = manager.createUnitStateStore('till');
  unit.getState(till), unit.getState(sold);
  await manager.ready;
  for (let count = unit.getState(till).count + 1; ; count++) {
    await unit.add(sold, 1, { wait: 'persisted' });
    await unit.setState(till, { count }, { wait: 'persisted' });
    process.stdout.write(count + '\\n');
  }
`;

async function sellUntil(folder, wanted) {
  const root = new URL('../..', import.meta.url);
  const child = spawn(process.execPath, ['--input-type=module', '-e', seller(folder)], { cwd: root });
  let count = 0;
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  for await (const text of child.stdout) {
    count = Number(String(text).trim().split('\n').at(-1));
    if (count >= wanted) break;
  }
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(errors, '');
  return count;
}

async function look(folder) {
  const manager = createStateManager({ isolated: true, storage: fileStorage({ folder }) });
  const unit = manager.createUnitStateStore('till');
  const read = () => ({ count: unit.getState(till).count, sold: unit.getState(sold) });
  read();
  await manager.ready;
  const found = read();
  await manager.close();
  return found;
}

test('what a killed process was promised is there for the next, and counts once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'danji-files-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let done = 0;
  for (let round = 1; round <= 3; round++) {
    done = await sellUntil(folder, done + 4);

    const found = await look(folder);

    assert.ok(found.count >= done, `${found.count} of ${done}`);
    // Each death may come between a sale and its count, and none may lose a sale or add one.
    const extra = found.sold - found.count;
    assert.ok(extra >= 0 && extra <= round, `${found.sold} sold, ${found.count} counted`);
    done = found.count;
  }
});
