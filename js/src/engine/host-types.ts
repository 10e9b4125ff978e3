/**
 * What goes in and out of a server's core, and the exports of danji-host.wasm behind it.
 */
import type { ServerOp } from './told.js';

export interface HostExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  danji_create(): void;
  danji_reserve(length: number): number;
  danji_output(): number;
  danji_outputLength(): number;
  danji_status(): number;
  danji_detail(): void;
  danji_clock(nowMillis: number): void;
  danji_define(length: number): number;
  danji_connect(connection: number, length: number): number;
  danji_disconnect(connection: number): void;
  danji_receive(connection: number, length: number): void;
  danji_wanted(): void;
  danji_load(length: number): number;
  danji_allow(connection: number, access: number, length: number): void;
  danji_words(permission: number, turn: number): void;
  danji_questions(): void;
  danji_answer(ticket: number, code: number): void;
  danji_tell(length: number): number;
  danji_condense(length: number): void;
  danji_idle(): void;
  danji_full(isFull: number, length: number): void;
  danji_unload(length: number): number;
  danji_rows(): void;
  danji_written(): void;
  danji_frames(): void;
  danji_inspect(): void;
  danji_share(): void;
  danji_lead(length: number): void;
  danji_renew(length: number): void;
  danji_drop(length: number): void;
  danji_forwards(): void;
  danji_forwardAgain(length: number): void;
  danji_receiveForwarded(connection: number, length: number): number;
  danji_claims(): void;
  danji_own(length: number): void;
  danji_disownAll(): void;
}

export type Access = 'none' | 'read' | 'write';
export const accessNumbers = { none: 0, read: 1, write: 2 } as const;

/** A record as the log keeps it. A space's rows have indexes 1, 2, 3 … */
export interface LogRow {
  readonly address: string;
  readonly index: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Outgoing {
  readonly connection: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Ops that a connection pushed for a space that another server leads. */
export interface Forward {
  readonly connection: number;
  readonly address: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Whose is this session, or, if it is nobody's: it is this user's. */
export interface Claim {
  readonly session: Uint8Array<ArrayBuffer>;
  readonly user: string;
}

/** An op that waits for a word of whoever keeps the server: `answer` it by its ticket. */
export interface Question {
  readonly ticket: number;
  readonly connection: number;
  /** Nothing is decided in its space until it is answered. */
  readonly isTurn: boolean;
  readonly op: ServerOp;
}

export interface HostInspection {
  readonly connections: number;
  readonly ops: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly spaces: readonly {
    readonly address: string;
    readonly index: number;
    readonly waiting: number;
  }[];
}
