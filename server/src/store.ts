/**
 * Where logs are kept. The core decides and encodes; a store only keeps bytes in order.
 */
import type { LogRow } from 'danji/server';
import type { SharedLogs } from './shared-logs.js';

export type { LogRow };

export interface LogStore {
  /**
   * A space's rows, in pieces of the store's choice. With `from`, rows before that index may be
   * left out.
   */
  read(
    address: string,
    from?: number,
  ): Iterable<readonly Uint8Array[]> | AsyncIterable<readonly Uint8Array[]>;
  /** All or none; resolves when they are durable. What is appended next is appended behind them. */
  append(rows: readonly LogRow[]): Promise<void>;
  /**
   * Puts the row in the place of all rows of its space; its index is that of the last one. All of
   * that or nothing, in order with what is appended. A store without it keeps every row for ever.
   */
  condense?(row: LogRow): Promise<void>;
  /** Forgets a space's rows from index `from` on: the last ones were torn by a crash. */
  cut(address: string, from: number): Promise<void>;
  /** Whether what is appended now has good chances. Without it: always. */
  isUp?(): boolean;
  /** Where several servers may keep the same spaces. */
  readonly shared?: SharedLogs;
  close(): Promise<void>;
}

interface Log {
  /** The index of the first row. */
  first: number;
  rows: Uint8Array[];
}

/** For tests, and for what may be lost with the process. */
export function memoryStore(): LogStore {
  const logs = new Map<string, Log>();
  return {
    read: (address, from = 1) => {
      const { first, rows } = logs.get(address) ?? { first: 1, rows: [] };
      return [rows.slice(Math.max(0, from - first))];
    },
    append: async (rows) => {
      for (const { address, index, bytes } of rows) {
        const log = logs.get(address) ?? { first: index, rows: [] };
        logs.set(address, log);
        log.rows.push(bytes);
      }
    },
    condense: async ({ address, index, bytes }) => {
      const { first, rows } = logs.get(address) ?? { first: index, rows: [] };
      logs.set(address, { first: index, rows: [bytes, ...rows.slice(index + 1 - first)] });
    },
    cut: async (address, from) => {
      const log = logs.get(address);
      log?.rows.splice(Math.max(0, from - log.first));
    },
    close: async () => {},
  };
}
