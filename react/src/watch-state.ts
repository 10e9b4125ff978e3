/**
 * One component's view of one state, in the shape `useSyncExternalStore` wants.
 */
import type { StateKey, StateMetadata, StateReading, UnitStateStore, Unsubscribe } from 'danji';
import type { SetSharedState, SharedState } from './useSharedState.js';

export interface UseSharedStateOptions {
  /** Speak for this unit instead of the provider's. */
  readonly unit?: UnitStateStore | undefined;
  /** `false`: what is set is shown once it is decided. */
  readonly optimistic?: boolean | undefined;
}

export interface StateWatch<T> {
  subscribe(onChange: () => void): Unsubscribe;
  /** The newest reading; while nobody reads the metadata, the same one until the value changes. */
  read(): StateReading<T>;
  /** The tuple of a reading. To look at its third item is to ask for renders when that changes. */
  tuple(reading: StateReading<T>): SharedState<T>;
}

export function watchState<T>(
  unit: UnitStateStore,
  key: StateKey,
  optimistic?: boolean,
): StateWatch<T> {
  let seen: StateReading<T> = unit.readState(key);
  let readsMeta = false;
  // Decisions that come later are reported by the manager, so the promise is not waited for.
  const set: SetSharedState<T> = (value) =>
    void unit.setState(key, value, { wait: 'local', optimistic });

  return {
    subscribe: (onChange) => unit.subscribe(key, onChange, { meta: true }),
    read() {
      const now: StateReading<T> = unit.readState(key);
      if (readsMeta || !Object.is(now.value, seen.value)) seen = now;
      return seen;
    },
    tuple(reading) {
      const tuple: SharedState<T> = [reading.value, set, reading.meta];
      const get = (): StateMetadata => {
        readsMeta = true;
        return reading.meta;
      };
      return Object.defineProperty(tuple, 2, { get });
    },
  };
}
