/**
 * Logs in LMDB: one file, one writer at a time, transactions that are on the disk when they
 * resolve. A row's key is its space's address and its index.
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
  return {
    *read(address) {
      let piece: Uint8Array[] = [];
      let size = 0;
      const range = { start: [address, 1], end: [address, Infinity] } as const;
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
          for (const { address, index, bytes } of rows) {
            void database.put([address, index], Buffer.from(bytes.buffer));
          }
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
