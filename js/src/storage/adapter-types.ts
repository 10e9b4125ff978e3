/**
 * PersistenceAdapter: where rows of bytes are kept, for one cluster (the tabs of one namespace
 * and user on one device). The core lays the rows out and knows what they mean; an adapter only
 * keeps them, in the order of their keys, and commits several of them at once.
 *
 * docs/storage.md tells how to write one, and tests/storage/laws.js is what it must pass.
 */
import type { DanjiError } from '../errors.js';

/** A key and its bytes. Nobody changes the bytes after they were handed over, either way. */
export type StoredRow = readonly [key: string, bytes: Uint8Array];

/**
 * How sure a commit has to be when its promise resolves. Both survive the end of the tab or
 * process. `strict` survives a power failure as well, as far as the system below keeps its word;
 * after one, `relaxed` commits may be gone, but never one before another that is still there.
 */
export type Durability = 'relaxed' | 'strict';

/** What one commit does, all of it or nothing. No key stands in both `put` and `remove`. */
export interface RowsCommit {
  /** What has to stand there now, byte for byte; null: no such row. Else the answer is `STALE`. */
  readonly expect?: readonly (readonly [key: string, bytes: Uint8Array | null])[];
  readonly put?: readonly StoredRow[];
  readonly remove?: readonly string[];
}

export interface PersistenceAdapter {
  /**
   * Makes the rows of `cluster` ready, and is called before anything else; after it was refused
   * it may be called again at any time. `report` hears what no call can answer for, such as a
   * row that had to be skipped.
   */
  open(cluster: string, report: (error: DanjiError) => void): Promise<void>;
  /**
   * Gives `take` every row with `from <= key < to` in the order of the keys, some at a time, all
   * as of one moment; resolves after the last. Keys compare as JavaScript compares strings.
   */
  read(from: string, to: string, take: (rows: readonly StoredRow[]) => void): Promise<void>;
  /**
   * One atomic step. Commits happen in the order of their calls. Rejects with
   *
   * - `STALE` when something is not as expected: nothing was done;
   * - `QUOTA` when there is no room: nothing was done;
   * - `STORAGE` otherwise: all of it was done or nothing, and only reading tells which.
   */
  commit(rows: RowsCommit, durability: Durability): Promise<void>;
  /** Forgets every row of the cluster, on this device. What waits for a commit comes first. */
  clear(): Promise<void>;
  /**
   * Takes no more calls (they reject with `CLOSED`) and lets go of files and connections, after
   * what was asked for before. `open` begins anew.
   */
  close(): Promise<void>;
}

/** Why storage answered `STORAGE`; `details` of that error is `{ reason }`. */
export type StorageReason =
  /** This browser, window or page has none, and will not have one later. */
  | 'unavailable'
  /** No answer in time. What was asked for may still happen. */
  | 'stalled'
  /** The connection or file went away; the next call opens it anew. */
  | 'lost'
  /** Another process has it. */
  | 'busy'
  /** What is there can't be read and is left alone. */
  | 'damaged'
  /** Anything else; see `cause`. */
  | 'failed';
