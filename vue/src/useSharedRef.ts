/**
 * A shared state as one writable ref, for `v-model`.
 */
import { computed, type WritableComputedRef } from 'vue';
import type { StateHandle, StateRegistry } from 'danji';
import { connectState } from './connect-state.js';
import { resolveState, type Untyped, type UseSharedStateOptions } from './resolve-state.js';

/**
 * The value of a state, to read and to assign. What is inside it is frozen, so assign a new
 * value instead of changing a part. String keys: as for `useSharedState`.
 *
 * @example
 * const query = useSharedRef(queryState);   // <input v-model="query">
 */
export function useSharedRef<T, K extends string>(
  state: StateHandle<T, K>,
  options?: UseSharedStateOptions,
): WritableComputedRef<T>;
export function useSharedRef<K extends keyof StateRegistry & string>(
  key: K,
  defaultValue: StateRegistry[K],
  options?: UseSharedStateOptions,
): WritableComputedRef<StateRegistry[K]>;
export function useSharedRef<T, K extends string = string>(
  key: Untyped<K>,
  defaultValue: T,
  options?: UseSharedStateOptions,
): WritableComputedRef<T>;
export function useSharedRef<T>(
  state: StateHandle<T> | string,
  second?: T | UseSharedStateOptions,
  third?: UseSharedStateOptions,
): WritableComputedRef<T> {
  const shared = connectState<T>(resolveState(state, second, third));
  return computed({ get: () => shared.state.value, set: shared.updateState });
}
