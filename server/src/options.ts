/**
 * What a sync server may be told, with what stands when it is not.
 */
import type { IncomingMessage } from 'node:http';
import type { StateDefinition, StateHandle } from 'danji';
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
  /** Of one connection, on average and at once. What is above waits. */
  readonly opsPerSecond: number;
  readonly burst: number;
  readonly maxRoomsPerConnection: number;
  readonly maxConnectionsPerUser: number;
  /** What waits for a client that reads too slowly; then its connection ends. */
  readonly slowConsumerBytes: number;
}

export interface SyncServerOptions {
  /** A folder for the embedded store, or a store. Default `./danji-data`. */
  readonly store?: string | LogStore;
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
