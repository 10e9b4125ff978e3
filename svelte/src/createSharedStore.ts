/**
 * A shared state as a Svelte store.
 */
import { readable, type Readable, type Writable } from 'svelte/store';
import type { StateHandle, StateMetadata, StateRegistry } from 'danji';
import { plainChange } from './plain.js';
import { resolveState, type Untyped, type UseSharedStateOptions } from './resolve-state.js';

export interface SharedStore<T> extends Writable<T> {
  /** What is known about the value; a store of its own, so `$store` does not change with it. */
  readonly metadata: Readable<StateMetadata>;
}

/**
 * A store for `$store` and `bind:value={$store}`. It subscribes with its first subscriber and
 * stops with its last, so there is nothing to destroy. What is inside the value is frozen:
 * set a new value instead of changing a part. String keys: as for `sharedState`.
 *
 * @example
 * const cart = createSharedStore(cartState);   // {$cart.total}
 */
export function createSharedStore<T, K extends string>(
  state: StateHandle<T, K>,
  options?: UseSharedStateOptions,
): SharedStore<T>;
export function createSharedStore<K extends keyof StateRegistry & string>(
  key: K,
  defaultValue: StateRegistry[K],
  options?: UseSharedStateOptions,
): SharedStore<StateRegistry[K]>;
export function createSharedStore<T, K extends string = string>(
  key: Untyped<K>,
  defaultValue: T,
  options?: UseSharedStateOptions,
): SharedStore<T>;
export function createSharedStore<T>(
  state: StateHandle<T> | string,
  second?: T | UseSharedStateOptions,
  third?: UseSharedStateOptions,
): SharedStore<T> {
  const { unit, key, writing } = resolveState(state, second, third);
  const change = (next: T | ((previous: T) => T)): void =>
    void unit.setState(key, plainChange(next), writing);
  return {
    subscribe: readable<T>(undefined, (set) =>
      unit.subscribe(key, (value) => set(value), { immediate: true }),
    ).subscribe,
    set: change,
    update: change,
    metadata: readable<StateMetadata>(unit.readState(key).meta, (set) =>
      unit.subscribe(key, (_, meta) => set(meta), { immediate: true, meta: true }),
    ),
  };
}
