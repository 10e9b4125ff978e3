/**
 * Logs in LMDB: one file, one writer at a time, transactions that are on the disk when they
 * resolve. A row's key is its space's address and its index. Two servers on one folder don't harm
 * it: the one that finds a row where its own was to be fails.
 */
import { mkdirSync } from 'node:fs';
import { open } from 'lmdb';
import type { LogRow, LogStore } from './store.js';

/** Rows that are read at a time. */
const pieceBytes = 1024 * 1024;

export function lmdbStore(folder: string): LogStore {
  mkdirSync(folder, { recursive: true });
  const database = open<Buffer, [string, number]>({
    path: folder,
    encoding: 'binary',
    // Otherwise a write resolves before it is on the disk.
    overlappingSync: false,
  });
  const hasEnd = (address: string, index: number): boolean =>
    (index === 0 || database.doesExist([address, index])) &&
    !database.doesExist([address, index + 1]);
  return {
    *read(address, from = 1) {
      let piece: Uint8Array[] = [];
      let size = 0;
      const range = { start: [address, from], end: [address, Infinity] } as const;
      for (const { value } of database.getRange(range as never)) {
        piece.push(value);
        size += value.length;
        if (size < pieceBytes) continue;
        yield piece;
        piece = [];
        size = 0;
      }
      yield piece;
    },
    append: (rows: readonly LogRow[]) =>
      settled(
        database.transaction(() => {
          const known = new Map<string, number>();
          for (const { address, index } of rows) {
            const before = known.get(address) ?? index - 1;
            const follows = before === index - 1 && (known.has(address) || hasEnd(address, before));
            if (!follows) throw new Error(`another process writes the log of ${address}`);
            known.set(address, index);
          }
          for (const { address, index, bytes } of rows) {
            void database.put([address, index], Buffer.from(bytes.buffer));
          }
        }),
      ),
    condense: ({ address, index, bytes }) =>
      settled(
        database.transaction(() => {
          const range = { start: [address, 1], end: [address, index] } as const;
          for (const key of database.getKeys(range as never)) void database.remove(key);
          void database.put([address, index], Buffer.from(bytes.buffer));
        }),
      ),
    cut: (address, from) =>
      settled(
        database.transaction(() => {
          const range = { start: [address, from], end: [address, Infinity] } as const;
          for (const key of database.getKeys(range as never)) void database.remove(key);
        }),
      ),
    close: () => database.close(),
  };
}

async function settled(written: Promise<unknown>): Promise<void> {
  await written;
}
