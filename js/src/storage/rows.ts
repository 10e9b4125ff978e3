/**
 * Rows in memory, by key: all of what `memoryStorage` has, and what `fileStorage` answers from.
 */
import type { RowsCommit, StoredRow } from './adapter-types.js';
import { staleError } from './errors.js';

/** So many rows are given at a time: enough to cost little, few enough not to hold up a page. */
const rowsAtOnce = 1024;

export class Rows {
  readonly #bytes = new Map<string, Uint8Array>();
  /** All keys in order, and some that are gone; null when one came since they were sorted. */
  #keys: readonly string[] | null = [];

  get(key: string): Uint8Array | null {
    return this.#bytes.get(key) ?? null;
  }

  /** Throws `STALE` unless everything is as the commit expects. */
  check({ expect = [] }: RowsCommit): void {
    for (const [key, bytes] of expect) {
      if (!areEqual(this.get(key), bytes)) throw staleError(key);
    }
  }

  apply({ put = [], remove = [] }: RowsCommit): void {
    for (const [key, bytes] of put) {
      if (!this.#bytes.has(key)) this.#keys = null;
      this.#bytes.set(key, ownBytes(bytes));
    }
    for (const key of remove) this.#bytes.delete(key);
  }

  clear(): void {
    this.#bytes.clear();
    this.#keys = [];
  }

  /** The rows of a range as they are now, in the order of their keys. */
  between(from: string, to: string): StoredRow[] {
    this.#keys ??= [...this.#bytes.keys()].sort();
    const rows: StoredRow[] = [];
    for (let place = placeOf(from, this.#keys); place < this.#keys.length; place++) {
      const key = this.#keys[place];
      if (key === undefined || key >= to) break;
      const bytes = this.#bytes.get(key);
      if (bytes !== undefined) rows.push([key, bytes]);
    }
    return rows;
  }

  /** Every row, in no order. */
  all(): IterableIterator<[string, Uint8Array]> {
    return this.#bytes.entries();
  }
}

/** Gives a long list in parts. */
export function giveInParts(
  rows: readonly StoredRow[],
  take: (rows: readonly StoredRow[]) => void,
): void {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    take(rows.slice(start, start + rowsAtOnce));
  }
}

/** A view would be kept with all of the buffer that it looks at. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** Whether two rows are the same; null is a row that is not there. */
export function areEqual(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/** Where the first key stands that is not before `from`. */
function placeOf(from: string, keys: readonly string[]): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
