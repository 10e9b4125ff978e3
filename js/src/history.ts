/**
 * Histories: the confirmed versions of an entry that this tab remembers.
 */
import { DanjiError } from './errors.js';
import type { StateHistory } from './memory-types.js';
import type { Cell } from './cell.js';
import type { Store } from './store.js';
import type { StateEntry } from './strategy-types.js';
import type { Version } from './types.js';
import { readValue } from './wire-value.js';

export function historyOf(store: Store, cell: Cell): StateHistory {
  store.checkOpen();
  const { key, registration, space } = cell;
  if (registration.history === 0) {
    const detail = `'${key}' was defined without a history`;
    throw new DanjiError('INVALID_DEFINITION', detail, { key });
  }
  store.fillDeferred();
  const rows = store.bridge.history(cell.slot);
  const isWhole = rows.u8() === 1;
  const entries: StateEntry[] = [];
  for (let rest = rows.varint(); rest > 0; rest--) {
    const index = rows.f64();
    const version = { epoch: rows.text(), index };
    const timestamp = rows.f64();
    const sequence = rows.f64();
    const opId = `${rows.text()}/${space.address}#${sequence}`;
    const unitId = rows.text();
    const { scope } = registration.definition;
    const value = readValue(rows);
    entries.push({ key, value, version, timestamp, unitId, scope, space: space.address, opId });
  }
  return { entries, isWhole };
}

/** What was confirmed at a version of the space, be it that of another key. */
export function valueAt(store: Store, cell: Cell, version: Version): unknown {
  const { key, space } = cell;
  const { entries, isWhole } = historyOf(store, cell);
  const refuse = (code: 'STALE' | 'OUT_OF_RANGE', detail: string): never => {
    throw new DanjiError(code, detail, { key });
  };
  if (typeof version?.epoch !== 'string' || !Number.isInteger(version.index)) {
    throw new DanjiError('INVALID_VALUE', 'a version has an epoch and an index', { key });
  }
  const isKnown =
    version.epoch === space.epoch || entries.some((entry) => entry.version.epoch === version.epoch);
  if (!isKnown) refuse('STALE', 'it is of a log that ended');
  // Of a log before the present one only the versions themselves are known for sure.
  const isPresent = version.epoch === space.epoch;
  const found = entries.findLast((entry) => {
    const { epoch, index } = entry.version;
    if (epoch !== version.epoch) return isPresent && index <= version.index;
    return isPresent ? index <= version.index : index === version.index;
  });
  if (found === undefined && !(isWhole && isPresent && version.index >= 0)) {
    refuse('OUT_OF_RANGE', 'the history does not reach back so far');
  }
  return found?.value === undefined ? cell.registration.defaultValue : found.value;
}
