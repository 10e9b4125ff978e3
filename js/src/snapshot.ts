/**
 * Snapshots: what is confirmed, as plain data or as the core's canonical bytes, and bringing
 * either back as ordinary writes of the caller.
 */
import { ByteWriter } from './bytes.js';
import { checkValue } from './check.js';
import { addressOf, type Place } from './definition.js';
import { DanjiError } from './errors.js';
import type { Cell } from './cell.js';
import type { UnitGrants } from './permissions.js';
import type { Registration } from './registry.js';
import type { Store } from './store.js';
import { inspect } from './tabs/view.js';
import type { StateEntry } from './strategy-types.js';
import { StateScope, type SnapshotFilter, type StateSnapshot } from './types.js';
import { readValue, writeValue } from './wire-value.js';

/** Addresses and keys to keep; null: all. */
export interface Selection {
  readonly addresses: readonly string[] | null;
  readonly keys: readonly string[] | null;
}

/** What a filter means, where only what a unit at `place` may read is wanted; null: everything. */
export function selectionOf(
  store: Store,
  place: Place | null,
  { scope, keys: named }: Pick<SnapshotFilter, 'scope' | 'keys'> = {},
): Selection {
  const keys = named ?? null;
  if (scope === StateScope.PERSISTENT || scope === StateScope.EPHEMERAL) {
    throw new DanjiError('INVALID_VALUE', `'${scope}' is short for private: filter by that`);
  }
  if (scope === undefined && place === null) return { addresses: null, keys };
  const addresses = new Set<string>();
  for (const cell of store.cells) {
    if (cell === undefined) continue;
    const { definition } = cell.registration;
    const isSeen = place === null || addressOf(cell.registration, place) === cell.space.address;
    if (isSeen && (scope === undefined || scope === definition.scope)) {
      addresses.add(cell.space.address);
    }
  }
  return { addresses: [...addresses], keys };
}

function filterBytes(selection: Selection): ByteWriter {
  const out = new ByteWriter();
  for (const list of [selection.addresses ?? [], selection.keys ?? []]) {
    out.varint(list.length);
    for (const text of list) out.text(text);
  }
  return out;
}

/** In the core an empty list means all. */
function selectsNothing(selection: Selection): boolean {
  return selection.addresses?.length === 0 || selection.keys?.length === 0;
}

export function takeSnapshotBytes(store: Store, selection: Selection): Uint8Array {
  store.checkOpen();
  store.fillDeferred();
  // A key that can't exist selects nothing.
  return store.bridge.snapshot(
    filterBytes(selectsNothing(selection) ? { addresses: [], keys: ['\u0000'] } : selection),
  );
}

export function takeSnapshot(store: Store, selection: Selection): StateSnapshot {
  store.checkOpen();
  store.fillDeferred();
  store.beginTask();
  const entries: StateEntry[] = [];
  if (!selectsNothing(selection)) {
    const spaces = inspect(store).spaces.map(({ address, epoch }) => [address, epoch] as const);
    const epochs = new Map(spaces);
    const standing = standingVersions(store);
    const rows = store.bridge.entries(filterBytes(selection));
    for (let rest = rows.varint(); rest > 0; rest--) {
      const space = rows.text();
      const key = rows.text();
      const index = rows.f64();
      const timestamp = rows.f64();
      const sequence = rows.f64();
      const session = rows.text();
      const unitId = rows.text();
      const value = readValue(rows);
      const epoch = epochs.get(space) ?? '';
      const schema = standing.get(`${space} ${key}`);
      entries.push({
        key,
        value,
        version: { epoch, index },
        timestamp,
        unitId,
        scope: scopeOf(space),
        space,
        opId: `${session}/${space}#${sequence}`,
        ...(schema === undefined ? {} : { schema }),
      });
    }
  }
  return { format: 1, createdAt: store.now, entries };
}

/** The schema versions of what is confirmed, by address and key. */
function standingVersions(store: Store): Map<string, string> {
  const versions = new Map<string, string>();
  for (const cell of store.cells) {
    // What is shown may be of another one than what is confirmed.
    if (cell === undefined || cell.pending > 0 || cell.standing === '') continue;
    versions.set(`${cell.space.address} ${cell.key}`, cell.standing);
  }
  return versions;
}

/** What a unit finds under its keys, as far as it may read them. */
export function takeUnitSnapshot(store: Store, grants: UnitGrants): StateSnapshot {
  const all = takeSnapshot(store, selectionOf(store, grants.place));
  const isReadable = ({ key }: StateEntry): boolean =>
    !store.registry.has(key) || grants.mayRead(store.registry.get(key).permissions);
  return { ...all, entries: all.entries.filter(isReadable) };
}

