/**
 * A part of a state, or anything computed from it.
 */
import { createSubscriber } from 'svelte/reactivity';
import type { StateKey, ValueOf } from 'danji';
import { useUnit } from './provider.js';
import type { UseSharedStateOptions } from './resolve-state.js';

/**
 * What `selector` makes of the state's value, as `current`. Readers run again only when that
 * changes by `equal` (default `Object.is`). The selector may read runes; their changes count too.
 *
 * @example
 * const total = useSharedSelector(cartState, (cart) => cart.total);   // {total.current}
 */
export function useSharedSelector<H extends StateKey, R>(
  state: H,
  selector: (value: ValueOf<H>) => R,
  equal: (a: R, b: R) => boolean = Object.is,
  options?: UseSharedStateOptions,
): { readonly current: R } {
  const unit = useUnit(options?.unit);
  let last: { readonly result: R } | null = null;
  const read = (): R => {
    const result = selector(unit.getState(state));
    if (last === null || !equal(last.result, result)) last = { result };
    return last.result;
  };
  const track = createSubscriber((update) => {
    let seen = unit.getState(state);
    return unit.subscribe(state, (value) => {
      // Both with the runes of this moment: a change of theirs reaches the readers by itself.
      const changed = !equal(selector(seen), selector(value));
      seen = value;
      if (changed) update();
    });
  });
  return {
    get current() {
      track();
      return read();
    },
  };
}
