/**
 * Subscriptions: to a key, or to a path inside its value.
 */
import { DanjiError } from './errors.js';
import type { View } from './lens.js';
import type { Cell, CellListener } from './cell.js';
import { readPath } from './path.js';
import { share } from './share.js';
import type { Store } from './store.js';
import type { Listener, SubscribeOptions, Unsubscribe } from './types.js';

export function subscribeTo(
  store: Store,
  { cell, lens }: View,
  listener: Listener<unknown>,
  options: SubscribeOptions = {},
): Unsubscribe {
  checkListener(listener, cell);
  const { immediate = false, meta = false, signal } = options;
  if (signal?.aborted === true) return () => {};
  const call = lens === null ? listener : lens.listen(listener, meta);
  const entry: CellListener = { call, wantsMeta: meta, isActive: true };
  const end = store.mirror.listen(cell, entry);
  signal?.addEventListener('abort', end, { once: true });
  if (immediate) {
    const reading = lens === null ? store.mirror.read(cell) : lens.reading();
    store.mirror.guard(cell.key, () => listener(reading.value, reading.meta));
  }
  return () => {
    signal?.removeEventListener('abort', end);
    end();
  };
}

/** Called only when what is at the path is another value than before. */
export function listenToPath(
  store: Store,
  view: View,
  path: string,
  listener: Listener<unknown>,
): Unsubscribe {
  const { cell, lens } = view;
  checkListener(listener, cell);
  let previous = readPath(lens === null ? cell.value : lens.reading().value, path);
  return subscribeTo(store, view, (value, meta) => {
    const next = readPath(value, path);
    // A writer may have built an equal part anew; that is no change.
    if (Object.is(next, previous) || Object.is(share(previous, next), previous)) return;
    previous = next;
    listener(next, meta);
  });
}

/** Several subscriptions that begin and end together. */
export function together(begin: readonly (() => Unsubscribe)[]): Unsubscribe {
  const ends: Unsubscribe[] = [];
  const end = (): void => ends.forEach((one) => one());
  try {
    for (const one of begin) ends.push(one());
  } catch (error) {
    end();
    throw error;
  }
  return end;
}

function checkListener(listener: unknown, cell: Cell): void {
  if (typeof listener === 'function') return;
  throw new DanjiError('INVALID_VALUE', 'a listener is a function', { key: cell.key });
}
