/**
 * A shared state as refs, with a function to set it.
 */
import type { StateHandle, StateRegistry } from 'danji';
import { connectState, type SharedState } from './connect-state.js';
import { resolveState, type Untyped, type UseSharedStateOptions } from './resolve-state.js';

/**
 * The value of a state and what is known about it, each as a ref that changes only when its
 * part does. Works in `setup`, in stores and in any `effectScope`.
 *
 * A string key means the state registered under it. If there is none yet, this registers it
 * in the apartment's scope with `defaultValue`; so who owns a state should define it first.
 *
 * @example
 * const { state, updateState } = useSharedState(cartState);
 * updateState((cart) => ({ ...cart, note: 'ring twice' }));
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
  return connectState<T>(resolveState(state, second, third));
}
