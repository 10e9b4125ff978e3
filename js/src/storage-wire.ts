/**
 * What the core asks of the disk and what it is answered, as bytes
 * (bindings/storage_surface.cpp).
 */
import { ByteWriter, type ByteReader } from './bytes.js';
import type { RowsCommit, StoredRow } from './storage/adapter-types.js';

/** At most one of each is under way at a time. */
export interface StorageWants {
  readonly reading?: { readonly from: string; readonly to: string };
  readonly commit?: RowsCommit;
}

const Want = { reading: 1, commit: 2 } as const;

export function readStorageWants(items: ByteReader): StorageWants {
  let wants: StorageWants = {};
  for (;;) {
    switch (items.u8()) {
      case Want.reading:
        wants = { ...wants, reading: { from: items.text(), to: items.text() } };
        break;
      case Want.commit:
        wants = { ...wants, commit: readCommit(items) };
        break;
      default:
        return wants;
    }
  }
}

function readCommit(items: ByteReader): RowsCommit {
  // Copies: whoever carries them out keeps them longer than the core does.
  const bytes = (): Uint8Array => items.bytes(items.u32()).slice();
  return {
    expect: listOf(items, () => [items.text(), items.u8() === 1 ? bytes() : null] as const),
    put: listOf(items, () => [items.text(), bytes()] as const),
    remove: listOf(items, () => items.text()),
  };
}

function listOf<T>(items: ByteReader, read: () => T): T[] {
  return Array.from({ length: items.varint() }, read);
}

export function rowsBytes(rows: readonly StoredRow[]): ByteWriter {
  const out = new ByteWriter();
  out.varint(rows.length);
  for (const [key, bytes] of rows) {
    out.text(key);
    out.u32(bytes.length);
    out.raw(bytes);
  }
  return out;
}
