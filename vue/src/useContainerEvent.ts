/**
 * Container events: said once, heard by the units that listen at that moment.
 */
import type { StateScope } from 'danji';
import { listen } from './listen.js';
import { plain } from './plain.js';
import { useUnit } from './provider.js';
import type { UseSharedStateOptions } from './resolve-state.js';

/** Says the event. */
export type EmitContainerEvent<D> = (
  data: D,
  options?: { scope?: StateScope; tabs?: boolean },
) => void;

/**
 * Hears an event until the component or `effectScope` ends, and returns a function that says it.
 *
 * @example
 * const openCart = useContainerEvent<{ from: string }>('cart:open', ({ from }) => show(from));
 */
export function useContainerEvent<D = unknown>(
  eventName: string,
  handler: (data: D, source: string) => void,
  options?: UseSharedStateOptions,
): EmitContainerEvent<D> {
  const unit = useUnit(options?.unit);
  listen(() => unit.on(eventName, handler));
  return (data, how) => unit.emit(eventName, plain(data), how);
}
