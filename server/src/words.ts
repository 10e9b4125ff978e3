/**
 * What the program around a server says to single ops: whether somebody may write that, and the
 * last word before an op is decided. Whatever goes wrong in there refuses the op, and no room
 * waits for an answer for longer than `hookMillis`.
 */
import { errorCodes, type ErrorCode, type Question, type ServerOp } from 'danji/server';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';
import type { Session, SyncServerOptions } from './options.js';

export interface WordsParts {
  readonly hooks: Pick<SyncServerOptions, 'canWrite' | 'beforeCommit'>;
  readonly hookMillis: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sessionOf: (connection: number) => Session | null;
  readonly answer: (ticket: number, code: ErrorCode) => void;
}

/** Codes that say nothing about an op. */
const none = new Set<string>(['OK', 'VOID', 'UNCERTAIN', 'DISCARDED', 'HOOK_FAILED']);
const refusals = new Set<string>(errorCodes.filter((code) => !none.has(code)));

export class Words {
  readonly #parts: WordsParts;
  /** Who pushed an op that waits for its turn, also when the connection is gone by then. */
  readonly #waiting = new Map<number, { readonly session: Session; readonly room: string }>();

  constructor(parts: WordsParts) {
    this.#parts = parts;
  }

  get areWanted(): boolean {
    const { canWrite, beforeCommit } = this.#parts.hooks;
    return canWrite !== undefined || beforeCommit !== undefined;
  }
  get wantsTurns(): boolean {
    return this.#parts.hooks.beforeCommit !== undefined;
  }

  async ask(question: Question): Promise<void> {
    const { ticket, isTurn, op } = question;
    this.#parts.answer(ticket, await (isTurn ? this.#inTurn(ticket, op) : this.#first(question)));
  }

  async #first({ ticket, connection, op }: Question): Promise<ErrorCode> {
    const session = this.#parts.sessionOf(connection);
    if (session === null) return 'FORBIDDEN';
    const { canWrite } = this.#parts.hooks;
    const code = await this.#within('canWrite', async () => {
      if (canWrite === undefined || (await canWrite(session, op)) === true) return 'OK';
      return 'FORBIDDEN';
    });
    if (code === 'OK' && this.wantsTurns) this.#waiting.set(ticket, { session, room: op.room });
    return code;
  }

  async #inTurn(ticket: number, op: ServerOp): Promise<ErrorCode> {
    const session = this.#waiting.get(ticket)?.session;
    this.#waiting.delete(ticket);
    if (session === undefined) return 'FORBIDDEN';
    return this.#within('beforeCommit', async () => {
      const word: unknown = await this.#parts.hooks.beforeCommit?.(session, op);
      if (word === undefined) return 'OK';
      if (typeof word === 'string' && refusals.has(word)) return word as ErrorCode;
      throw new TypeError('beforeCommit answers with nothing, or with the code of a refusal');
    });
  }

  /** The answer, if it comes in time. What comes later counts for nothing. */
  async #within(hook: string, call: () => Promise<ErrorCode>): Promise<ErrorCode> {
    const { hookMillis, logger, metrics } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = () => reject(new Error(`no answer within ${hookMillis} ms`));
      timer = setTimeout(fail, hookMillis);
    });
    try {
      return await Promise.race([call(), late]);
    } catch (error) {
      metrics.hooksFailed.inc({ hook });
      logger.error({ err: error, hook }, 'an op was refused: its hook failed');
      return 'HOOK_FAILED';
    } finally {
      clearTimeout(timer);
    }
  }

  /** The room's ops that still waited for something are forgotten with it. */
  forget(room: string): void {
    for (const [ticket, one] of this.#waiting) if (one.room === room) this.#waiting.delete(ticket);
  }
}
