/**
 * Transactions: writes of one space that are decided as one, and read by themselves.
 */
import { DanjiError } from './errors.js';
import type { Cell } from './cell.js';
import type { Store } from './store.js';
import type { CommitReceipt, UnitStateStore } from './types.js';

export type Transaction = Pick<UnitStateStore, 'getState' | 'setState' | 'unsetState' | 'add'>;

/** Resolves when it is decided. */
export async function transact<R>(
  store: Store,
  unit: UnitStateStore,
  change: (tx: Transaction) => R,
): Promise<R> {
  if (store.isInBatch) throw new DanjiError('BUSY', 'a transaction inside a batch');
  const receipts: Promise<CommitReceipt>[] = [];
  const keep = (receipt: Promise<CommitReceipt>): Promise<CommitReceipt> => {
    receipts.push(receipt);
    return receipt;
  };
  const result = store.batch(
    () =>
      change({
        getState: (key) => unit.getState(key),
        setState: (key, value, options) => keep(unit.setState(key, value, options)),
        unsetState: (key, options) => keep(unit.unsetState(key, options)),
        add: (key, delta, options) => keep(unit.add(key, delta, options)),
      }),
    { check: checkOneSpace },
  );
  await Promise.all(receipts);
  return result;
}

function checkOneSpace(cells: readonly Cell[]): void {
  const spaces = new Set(cells.map((cell) => cell.space.address));
  if (spaces.size <= 1) return;
  throw new DanjiError(
    'CROSS_SPACE',
    `a transaction is decided in one space; these keys live in ${[...spaces].join(', ')}`,
    { details: [...spaces] },
  );
}
