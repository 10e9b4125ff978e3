/**
 * What all stores and runes take: `(state, options)` or `(key, defaultValue, options)`.
 */
import type {
  SetStateOptions,
  StateHandle,
  StateKey,
  StateRegistry,
  UnitStateStore,
} from 'danji';
import { registerUnknownKey } from './known-key.js';
import { plain } from './plain.js';
import { useUnit } from './provider.js';

export interface UseSharedStateOptions {
  /** Speak for this unit instead of the provided one. */
  readonly unit?: UnitStateStore | undefined;
  /** `false`: what is set is shown once it is decided. */
  readonly optimistic?: boolean | undefined;
}

/** A string key that `StateRegistry` does not type. */
export type Untyped<K> = K extends keyof StateRegistry ? never : K;

export interface ResolvedState {
  readonly unit: UnitStateStore;
  readonly key: StateKey;
  /** How it is written. Later decisions are reported by the manager, so nobody waits for them. */
  readonly writing: SetStateOptions;
}

export function resolveState<T>(
  key: StateHandle<T> | string,
  second?: T | UseSharedStateOptions,
  third?: UseSharedStateOptions,
): ResolvedState {
  const options = typeof key === 'string' ? third : (second as UseSharedStateOptions | undefined);
  const unit = useUnit(options?.unit);
  if (typeof key === 'string') registerUnknownKey(unit, key, plain(second));
  return { unit, key, writing: { wait: 'local', optimistic: options?.optimistic } };
}
