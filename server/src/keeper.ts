/**
 * The keeper of all spaces: the core with its store. What the core decides is appended to the
 * logs, and what it says leaves when that is durable.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  Host,
  type Access,
  type ErrorCode,
  type HostInspection,
  type Outgoing,
} from 'danji/server';
import type { StateDefinition } from 'danji';
import type { Logger } from 'pino';
import { Afterwards } from './afterwards.js';
import type { Metrics } from './metrics.js';
import type { Limits, Session, SyncServerOptions } from './options.js';
import type { Shares } from './shares.js';
import { sharesFor, takeUntold, type SharingParts } from './sharing.js';
import { Spaces } from './spaces.js';
import type { LogStore } from './store.js';
import { Words } from './words.js';
import { Writer } from './writer.js';

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
  /** Connections that have to come again. */
  readonly endThose: (connections: readonly number[]) => void;
  /** Something that was said in a room at another server. */
  readonly pass: (room: string, data: unknown) => void;
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
  readonly #writer: Writer;
  /** Where several servers keep these spaces. */
  readonly #sharing: SharingParts | null;
  readonly #shares: Shares | null;
  readonly #sweeps: NodeJS.Timeout;
  #isWriting = false;
  #isSweepDue = false;
  #failure: unknown = null;
  #whenIdle: (() => void)[] = [];

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    const { authenticates, definitions, store, logger, metrics, hooks, limits, send } = parts;
    this.#host = new Host(new WebAssembly.Module(readFileSync(wasmFile)), { authenticates });
    for (const definition of definitions) this.#host.define(definition);
    this.#spaces = new Spaces({
      host: this.#host,
      store,
      logger,
      limits,
      isRestored: hooks.restored ?? false,
      read: (address) => this.#shares?.read(address) ?? store.read(address),
      // Of several servers another may have written there meanwhile: then it is read again.
      onUnread: (address) => this.#act(() => this.#shares?.drop(address)),
      isAwaited: (address) => this.#afterwards?.awaits(address) ?? false,
    });
    this.#words = new Words({
      hooks,
      hookMillis: limits.hookMillis,
      logger,
      metrics,
      sessionOf: (connection) => this.#sessionOf(connection),
      answer: (ticket, code) => this.#answerWord(ticket, code),
    });
    if (this.#words.areWanted) this.#host.askWords(true, this.#words.wantsTurns);
    this.#afterwards = this.#afterwardsOf(hooks.afterCommit);
    this.#sharing = store.shared === undefined ? null : {
      host: this.#host, logs: store.shared, spaces: this.#spaces, afterwards: this.#afterwards,
      keeper: parts,
      act: (call) => this.#act(call),
      forgetWords: (address) => this.#forgetWords(address),
    };
    this.#shares = this.#sharing === null ? null : sharesFor(this.#sharing);
    this.#writer = new Writer({
      host: this.#host, spaces: this.#spaces, afterwards: this.#afterwards,
      store, logger, metrics, send,
      onFenced: (addresses) => this.#shares?.lose(addresses),
      onWritten: (rows) => this.#shares?.written(rows),
    });
    this.#sweeps = setInterval(() => this.#sweep(), limits.idleSpaceMillis);
    this.#sweeps.unref();
    this.#takeUntold();
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
        await this.#loadOwners();
        await this.#spaces.load(address);
        return release;
      },
      tell: (address, row) => this.#host.tell(address, row),
      isShared: store.shared !== undefined,
    });
  }

  /** Of several servers the others know of more owners every moment. */
  async #loadOwners(): Promise<void> {
    if (this.#shares === null) return this.#spaces.load(ownersLog);
    for await (const rows of this.#parts.store.read(ownersLog)) this.#host.load(ownersLog, rows);
  }

  #sessionOf(connection: number): Session | null {
    return this.#parts.sessionOf(connection) ?? this.#shares?.sessionOf(connection) ?? null;
  }

  /** What waited for a word there is forgotten. */
  #forgetWords(address: string): void {
    this.#words.forget(address.replace(/^server\//, ''));
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }
  get spacesLed(): number {
    return this.#shares?.ledCount ?? this.#host.inspect().spaces.length;
  }
  get effort(): number {
    return this.#host.effort;
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
    this.#act(() => {
      this.#host.setClock(Date.now());
      this.#host.receive(connection, frame);
    });
  }

  /** Somebody's access changed. */
  allow(connection: number, address: string, access: Access): void {
    this.#act(() => this.#host.allow(connection, address, access));
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
    this.#act(() => {
      this.#host.setClock(Date.now());
      this.#host.answer(ticket, code);
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
    this.#shares?.work();
    if (!this.#isWriting) void this.#write();
  }

  async #answer(connection: number, address: string): Promise<void> {
    let access: Access = 'none';
    const release = this.#spaces.hold(address);
    try {
      access = await this.#parts.decideAccess(connection, address);
      // Before any op of a session is judged, it is known whose it is.
      await this.#afterwards?.ready;
      if (this.#parts.authenticates && this.#shares === null) await this.#loadOwners();
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
    this.#takeUntold();
    this.#isSweepDue = this.#isWriting;
    if (this.#isSweepDue) return;
    this.#guard(() => {
      for (const address of this.#spaces.letGo()) {
        this.#forgetWords(address);
        this.#shares?.leave(address);
        this.#parts.logger.debug({ address }, 'let go');
      }
    });
  }

  #takeUntold(): void {
    if (this.#sharing === null || this.#shares === null || this.hasFailed) return;
    takeUntold(this.#sharing, this.#shares).catch((error: unknown) => {
      this.#parts.logger.error({ err: error }, 'what was committed can not be told');
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      await this.#writer.write();
    } catch (error) {
      this.#fail(error);
    }
    this.#isWriting = false;
    if (this.#isSweepDue) this.#sweep();
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Nothing is told, and nothing let go, from now on. */
  close(): void {
    clearInterval(this.#sweeps);
    this.#afterwards?.close();
    this.#shares?.close();
  }

  /** Whatever follows from the call is done, too. */
  #act(call: () => void): void {
    this.#guard(() => {
      call();
      this.#work();
    });
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
