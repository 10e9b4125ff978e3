/**
 * The public types about what a tab keeps for itself: writes that wait for a word from elsewhere,
 * and versions of the past.
 */
import type { StateEntry } from './strategy-types.js';

/**
 * Asks elsewhere whether a value is wanted. It may answer with another one. `idempotencyKey` is
 * the same for one update however often it is sent; `signal` aborts when nobody waits any more.
 */
export type Commit<T = unknown> = (
  value: T,
  context: { readonly idempotencyKey: string; readonly signal: AbortSignal },
) => Promise<T | void> | T | void;

/** The confirmed versions of a key that this tab remembers. */
export interface StateHistory<T = unknown> {
  /** Oldest first. A `value` of undefined is an unset. */
  readonly entries: readonly StateEntry<T | undefined>[];
  /** Nothing was before the first one; else older ones were dropped, or were never here. */
  readonly isWhole: boolean;
}
