/**
 * What a sync server may be told, with what stands when it is not.
 */
import type { IncomingMessage } from 'node:http';
import type { StateDefinition, StateHandle, Version } from 'danji';
import type { ErrorCode, ServerOp } from 'danji/server';
import type { Logger } from 'pino';
import type { LogStore } from './store.js';

/** Who is behind a connection. */
export interface Session {
  readonly userId: string;
  /** As `permissions` of definitions name them: `role:staff`, `building:shop`. */
  readonly grants?: readonly string[];
  /** Milliseconds since 1970; then another token is asked for. */
  readonly expiresAt?: number;
  /** Without `authorize`: the only apartment that this user sees. */
  readonly apartment?: string;
}

export type RoomAccess = 'none' | 'read' | 'write';

export interface Limits {
  /** Of one WebSocket message; a request may have four times as much. */
  readonly maxMessageBytes: number;
  /** Of all parts of a message that comes in several: many large writes at once. */
  readonly maxPartsBytes: number;
  /**
   * Of one connection, on average and at once. What is above waits. A KiB counts as one more, a
   * session that the server does not know yet as a hundred.
   */
  readonly opsPerSecond: number;
  readonly burst: number;
  readonly maxRoomsPerConnection: number;
  readonly maxConnectionsPerUser: number;
  /** What waits for a client that reads too slowly; then its connection ends. */
  readonly slowConsumerBytes: number;
  /** How long `canWrite` and `beforeCommit` may take. */
  readonly hookMillis: number;
  /** A space that nobody has used for so long, or up to twice as long, leaves the memory. */
  readonly idleSpaceMillis: number;
  /** A log of more rows is condensed, when it has also outgrown what it comes to. */
  readonly condenseRows: number;
  /** Of a space's log, condensed; then it takes only what makes it smaller. */
  readonly maxSpaceBytes: number;
}

export interface SyncServerOptions {
  /**
   * A folder for the embedded store, `redis://…` or `rediss://…`, or a store. Default
   * `./danji-data`.
   */
  readonly store?: string | LogStore;
  /**
   * The store was brought back from a backup: every room goes on as a new log, and pages that know
   * more bring again what is theirs. For the first start after it, and not for a store that servers
   * share. Default `false`.
   */
  readonly restored?: boolean;
  /**
   * Says whose token it is; throws or rejects when nobody's. Left out: development mode, where
   * anybody on this machine may do everything.
   */
  readonly authenticate?: (
    token: string | null,
    request: IncomingMessage,
  ) => Session | Promise<Session>;
  /** What a user may do in a room, such as `apartment:main`. Default: all in his apartment. */
  readonly authorize?: (session: Session, room: string) => RoomAccess | Promise<RoomAccess>;
  /**
   * Whether a user may write that; asked for each op when it arrives, of several at a time.
   * Anything but `true` refuses it: `FORBIDDEN`.
   */
  readonly canWrite?: (session: Session, op: ServerOp) => boolean | Promise<boolean>;
  /**
   * The last word before an op is decided, in its turn: until it is answered nothing else is
   * decided in the room, so `current` is what the op will meet. Answers with nothing, or with the
   * code that the op is refused with.
   */
  readonly beforeCommit?: (
    session: Session,
    op: ServerOp,
  ) => ErrorCode | void | Promise<ErrorCode | void>;
  /**
   * Hears of every op that was accepted and is durable: at least once, of a room in order. One that
   * throws is called again.
   */
  readonly afterCommit?: (op: ServerOp, version: Version) => void | Promise<void>;
  /** How often a connection has to bring its token again; it stays meanwhile. Default: never. */
  readonly reauthenticateEveryMs?: number;
  /** All keys that may be used. Without them, clients bring their own. */
  readonly definitions?: readonly (StateDefinition<never> | StateHandle<never>)[];
  /**
   * Pages that may connect, such as `https://shop.example`. Besides them: pages of this server's
   * own host, and in development mode those of this machine.
   */
  readonly origins?: readonly string[];
  readonly limits?: Partial<Limits>;
  /** The address that is given out ends with this path. Default: none. */
  readonly path?: string;
  /** `false`: silence. */
  readonly logger?: Logger | false;
  /** The store failed or the core stopped: nothing is answered any more. Start anew. */
  readonly onFailure?: (error: unknown) => void;
}

export const standardLimits: Limits = {
  maxMessageBytes: 1024 * 1024 + 64,
  maxPartsBytes: 160 * 1024 * 1024,
  opsPerSecond: 2_000,
  burst: 10_000,
  maxRoomsPerConnection: 100,
  maxConnectionsPerUser: 100,
  slowConsumerBytes: 4 * 1024 * 1024,
  hookMillis: 1_000,
  idleSpaceMillis: 60_000,
  condenseRows: 2_000,
  maxSpaceBytes: 64 * 1024 * 1024,
};

/** In development mode there is one user. */
export const anybody: Session = { userId: '', grants: ['*'] };

/** Rooms of one unit are nobody's business; others are those of the user's apartment. */
export function standardAccess({ apartment }: Session, room: string): RoomAccess {
  if (room === 'global') return 'write';
  const [, home] = /^(?:apartment:|building:)([^/]+)/.exec(room) ?? [];
  if (home === undefined) return 'none';
  return apartment === undefined || apartment === home ? 'write' : 'none';
}