function scopeOf(address: string): StateScope {
  const place = address.slice(address.indexOf('/') + 1);
  const scope = place.split(':', 1)[0];
  switch (scope) {
    case 'building':
      return StateScope.BUILDING_SHARED;
    case 'apartment':
      return StateScope.APARTMENT_SHARED;
    case 'global':
      return StateScope.GLOBAL_SHARED;
    default:
      return StateScope.PRIVATE;
  }
}

/** The place that an address stands for. */
function placeOf(address: string): Place {
  const ids = address.slice(address.indexOf(':') + 1).split('/');
  return { apartment: ids[0] ?? 'main', building: ids[1] ?? 'main', unitId: ids[2] ?? 'main' };
}

/**
 * What the bytes have of older releases, as this page keeps it. Without steps that lead there it
 * stays as it is, and the core refuses it where a newer one stands.
 */
function renewedIn(store: Store, bytes: Uint8Array): Uint8Array {
  if (!store.registry.hasSchemas) return new Uint8Array(0); // Nothing is newer than anything.
  const rows = store.bridge.outdated(bytes);
  const renewed = new ByteWriter();
  let count = 0;
  for (let rest = rows.varint(); rest > 0; rest--) {
    const [address, key, version] = [rows.text(), rows.text(), rows.text()];
    const value = readValue(rows);
    const { versions } = store.registry.get(key);
    if (!versions.leads(version, versions.highest)) continue;
    count++;
    renewed.text(address);
    renewed.text(key);
    writeValue(renewed, versions.convert(value, version, versions.highest));
  }
  const out = new ByteWriter();
  out.varint(count);
  out.raw(renewed.view());
  return out.view();
}

/** Resolves when every op of it is decided. Throws before anything changes. */
export async function restoreBytes(
  store: Store,
  view: ArrayBufferView,
  replaces: boolean,
  unit: number,
): Promise<void> {
  store.checkOpen();
  if (store.isInBatch) throw new DanjiError('BUSY', 'bytes are not restored inside a batch');
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  store.fillDeferred();
  store.beginTask();
  const ops = store.bridge.restore(bytes, replaces, unit, renewedIn(store, bytes));
  const waiting: Promise<unknown>[] = [];
  for (let rest = ops.varint(); rest > 0; rest--) {
    const space = store.spaces[ops.varint()];
    const sequence = ops.varint();
    const index = ops.varint();
    if (index === 0 && space !== undefined) {
      waiting.push(space.waiting.wait(sequence));
    }
  }
  store.settle();
  await Promise.all(waiting);
}

export async function restorePlain(
  store: Store,
  snapshot: StateSnapshot,
  replaces: boolean,
  unit: number,
): Promise<void> {
  const writes = checkedEntries(store, snapshot);
  const receipts: Promise<unknown>[] = [];
  const write = (): void => {
    for (const [cell, value] of writes) receipts.push(store.writer.stage(cell, unit, value));
    if (!replaces) return;
    for (const cell of store.cells) {
      if (cell !== undefined && cell.isSet && !writes.has(cell)) {
        receipts.push(store.writer.unset(cell, unit));
      }
    }
  };
  store.batch(write, { resets: true });
  await Promise.all(receipts);
}

/** A value of an older release, or of a newer one, as this page keeps it. */
function inPresentForm({ versions }: Registration, { value, schema }: StateEntry): unknown {
  const { highest } = versions;
  const isOther = typeof schema === 'string' && highest !== '' && schema !== highest;
  return isOther && versions.leads(schema, highest)
    ? versions.convert(value, schema, highest)
    : value;
}

/** All of it is checked before any of it is written. */
function checkedEntries(store: Store, snapshot: StateSnapshot): Map<Cell, unknown> {
  if (snapshot?.format !== 1 || !Array.isArray(snapshot.entries)) {
    throw new DanjiError('MALFORMED', 'not a snapshot of format 1');
  }
  const writes = new Map<Cell, unknown>();
  for (const entry of snapshot.entries) {
    if (typeof entry?.space !== 'string') {
      throw new DanjiError('MALFORMED', 'an entry of a snapshot names its space');
    }
    const registration = store.registry.get(entry.key);
    const place = placeOf(entry.space);
    if (addressOf(registration, place) !== entry.space) {
      throw new DanjiError('DEFINITION_CLASH', `'${entry.key}' does not live in ${entry.space}`, {
        key: entry.key,
      });
    }
    checkValue(entry.value, entry.key);
    writes.set(store.cell(registration, place), inPresentForm(registration, entry));
  }
  return writes;
}
