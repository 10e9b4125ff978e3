/**
 * A shared state as React's own `useState` would give it, with its metadata as a third item.
 */
import { useMemo, useSyncExternalStore } from 'react';
import type { StateHandle, StateMetadata, StateRegistry } from 'danji';
import { useUnit } from './provider.js';
import { registerUnknownKey } from './known-key.js';
import { watchState, type UseSharedStateOptions } from './watch-state.js';

/** Sets a value, or what an updater makes of the newest one. The same function at every render. */
export type SetSharedState<T> = (value: T | ((previous: T) => T)) => void;
export type SharedState<T> = [value: T, set: SetSharedState<T>, meta: StateMetadata];

/** A key that `StateRegistry` does not type. */
type Untyped<K> = K extends keyof StateRegistry ? never : K;

/**
 * The value of a state, a function to set it, and what is known about it. The component
 * renders again when, and only when, the value changes, or the metadata if it reads that.
 *
 * A string key means the state registered under it. If there is none yet, this registers it
 * in the apartment's scope with `defaultValue`; so who owns a state should define it first.
 *
 * @example
 * const [cart, setCart] = useSharedState(cartState);
 * setCart((cart) => ({ ...cart, note: 'ring twice' }));
 */
export function useSharedState<T, K extends string>(
  state: StateHandle<T, K>,
  options?: UseSharedStateOptions,
): SharedState<T>;
export function useSharedState<K extends keyof StateRegistry & string>(
  key: K,
  defaultValue: StateRegistry[K],
  options?: UseSharedStateOptions,
): SharedState<StateRegistry[K]>;
export function useSharedState<T, K extends string = string>(
  key: Untyped<K>,
  defaultValue: T,
  options?: UseSharedStateOptions,
): SharedState<T>;
export function useSharedState<T>(
  state: StateHandle<T> | string,
  second?: T | UseSharedStateOptions,
  third?: UseSharedStateOptions,
): SharedState<T> {
  const options = typeof state === 'string' ? third : (second as UseSharedStateOptions | undefined);
  const { unit: chosen, optimistic } = options ?? {};
  const unit = useUnit(chosen);
  const watch = useMemo(() => {
    if (typeof state === 'string') registerUnknownKey(unit, state, second);
    return watchState<T>(unit, state, optimistic);
  }, [unit, state, optimistic]);
  const reading = useSyncExternalStore(watch.subscribe, watch.read, watch.read);
  return useMemo(() => watch.tuple(reading), [watch, reading]);
}
