/**
 * `memoryStorage`: rows that live as long as whoever holds them. For tests, and wherever nothing
 * is to outlive the page. Its rows are as durable as its memory, whatever durability is asked.
 */
import type { PersistenceAdapter } from './adapter-types.js';
import { closedError } from './errors.js';
import { giveInParts, Rows } from './rows.js';

/** The rows of a device, by cluster. */
export class MemoryDevice {
  readonly #clusters = new Map<string, Rows>();

  rowsOf(cluster: string): Rows {
    const rows = this.#clusters.get(cluster) ?? new Rows();
    this.#clusters.set(cluster, rows);
    return rows;
  }
}

/**
 * Adapters that are given the same device see the same rows, as the tabs of a browser do.
 *
 * @example
 * const device = new MemoryDevice();
 * const [phone, sameLater] = [memoryStorage(device), memoryStorage(device)];
 */
export function memoryStorage(device = new MemoryDevice()): PersistenceAdapter {
  let open: Rows | null = null;
  const rows = (): Rows => {
    if (open === null) throw closedError();
    return open;
  };
  return {
    open: async (cluster) => {
      open = device.rowsOf(cluster);
    },
    read: async (from, to, take) => giveInParts(rows().between(from, to), take),
    commit: async (commit) => {
      rows().check(commit);
      rows().apply(commit);
    },
    clear: async () => rows().clear(),
    close: async () => {
      open = null;
    },
  };
}
