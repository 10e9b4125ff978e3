// A page without a past: what a server tells somebody who knows nothing.
import { createHash } from 'node:crypto';
import { createStateManager } from 'danji';
import { WebSocket } from 'ws';
import { over, states, sums } from './work.js';

/** The digest of all that is shown, as pages make it, and the sums. */
export async function lookAt(url) {
  const manager = createStateManager({ isolated: true, remote: { url, WebSocket } });
  manager.registerConflictStrategy('over', over);
  const unit = manager.createUnitStateStore('witness');
  const isLoading = () => states.some((state) => unit.readState(state).meta.loading);
  while (isLoading()) await new Promise((resolve) => setTimeout(resolve, 5));
  const digest = createHash('sha256').update(manager.createSnapshotBytes()).digest('hex').slice(0, 16);
  const seen = { digest, sums: Object.fromEntries(sums.map((sum) => [sum.key, unit.getState(sum)])) };
  await manager.close();
  return seen;
}
