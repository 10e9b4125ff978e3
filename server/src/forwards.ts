/**
 * Ops on their way to the server that leads their space, and those that came to this one. Nobody
 * answers them: what became of an op is in the log. So what is not decided soon is handed on again.
 */
import type { Forward, Host } from 'danji/server';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';
import type { Session } from './options.js';
import type { SharedLogs } from './shared-logs.js';

/** What whoever shares spaces with other servers works with. */
export interface SharingContext {
  readonly host: Host;
  readonly logs: SharedLogs;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sessionOf: (connection: number) => Session | null;
  /** Calls that change the core, and what follows from them; one that throws ends everything. */
  readonly act: (call: () => void) => void;
}

export interface ForwardsParts extends SharingContext {
  /** Undefined: the space is not here. */
  readonly leads: (address: string) => boolean | undefined;
  readonly take: (address: string) => Promise<boolean>;
}

/** When there was somebody to hear it, and when there was not. */
const heardMillis = 1_000;
const unheardMillis = 100;
/** Connections of other servers have numbers from here on. */
const elsewhere = 2 ** 31;

export class Forwards {
  readonly #parts: ForwardsParts;
  readonly #again = new Map<string, NodeJS.Timeout>();
  readonly #sessions = new Map<number, Session | null>();
  #strangers = 0;

  constructor(parts: ForwardsParts) {
    this.#parts = parts;
  }

  async send({ connection, address, bytes }: Forward): Promise<void> {
    const { logs, metrics, sessionOf, leads, take } = this.#parts;
    metrics.forwarded.inc();
    const message = withSession(sessionOf(connection), bytes);
    const heard = await logs.forward(address, message).catch(() => 0);
    if (heard < 0 && (await take(address))) return;
    if (leads(address) !== false || this.#again.has(address)) return;
    const millis = heard > 0 ? heardMillis : unheardMillis;
    this.#again.set(address, setTimeout(() => this.#sendAgain(address), millis).unref());
  }

  #sendAgain(address: string): void {
    this.#again.delete(address);
    if (this.#parts.leads(address) !== false) return;
    this.#parts.act(() => this.#parts.host.shares.forwardAgain(address));
  }

  receive(address: string, message: Uint8Array): void {
    const { host, logger, act, leads } = this.#parts;
    if (leads(address) !== true) return;
    this.#strangers = (this.#strangers + 1) % elsewhere;
    const connection = elsewhere + this.#strangers;
    act(() => {
      try {
        const [session, bytes] = partsOf(message);
        this.#sessions.set(connection, session);
        host.setClock(Date.now());
        host.shares.receiveForwarded(connection, bytes);
      } catch (error) {
        if (host.isStopped) throw error;
        logger.error({ err: error, address }, 'what was handed on can not be read');
      }
    });
    // Whoever wants to know has asked.
    this.#sessions.delete(connection);
  }

  sessionOf(connection: number): Session | null {
    return this.#sessions.get(connection) ?? null;
  }

  forget(address: string): void {
    clearTimeout(this.#again.get(address));
    this.#again.delete(address);
  }
}

/** length u32, the session as JSON, ops */
function withSession(session: Session | null, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(session));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, bytes]);
}

function partsOf(message: Uint8Array): [Session | null, Uint8Array] {
  const buffer = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const end = 4 + buffer.readUInt32LE(0);
  return [JSON.parse(buffer.toString('utf8', 4, end)) as Session | null, buffer.subarray(end)];
}
