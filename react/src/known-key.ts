/**
 * String keys with a default value. The same text in react/, vue/ and svelte/.
 */
import { DanjiError, defineState, StateScope, type UnitStateStore } from 'danji';

/**
 * Makes sure that `key` is registered. What was registered before stays as it is; a key that
 * nobody knows becomes a state of the apartment, with `defaultValue` as its default.
 */
export function registerUnknownKey(unit: UnitStateStore, key: string, defaultValue: unknown): void {
  try {
    unit.readState(key);
  } catch (error) {
    if (!(error instanceof DanjiError) || error.code !== 'NOT_REGISTERED') throw error;
    unit.register(defineState({ key, scope: StateScope.APARTMENT_SHARED, default: defaultValue }));
  }
}
