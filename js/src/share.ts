/**
 * Structural sharing: a new value keeps the old references wherever nothing changed.
 *
 * Readers compare by reference (`===`, React's `useSyncExternalStore`, `subscribeToPath`), so
 * what is equal must also be the same object, even after it came from another tab as text.
 */
import { DanjiError } from './errors.js';
import { freezeDeep, isContainer, withChildren } from './json.js';

/**
 * `previous` when the two are deeply equal, else `next`, in which everything that equals what
 * `previous` has at the same place is replaced by that. Objects are equal whatever the order
 * of their fields. Both must be JSON, and `previous` frozen all the way down, as the result
 * is. Containers of `next` are frozen where they are kept, never changed.
 */
export function share<T>(previous: unknown, next: T): T {
  return merge(previous, next) as T;
}

/** The frozen value of a JSON text. Throws MALFORMED. */
export function parseFrozen(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DanjiError('MALFORMED', 'this is not JSON text', { cause });
  }
  freezeDeep(value);
  return value;
}

function merge(previous: unknown, next: unknown): unknown {
  // So 0 takes the place of -0 and the other way round: JSON text has no -0.
  if (previous === next) return previous;
  if (!isContainer(next)) return next;
  if (!isContainer(previous)) {
    freezeDeep(next);
    return next;
  }
  const names = Object.keys(next);
  const values = names.map((name) => {
    return merge(Object.hasOwn(previous, name) ? previous[name] : undefined, next[name]);
  });
  return Object.freeze(withChildren(previous, next, { names, values }));
}
