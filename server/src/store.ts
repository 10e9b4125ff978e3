/**
 * Where logs are kept. The core decides and encodes; a store only keeps bytes in order.
 */
import type { LogRow } from 'danji/server';

export type { LogRow };

export interface LogStore {
  /** A space's rows from the first on, in pieces of the store's choice. */
  read(address: string): Iterable<readonly Uint8Array[]> | AsyncIterable<readonly Uint8Array[]>;
  /** All or none; resolves when they are durable. What is appended next is appended behind them. */
  append(rows: readonly LogRow[]): Promise<void>;
  /** Forgets a space's rows from index `from` on: the last ones were torn by a crash. */
  cut(address: string, from: number): Promise<void>;
  close(): Promise<void>;
}

/** For tests, and for what may be lost with the process. */
export function memoryStore(): LogStore {
  const logs = new Map<string, Uint8Array[]>();
  return {
    read: (address) => [logs.get(address) ?? []],
    append: async (rows) => {
      for (const { address, bytes } of rows) {
        const log = logs.get(address) ?? [];
        logs.set(address, log);
        log.push(bytes);
      }
    },
    cut: async (address, from) => {
      logs.get(address)?.splice(from - 1);
    },
    close: async () => {},
  };
}
