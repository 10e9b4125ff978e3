/**
 * What a store has for several servers of the same spaces: who leads which, what is handed on, and
 * a word when something was written.
 */
import type { LogRow } from './store.js';

/** A row where it lies; ids grow. */
export interface Entry {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** How far a log was read: the last entry, and the mark by which it is known again. */
export interface Cursor {
  readonly id: string;
  readonly mark: number;
}

export interface SharedListener {
  /** Somebody wrote to the space's log. */
  rows(address: string): void;
  /** Somebody handed ops on to whoever leads the space. */
  forwarded(address: string, message: Uint8Array): void;
  /** Somebody said something in a room, at another server. */
  said(room: string, data: string): void;
  /** The store was away. Unless it is the same, it has lost everything. */
  back(isSame: boolean): void;
}

export interface Lease {
  /** The log has lost rows that somebody had seen. */
  readonly isStale: boolean;
  /** Goes on hearing of the space's rows; nothing, where the lead is another one by now. */
  giveUp(): Promise<void>;
}

export interface SharedLogs {
  readonly leaseMillis: number;
  listen(listener: SharedListener): void;

  /** Hears of the space's rows until it leaves; that gives up the lead, too. */
  join(address: string): Promise<void>;
  leave(address: string): Promise<void>;
  /** What lies behind the cursor, in pieces; from the last base on when there is none. */
  readOn(address: string, cursor: Cursor | null): Promise<readonly Entry[]>;
  /** The base that an empty log begins with; nothing where it has begun. */
  begin(base: LogRow): Promise<void>;
  /** What `LogStore.condense` does. */
  replace(base: LogRow): Promise<void>;
  /** `lost`: the log has less than was read of it. `gone`: nobody can tell. */
  look(address: string, cursor: Cursor): Promise<'same' | 'lost' | 'gone'>;
  /** Nothing is appended before somebody leads the space who knows that its log lost something. */
  markStale(address: string): Promise<void>;

  /** Null: somebody else leads it. */
  lead(address: string): Promise<Lease | null>;
  /** Goes on leading; those that were lost. */
  renew(): Promise<readonly string[]>;
  /** To whoever leads the space. How many heard it; -1: nobody leads it. */
  forward(address: string, message: Uint8Array): Promise<number>;

  /** Whose the session is: this user's, if it was nobody's. */
  claim(session: Uint8Array, user: string): Promise<string>;

  enterRoom(room: string): void;
  leaveRoom(room: string): void;
  /** To those in the room at other servers; once, or not at all. */
  say(room: string, data: string): void;
}

/** Somebody else leads these spaces now: nothing was appended. */
export class FencedError extends Error {
  constructor(readonly addresses: readonly string[]) {
    super(`another process writes the log of ${addresses.join(', ')}`);
  }
}

export function markOf(bytes: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUInt32LE(0);
}
