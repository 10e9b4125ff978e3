// From the import of Danji to the first value, in a fresh process each time.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../turns.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

const program = `
  const start = performance.now();
  const { createUnitStateStore, defineState, StateScope } = await import('danji');
  const imported = performance.now();
  const state = defineState({ key: 'count', scope: StateScope.APARTMENT_SHARED, default: 41 });
  const value = createUnitStateStore('bench').getState(state);
  const read = performance.now();
  if (value !== 41) throw new Error('the first value is ' + value);
  console.log(JSON.stringify({ imported: imported - start, read: read - imported }));
`;

function once() {
  const args = ['--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
}

/** Medians in milliseconds: the import, the first read behind it, and both together. */
export function measureStartUp(times = 10) {
  const runs = Array.from({ length: times }, once);
  return {
    imported: median(runs.map((run) => run.imported)),
    read: median(runs.map((run) => run.read)),
    both: median(runs.map((run) => run.imported + run.read)),
  };
}
