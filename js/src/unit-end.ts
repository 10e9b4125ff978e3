/**
 * The end of a unit: what it waited for, what it could take back, and what was its alone.
 */
import { privateAddress, type Place } from './definition.js';
import { DanjiError } from './errors.js';
import { takeSnapshot } from './snapshot.js';
import type { Store } from './store.js';

export function endUnit(store: Store, place: Place, unit: number): void {
  const detail = `the unit '${place.unitId}' was disposed before its commit had an answer`;
  store.holds.end(new DanjiError('DISPOSED', detail), unit);
  if (!store.isOver) forgetPrivate(store, place, unit);
  store.undo.forget(unit);
}

/** Private values go with their unit, also those that only a snapshot brought. */
function forgetPrivate(store: Store, place: Place, unit: number): void {
  // Whoever goes may take along what was its alone.
  store.bridge.unit(place.unitId, '*');
  const own = { addresses: [privateAddress(place)], keys: null };
  for (const { key } of takeSnapshot(store, own).entries) {
    if (!store.registry.has(key)) continue;
    void store.unset(store.cell(store.registry.get(key), place), unit);
  }
}
