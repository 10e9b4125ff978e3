/**
 * The public types about what a tab keeps for itself: writes that wait for a word from elsewhere,
 * and versions of the past.
 */
import type { DanjiError } from './errors.js';
import type { StateEntry } from './strategy-types.js';
import type { Unsubscribe } from './types.js';

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

/** One write of an op that was refused. */
export interface RefusedWrite {
  readonly key: string;
  /** `set`: `value`. `unset`. `fields` of a merge: those in `value`. `add`: so much to a sum. */
  readonly kind: 'set' | 'unset' | 'fields' | 'add';
  readonly value: unknown;
}

/** A write that was refused while nobody listened to its promise. */
export interface DeadLetter {
  /** Null when it was refused before it became an op. */
  readonly opId: string | null;
  readonly unitId: string;
  readonly writes: readonly RefusedWrite[];
  readonly error: DanjiError;
  /** Milliseconds since 1970. */
  readonly refusedAt: number;
}

/** The last hundred dead letters of this tab. */
export interface DeadLettersView {
  /** Oldest first; the same list until it changes. */
  list(): readonly DeadLetter[];
  discard(letter: DeadLetter): void;
  /** Hears of every change of the list. */
  subscribe(listener: (letters: readonly DeadLetter[]) => void): Unsubscribe;
}

/** This tab's own writes that nobody has decided yet. */
export interface PendingWrites {
  readonly count: number;
  /** How long the oldest has waited, in milliseconds; null when none waits. */
  readonly oldestMillis: number | null;
}
