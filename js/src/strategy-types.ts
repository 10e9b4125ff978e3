/**
 * The public types about strategies: how two writes that met are settled, and what a person has
 * to be asked.
 */
import type { StateScope, Unsubscribe, Version } from './types.js';

/**
 * How two writes that met are settled.
 *
 * - `last_write_wins` (default): the later one stands; a listener hears what it wrote over.
 * - `first_write_wins`: the first one stands until somebody unsets it; a later one is `CONFLICT`.
 * - `merge`: each field of an object is settled on its own.
 * - `sum`: what is set is added: `n => n + 1` in two tabs gives 2.
 * - `user_resolve`: both are kept, and a person chooses (`manager.conflicts`).
 * - any other name: a strategy that `registerConflictStrategy` made known.
 */
export type BuiltinConflictStrategy =
  | 'last_write_wins'
  | 'first_write_wins'
  | 'merge'
  | 'sum'
  | 'user_resolve';
export type ConflictResolutionStrategy = BuiltinConflictStrategy | (string & {});

/** Sums are exact: counted in units of the last digit. */
export interface SumOptions {
  /** Digits behind the decimal point, 0 to 9. Default 0: whole numbers within 2^53. */
  readonly digits?: number;
  /** A write that would leave the bounds is `OUT_OF_RANGE`. */
  readonly min?: number;
  readonly max?: number;
}

export interface MergeOptions {
  /** `shallow` (default): fields are the members of the object; `deep`: the leaves inside. */
  readonly depth?: 'shallow' | 'deep';
  /** Fields that only change together, as dotted paths: `[['street', 'zip', 'city']]`. */
  readonly groups?: readonly (readonly string[])[];
}

/** One value with where it came from, as plain data. */
export interface StateEntry<T = unknown> {
  readonly key: string;
  readonly value: T;
  readonly version: Version;
  readonly timestamp: number;
  readonly unitId: string;
  readonly scope: StateScope;
  readonly space: string;
  readonly opId: string;
  /** In a snapshot: the schema version whose form the value has, where there is one. */
  readonly schema?: string;
}

/**
 * An application's own strategy. `resolve` makes one value of the confirmed one and the one that
 * is to be written. It is synchronous and pure: it runs in the writer's tab, twice to see that,
 * and again when another tab was faster. What it returns is what all tabs get.
 */
export interface ConflictStrategy<T = unknown> {
  resolve(current: StateEntry<T>, incoming: StateEntry<T>): StateEntry<T>;
}

/** Values that met under `user_resolve`. All tabs have the same ticket; the first answer counts. */
export interface ConflictTicket<T = unknown> {
  readonly id: string;
  readonly key: string;
  readonly space: string;
  /** The value that is shown meanwhile. `value` is undefined where somebody unset the key. */
  readonly current: StateEntry<T>;
  /** The others, oldest first. */
  readonly incoming: readonly StateEntry<T>[];
  /**
   * Answers: the value that is shown, the newest of the others, one of the others by its place,
   * or a value made of them. Rejects with `CONFLICT` when another answer was first.
   */
  resolve(choice: 'current' | 'incoming' | { incoming: number } | { custom: T }): Promise<void>;
}

/** The inbox of conflicts that wait for a person. */
export interface ConflictsView {
  list(): readonly ConflictTicket[];
  /** Hears of every change of the list. */
  subscribe(listener: (tickets: readonly ConflictTicket[]) => void): Unsubscribe;
}

/** A value that was written over by somebody who had not seen it. */
export interface Overwritten {
  readonly value: unknown;
  /** The unit that had written it, and whether that was in this tab. */
  readonly unitId: string;
  readonly here: boolean;
  /** The unit that wrote over it. */
  readonly byUnitId: string;
}
