/**
 * A part of a state, or anything computed from it.
 */
import { computed, shallowRef, type ComputedRef } from 'vue';
import type { StateKey, ValueOf } from 'danji';
import { listen } from './listen.js';
import { useUnit } from './provider.js';
import type { UseSharedStateOptions } from './resolve-state.js';

/**
 * What `selector` makes of the state's value. The ref changes only when that changes by
 * `equal` (default `Object.is`). The selector may read other refs; their changes count too.
 *
 * @example
 * const total = useSharedSelector(cartState, (cart) => cart.total);
 */
export function useSharedSelector<H extends StateKey, R>(
  state: H,
  selector: (value: ValueOf<H>) => R,
  equal: (a: R, b: R) => boolean = Object.is,
  options?: UseSharedStateOptions,
): ComputedRef<R> {
  const unit = useUnit(options?.unit);
  const value = shallowRef(unit.getState(state));
  listen(() => unit.subscribe(state, (now) => void (value.value = now)));

  let last: { readonly result: R } | null = null;
  return computed(() => {
    const result = selector(value.value);
    if (last === null || !equal(last.result, result)) last = { result };
    return last.result;
  });
}
