/**
 * The end of a unit: what it waited for, what it could take back, and what was its alone.
 */
import { isLasting, isOfSession, privateAddress, type Place } from './definition.js';
import { DanjiError } from './errors.js';
import { takeSnapshot } from './snapshot.js';
import type { Store } from './store.js';

export function endUnit(store: Store, place: Place, unit: number): void {
  const detail = `the unit '${place.unitId}' was disposed before its commit had an answer`;
  store.holds.end(new DanjiError('DISPOSED', detail), unit);
  if (!store.isOver) forgetPrivate(store, place, unit);
  store.undo.forget(unit);
}

/** Private values go with their unit, also those of a snapshot; not what outlives a page. */
function forgetPrivate(store: Store, place: Place, unit: number): void {
  // Whoever goes may take along what was its alone.
  store.bridge.unit(place.unitId, '*');
  const address = privateAddress(place);
  const own = { addresses: [address], keys: null };
  const keys = new Set(takeSnapshot(store, own).entries.map(({ key }) => key));
  // What waits for the disk is in no snapshot.
  for (const cell of store.cells) if (cell?.space.address === address) keys.add(cell.key);
  for (const key of keys) {
    if (!store.registry.has(key)) continue;
    const registration = store.registry.get(key);
    const { definition } = registration;
    if (isLasting(definition) || isOfSession(definition)) continue;
    const cell = store.cell(registration, place);
    if (cell.isSet) void store.writer.unset(cell, unit);
  }
}
