/** A shared state as an object for runes. */
import { createSubscriber } from 'svelte/reactivity';
import type { StateHandle, StateMetadata, StateRegistry } from 'danji';
import { plain } from './plain.js';
import { resolveState, type Untyped, type UseSharedStateOptions } from './resolve-state.js';

export interface SharedState<T> {
  /** Read it, assign it, or `bind:` to it. What is inside is frozen, so assign a new value. */
  current: T;
  readonly metadata: StateMetadata;
}

/**
 * The value of a state and what is known about it. What reads one of the two runs again when
 * that one changes; while nothing reads, nothing is subscribed.
 *
 * A string key means the state registered under it. If there is none yet, this registers it
 * in the apartment's scope with `defaultValue`; so who owns a state should define it first.
 *
 * @example
 * const query = sharedState(queryState);   // <input bind:value={query.current}>
 */
export function sharedState<T, K extends string>(
  state: StateHandle<T, K>,
  options?: UseSharedStateOptions,
): SharedState<T>;
export function sharedState<K extends keyof StateRegistry & string>(
  key: K,
  defaultValue: StateRegistry[K],
  options?: UseSharedStateOptions,
): SharedState<StateRegistry[K]>;
export function sharedState<T, K extends string = string>(
  key: Untyped<K>,
  defaultValue: T,
  options?: UseSharedStateOptions,
): SharedState<T>;
export function sharedState<T>(
  state: StateHandle<T> | string,
  second?: T | UseSharedStateOptions,
  third?: UseSharedStateOptions,
): SharedState<T> {
  const { unit, key, writing } = resolveState(state, second, third);
  const track = createSubscriber((update) => unit.subscribe(key, update));
  const trackMeta = createSubscriber((update) => unit.subscribe(key, update, { meta: true }));
  return {
    get current() {
      track();
      return unit.getState(key);
    },
    set current(value) {
      void unit.setState(key, plain(value), writing);
    },
    get metadata() {
      trackMeta();
      return unit.readState(key).meta;
    },
  };
}
