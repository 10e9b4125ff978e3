/**
 * Container events: said once, heard by the units that listen at that moment.
 */
import { useCallback, useEffect, useInsertionEffect, useRef, type DependencyList } from 'react';
import type { StateScope } from 'danji';
import { useUnit } from './provider.js';
import type { UseSharedStateOptions } from './watch-state.js';

/** Says the event. The same function at every render. */
export type EmitContainerEvent<D> = (
  data: D,
  options?: { scope?: StateScope; tabs?: boolean },
) => void;

/**
 * Hears an event while the component is mounted, and returns a function that says it. It is
 * always the newest render's handler that hears; with `deps`, the one of the render in which
 * they last changed.
 *
 * @example
 * const openCart = useContainerEvent<{ from: string }>('cart:open', ({ from }) => show(from));
 */
export function useContainerEvent<D = unknown>(
  eventName: string,
  handler: (data: D, source: string) => void,
  deps?: DependencyList,
  options?: UseSharedStateOptions,
): EmitContainerEvent<D> {
  const unit = useUnit(options?.unit);
  const newest = useRef(handler);
  useInsertionEffect(() => {
    newest.current = handler;
  }, deps);
  useEffect(
    () => unit.on(eventName, (data, source) => newest.current(data, source)),
    [unit, eventName],
  );
  return useCallback((data, how) => unit.emit(eventName, data, how), [unit, eventName]);
}
