/**
 * The keeper of all spaces: the core with its store. What the core decides is appended to the
 * logs, and what it says leaves when that is durable. There is no timer: whatever arrived while
 * the store was writing is written next, together.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  Host,
  type Access,
  type ErrorCode,
  type HostInspection,
  type LogRow,
  type Outgoing,
} from 'danji/server';
import type { StateDefinition } from 'danji';
import type { Logger } from 'pino';
import { Afterwards } from './afterwards.js';
import type { Metrics } from './metrics.js';
import type { Limits, Session, SyncServerOptions } from './options.js';
import { Spaces } from './spaces.js';
import type { LogStore } from './store.js';
import { Words } from './words.js';

export interface KeeperParts {
  readonly store: LogStore;
  readonly authenticates: boolean;
  readonly definitions: readonly StateDefinition<never>[];
  readonly limits: Limits;
  readonly hooks: SyncServerOptions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What a connection may do in a space. */
  readonly decideAccess: (connection: number, address: string) => Promise<Access>;
  readonly sessionOf: (connection: number) => Session | null;
  readonly send: (frame: Outgoing) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Which user a session belongs to (core/server/host.h). */
const ownersLog = 'owners';

const wasmFile = fileURLToPath(import.meta.resolve('danji/danji-host.wasm'));

export class Keeper {
  readonly #host: Host;
  readonly #parts: KeeperParts;
  readonly #spaces: Spaces;
  readonly #words: Words;
  readonly #afterwards: Afterwards | null;
  readonly #sweeps: NodeJS.Timeout;
  #isWriting = false;
  #isSweepDue = false;
  #failure: unknown = null;
  #whenIdle: (() => void)[] = [];

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    const { authenticates, definitions, store, logger, metrics, hooks, limits, sessionOf } = parts;
    this.#host = new Host(new WebAssembly.Module(readFileSync(wasmFile)), { authenticates });
    for (const definition of definitions) this.#host.define(definition);
    this.#spaces = new Spaces({
      host: this.#host,
      store,
      logger,
      limits,
      isAwaited: (address) => this.#afterwards?.awaits(address) ?? false,
    });
    this.#words = new Words({
      hooks,
      hookMillis: limits.hookMillis,
      logger,
      metrics,
      sessionOf,
      answer: (ticket, code) => this.#answerWord(ticket, code),
    });
    if (this.#words.areWanted) this.#host.askWords(true, this.#words.wantsTurns);
    this.#afterwards = this.#afterwardsOf(hooks.afterCommit);
    this.#sweeps = setInterval(() => this.#sweep(), limits.idleSpaceMillis);
    this.#sweeps.unref();
  }

  #afterwardsOf(afterCommit: SyncServerOptions['afterCommit']): Afterwards | null {
    if (afterCommit === undefined) return null;
    const { store, logger } = this.#parts;
    return new Afterwards({
      afterCommit,
      store,
      logger,
      hold: async (address) => {
        const release = this.#spaces.hold(address);
        await this.#spaces.load(ownersLog);
        await this.#spaces.load(address);
        return release;
      },
      tell: (address, row) => this.#host.tell(address, row),
    });
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }
  get opsReceived(): number {
    return this.#host.opsReceived;
  }

  /** Another connection, or other grants of one that is there. Throws for what are no grants. */
  connect(connection: number, grants: readonly string[], user: string): void {
    const list = grants.includes('*') ? '*' : [...new Set(grants)].sort().join(' ');
    this.#host.connect(connection, list, user);
  }

  disconnect(connection: number): void {
    if (!this.hasFailed) this.#host.disconnect(connection);
  }

  receive(connection: number, frame: Uint8Array): void {
    this.#guard(() => {
      this.#host.setClock(Date.now());
      this.#host.receive(connection, frame);
      this.#work();
    });
  }

  /** Somebody's access changed. */
  allow(connection: number, address: string, access: Access): void {
    this.#guard(() => {
      this.#host.allow(connection, address, access);
      this.#work();
    });
  }

  inspect(): HostInspection {
    return this.#host.inspect();
  }

  /** When everything that arrived is durable and sent. */
  idle(): Promise<void> {
    if (this.hasFailed || (!this.#isWriting && !this.#host.hasNews)) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #answerWord(ticket: number, code: ErrorCode): void {
    this.#guard(() => {
      this.#host.setClock(Date.now());
      this.#host.answer(ticket, code);
      this.#work();
    });
  }

  #work(): void {
    if (this.#host.hasQuestions) {
      for (const question of this.#host.takeQuestions()) void this.#words.ask(question);
    }
    if (this.#host.hasWanted) {
      for (const { connection, address } of this.#host.takeWanted()) {
        void this.#answer(connection, address);
      }
    }
    if (!this.#isWriting) void this.#write();
  }

  async #answer(connection: number, address: string): Promise<void> {
    let access: Access = 'none';
    const release = this.#spaces.hold(address);
    try {
      access = await this.#parts.decideAccess(connection, address);
      // Before any op of a session is judged, it is known whose it is.
      await this.#afterwards?.ready;
      if (this.#parts.authenticates) await this.#spaces.load(ownersLog);
      if (access !== 'none') await this.#spaces.load(address);
    } catch (error) {
      // Whatever went wrong: who can't be told apart gets nothing.
      access = 'none';
      this.#parts.logger.error({ err: error, address }, 'a space can not be given');
      if (this.#host.isStopped) this.#fail(error);
    }
    this.allow(connection, address, access);
    release();
  }

  /** Rows that are being written could not be read again yet: then it is done after them. */
  #sweep(): void {
    this.#isSweepDue = this.#isWriting;
    if (this.#isSweepDue) return;
    this.#guard(() => {
      for (const address of this.#spaces.letGo()) {
        this.#words.forget(address.replace(/^server\//, ''));
        this.#parts.logger.debug({ address }, 'let go');
      }
    });
  }

  async #write(): Promise<void> {
    const { store, metrics, send } = this.#parts;
    this.#isWriting = true;
    try {
      while (this.#host.hasNews) {
        const rows = this.#host.takeRows();
        const bases = this.#spaces.condense(rows);
        if (rows.length > 0) {
          const end = metrics.flushSeconds.startTimer();
          await store.append([...rows, ...(this.#afterwards?.marksFor(rows) ?? [])]);
          end();
          metrics.rows.inc(rows.length);
          this.#host.written();
        }
        for (const frame of this.#host.takeFrames()) send(frame);
        await this.#condense(bases);
        this.#afterwards?.written(rows);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isWriting = false;
    if (this.#isSweepDue) this.#sweep();
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Before anything else is appended: later rows go on from these. */
  async #condense(bases: readonly LogRow[]): Promise<void> {
    for (const base of bases) {
      await this.#parts.store.condense?.(base);
      const { address, index } = base;
      this.#parts.logger.debug({ address, index, bytes: base.bytes.length }, 'condensed');
    }
  }

  /** Nothing is told, and nothing let go, from now on. */
  close(): void {
    clearInterval(this.#sweeps);
    this.#afterwards?.close();
  }

  #guard(call: () => void): void {
    if (this.hasFailed) return;
    try {
      call();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The core knows of decisions that the disk may not have: it must not speak any more. */
  #fail(error: unknown): void {
    if (this.hasFailed) return;
    this.#failure = error ?? new Error('unknown');
    this.#parts.onFailure(error);
  }
}
