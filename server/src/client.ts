/**
 * One connection of a client, whatever carries it: who is behind it, which rooms it has, and how
 * much it may still write now.
 */
import type { Limits, Session } from './options.js';
import { PartWatch } from './parts.js';

/** Why the server ends a connection; the number is that of the WebSocket's close. */
export const Ending = {
  needsAuth: 4401,
  denied: 4403,
  /** A later attempt may succeed. */
  busy: 1013,
  tooLarge: 1009,
  restart: 1012,
} as const;
export type Ending = (typeof Ending)[keyof typeof Ending];

/** What carries a connection. */
export interface Carrier {
  /** Bytes that were sent and not taken. */
  readonly waitingBytes: number;
  send(frame: Uint8Array): void;
  /** Words about the connection itself: `{ready}`, `{refresh}`, `{denied}`. */
  say(words: Readonly<Record<string, unknown>>): void;
  end(why: Ending): void;
  /** Takes nothing from the client for so long. */
  pause(millis: number): void;
}

/** How long a connection is kept after its token expired. */
const graceMillis = 30_000;
/** How long before that another one is asked for. */
const noticeMillis = 30_000;
const timeoutMillisMax = 2 ** 31 - 1;

export class Client {
  readonly id: number;
  readonly carrier: Carrier;
  readonly rooms = new Set<string>();
  readonly parts: PartWatch;
  session: Session | null = null;
  isOver = false;
  /** For its token, which it may bring again as it is. */
  isAsked = false;
  readonly #limits: Limits;
  #allowance: number;
  #countedMillis = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: number, carrier: Carrier, limits: Limits) {
    this.id = id;
    this.carrier = carrier;
    this.#limits = limits;
    this.#allowance = limits.burst;
    this.parts = new PartWatch(limits.maxPartsBytes);
  }

  /**
   * It is this user's from now on, until the token expires, or for so long: then it has to be
   * brought again.
   */
  admit(session: Session, againMillis = Infinity): void {
    this.session = session;
    this.isAsked = false;
    clearTimeout(this.#timer);
    const expires = (session.expiresAt ?? Infinity) - Date.now();
    const notice = Math.min(Math.max(expires - noticeMillis, expires / 2), againMillis);
    if (notice === Infinity) return;
    this.#timer = setTimeout(
      () => this.#remind(Math.min(expires - notice, noticeMillis)),
      Math.min(notice, timeoutMillisMax),
    );
    this.#timer.unref();
  }

  #remind(left: number): void {
    this.isAsked = true;
    this.carrier.say({ refresh: true });
    this.#timer = setTimeout(() => this.carrier.end(Ending.needsAuth), left + graceMillis);
    this.#timer.unref();
  }

  /** How long nothing more may be taken from it after so many ops; 0: go on. */
  count(ops: number, nowMillis: number): number {
    const { opsPerSecond, burst } = this.#limits;
    const elapsed = Math.max(0, nowMillis - this.#countedMillis);
    this.#countedMillis = nowMillis;
    this.#allowance = Math.min(burst, this.#allowance + (elapsed / 1000) * opsPerSecond) - ops;
    return this.#allowance >= 0 ? 0 : (-this.#allowance / opsPerSecond) * 1000;
  }

  close(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
  }
}
