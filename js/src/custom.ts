/**
 * Custom strategies: the application's function makes one value of two, in the writer's tab. The
 * core accepts the result if what it was made from still stands; else the function runs again.
 */
import { DanjiError } from './errors.js';
import type { Cell } from './cell.js';
import { share } from './share.js';
import type { ConflictStrategy, StateEntry } from './strategy-types.js';
import type { CommitReceipt } from './types.js';

/** How often a write is tried before it is `CONFLICT`. */
const attemptsMax = 8;

/** Tries `attempt` again while others are faster. `first` is its first try. */
export async function untilFirst(
  first: Promise<CommitReceipt>,
  attempt: () => Promise<CommitReceipt>,
): Promise<CommitReceipt> {
  let receipt = first;
  for (let count = 1; ; count++) {
    try {
      return await receipt;
    } catch (error) {
      if (!(error instanceof DanjiError) || error.code !== 'STALE') throw error;
      if (count >= attemptsMax) throw new DanjiError('CONFLICT', 'others were always faster');
      receipt = attempt();
    }
  }
}

/**
 * What the strategy makes of the cell's present value and a new one. Throws `UPDATER_FAILED` when
 * it throws, or says two things about the same two values.
 */
export function resolved(
  cell: Cell,
  strategy: ConflictStrategy,
  value: unknown,
  by: { unitId: string; millis: number; updatedBy: string },
): unknown {
  const isSet = cell.stagedBy === null ? cell.isSet : cell.staged !== undefined;
  if (!isSet) return value;
  const current = entryOf(cell, cell.latest, cell.index, cell.millis, by.updatedBy);
  const incoming = entryOf(cell, value, cell.index, by.millis, by.unitId);
  const first = run(cell, strategy, current, incoming);
  const second = run(cell, strategy, current, incoming);
  if (share(first, second) === first) return first;
  throw new DanjiError('UPDATER_FAILED', 'the strategy is not pure: it gave two results', {
    key: cell.key,
  });
}

function run(
  cell: Cell,
  strategy: ConflictStrategy,
  current: StateEntry,
  incoming: StateEntry,
): unknown {
  try {
    return strategy.resolve(current, incoming).value;
  } catch (cause) {
    const detail = 'the conflict strategy threw, nothing was written';
    throw new DanjiError('UPDATER_FAILED', detail, { key: cell.key, cause });
  }
}

function entryOf(
  cell: Cell,
  value: unknown,
  index: number,
  timestamp: number,
  unitId: string,
): StateEntry {
  return {
    key: cell.key,
    value,
    version: { epoch: cell.space.epoch, index },
    timestamp,
    unitId,
    scope: cell.registration.definition.scope,
    space: cell.space.address,
    opId: '',
  };
}
