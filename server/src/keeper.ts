/**
 * The keeper of all spaces: the core with its store. What the core decides is appended to the
 * logs, and what it says leaves when that is durable. There is no timer: whatever arrived while
 * the store was writing is written next, together.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Host, type Access, type HostInspection, type Outgoing } from 'danji/server';
import type { StateDefinition } from 'danji';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';
import type { LogStore } from './store.js';

export interface KeeperParts {
  readonly store: LogStore;
  readonly authenticates: boolean;
  readonly definitions: readonly StateDefinition<never>[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What a connection may do in a space. */
  readonly decideAccess: (connection: number, address: string) => Promise<Access>;
  readonly send: (frame: Outgoing) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Which user a session belongs to (core/server/host.h). */
const ownersLog = 'owners';

const wasmFile = fileURLToPath(import.meta.resolve('danji/danji-host.wasm'));

export class Keeper {
  readonly #host: Host;
  readonly #parts: KeeperParts;
  /** Spaces whose log was brought back, or is being. */
  readonly #loads = new Map<string, Promise<void>>();
  #isWriting = false;
  #failure: unknown = null;
  #whenIdle: (() => void)[] = [];

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    const { authenticates, definitions } = parts;
    this.#host = new Host(new WebAssembly.Module(readFileSync(wasmFile)), { authenticates });
    for (const definition of definitions) this.#host.define(definition);
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

  #work(): void {
    if (this.#host.hasWanted) {
      for (const { connection, address } of this.#host.takeWanted()) {
        void this.#answer(connection, address);
      }
    }
    if (!this.#isWriting) void this.#write();
  }

  async #answer(connection: number, address: string): Promise<void> {
    let access: Access = 'none';
    try {
      access = await this.#parts.decideAccess(connection, address);
      // Before any op of a session is judged, it is known whose it is.
      if (this.#parts.authenticates) await this.#load(ownersLog);
      if (access !== 'none') await this.#load(address);
    } catch (error) {
      // Whatever went wrong: who can't be told apart gets nothing.
      access = 'none';
      this.#parts.logger.error({ err: error, address }, 'a space can not be given');
      if (this.#host.isStopped) this.#fail(error);
    }
    this.allow(connection, address, access);
  }

  /** Rejects when the log can't be read: then nobody is ever let near it. */
  #load(address: string): Promise<void> {
    let load = this.#loads.get(address);
    if (load === undefined) this.#loads.set(address, (load = this.#bringBack(address)));
    return load;
  }

  async #bringBack(address: string): Promise<void> {
    const { store, logger } = this.#parts;
    this.#host.setClock(Date.now());
    let count = 0;
    for await (const rows of store.read(address)) {
      const whole = this.#host.load(address, rows);
      count += whole;
      if (whole === rows.length) continue;
      logger.warn({ address, rows: count }, 'the end of a log was torn, and is cut off');
      await store.cut(address, count + 1);
      break;
    }
    logger.debug({ address, rows: count }, 'loaded');
  }

  async #write(): Promise<void> {
    const { store, metrics, send } = this.#parts;
    this.#isWriting = true;
    try {
      while (this.#host.hasNews) {
        const rows = this.#host.takeRows();
        if (rows.length > 0) {
          const end = metrics.flushSeconds.startTimer();
          await store.append(rows);
          end();
          metrics.rows.inc(rows.length);
          this.#host.written();
        }
        for (const frame of this.#host.takeFrames()) send(frame);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isWriting = false;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
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
