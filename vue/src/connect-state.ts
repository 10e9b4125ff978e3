/**
 * One state of one unit, as Vue refs.
 */
import { shallowReadonly, shallowRef, type ShallowRef } from 'vue';
import type { StateMetadata, StateReading } from 'danji';
import { listen } from './listen.js';
import { plainChange } from './plain.js';
import type { ResolvedState } from './resolve-state.js';

/** Sets a value, or what an updater makes of the newest one. Reactive objects are copied. */
export type SetSharedState<T> = (value: T | ((previous: T) => T)) => void;

/** Each ref changes only when its own part does. */
export interface SharedState<T> {
  readonly state: Readonly<ShallowRef<T>>;
  readonly updateState: SetSharedState<T>;
  readonly metadata: Readonly<ShallowRef<StateMetadata>>;
}

export function connectState<T>({ unit, key, writing }: ResolvedState): SharedState<T> {
  const read = (): StateReading<T> => unit.readState(key);
  const { value, meta } = read();
  const state = shallowRef(value);
  const metadata = shallowRef(meta);

  listen(() =>
    unit.subscribe(
      key,
      () => {
        const now = read();
        state.value = now.value;
        metadata.value = now.meta;
      },
      { meta: true },
    ),
  );

  return {
    state: shallowReadonly(state),
    metadata: shallowReadonly(metadata),
    updateState: (change) => void unit.setState(key, plainChange(change), writing),
  };
}
