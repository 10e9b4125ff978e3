/**
 * A part of a state, or anything computed from it.
 */
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { StateKey, ValueOf } from 'danji';
import { useUnit } from './provider.js';
import type { UseSharedStateOptions } from './watch-state.js';

/**
 * What `selector` makes of the state's value. The component renders again only when that
 * changes by `equal` (default `Object.is`). The selector may be written inline and may
 * return a new object each time; it runs once per value, so that can't loop.
 *
 * @example
 * const total = useSharedSelector(cartState, (cart) => cart.total);
 */
export function useSharedSelector<H extends StateKey, R>(
  state: H,
  selector: (value: ValueOf<H>) => R,
  equal: (a: R, b: R) => boolean = Object.is,
  options?: UseSharedStateOptions,
): R {
  const unit = useUnit(options?.unit);
  const shown = useRef<{ readonly result: R } | null>(null);
  const subscribe = useCallback((run: () => void) => unit.subscribe(state, run), [unit, state]);
  const read = useMemo(() => {
    let seen: { readonly value: ValueOf<H>; readonly result: R } | null = null;
    return () => {
      const value = unit.getState(state);
      if (seen === null || !Object.is(seen.value, value)) {
        const result = selector(value);
        const last = seen ?? shown.current;
        const same = last !== null && equal(last.result, result);
        seen = { value, result: same ? last.result : result };
      }
      return seen.result;
    };
  }, [unit, state, selector, equal]);
  const result = useSyncExternalStore(subscribe, read, read);
  useEffect(() => {
    shown.current = { result };
  }, [result]);
  return result;
}
