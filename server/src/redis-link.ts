/**
 * A connection to Redis that comes back. What is asked is asked again until Redis answers, so it
 * must be such that asking twice does no harm; only what Redis says for good ends it.
 */
import { createClient, RESP_TYPES } from '@redis/client';
import type { Script } from './redis-scripts.js';

export type Argument = string | Buffer;
/** As Redis gives it: numbers, null, and bytes for every text. */
export type Reply = number | null | Buffer | readonly Reply[];

const connectMillisMax = 2_000;
/** Redis is asked for a sign of life so often, and given up after so long without one. */
const pingMillis = 1_000;
const silenceMillisMax = 5_000;
/** What takes longer than that is not up, whatever it says later. */
const slowMillis = 2_000;
const retryMillis = 50;
const retryMillisMax = 1_000;

export const socketOptions = {
  connectTimeout: connectMillisMax,
  socketTimeout: silenceMillisMax,
  reconnectStrategy: pauseBefore,
};

export class RedisLink {
  readonly #client;
  readonly #onTrouble: (error: unknown) => void;
  /** When each question began that has no answer yet. */
  readonly #asked = new Set<{ readonly since: number }>();
  #isFailing = false;
  #isOver = false;

  /** `onReady` is called for every connection; `onTrouble` hears of what ends or fails one. */
  constructor(url: string, onReady: () => void, onTrouble: (error: unknown) => void) {
    this.#onTrouble = onTrouble;
    this.#client = createClient({
      url,
      RESP: 2,
      maintNotifications: 'disabled',
      disableOfflineQueue: true,
      pingInterval: pingMillis,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
      socket: socketOptions,
    });
    this.#client.on('error', onTrouble);
    this.#client.on('ready', onReady);
    this.#client.connect().catch(onTrouble);
  }

  /** It answers, and soon enough. */
  get isUp(): boolean {
    if (!this.#client.isReady || this.#isFailing) return false;
    const [oldest] = this.#asked;
    return oldest === undefined || performance.now() - oldest.since < slowMillis;
  }

  /** Rejects only when it is closed meanwhile. */
  async ask(args: readonly Argument[]): Promise<Reply> {
    return this.#untilAnswered(() => this.#send(args));
  }

  /** Once; null when that fails. */
  tryAsk(args: readonly Argument[]): Promise<Reply> {
    return this.#send(args).catch(() => null);
  }

  run(script: Script, args: readonly Argument[]): Promise<Reply> {
    return this.#untilAnswered(() => this.#evaluate(script, args));
  }

  /** Once; null when that fails. */
  tryRun(script: Script, args: readonly Argument[]): Promise<Reply> {
    return this.#evaluate(script, args).catch(() => null);
  }

  async #evaluate(script: Script, args: readonly Argument[]): Promise<Reply> {
    try {
      return await this.#send(['EVALSHA', script.sha, '0', ...args]);
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error;
      return this.#send(['EVAL', script.text, '0', ...args]);
    }
  }

  async #send(args: readonly Argument[]): Promise<Reply> {
    return (await this.#client.sendCommand([...args])) as unknown as Reply;
  }

  async #untilAnswered(attempt: () => Promise<Reply>): Promise<Reply> {
    const question = { since: performance.now() };
    this.#asked.add(question);
    try {
      for (let tries = 0; ; tries++) {
        if (this.#isOver) throw new Error('the connection to Redis was closed');
        const reply = await attempt().catch((error: unknown) => this.#note(error));
        if (reply !== undefined) {
          this.#isFailing = false;
          return reply;
        }
        await new Promise((resolve) => setTimeout(resolve, pauseBefore(tries)));
      }
    } finally {
      this.#asked.delete(question);
    }
  }

  /** That there is no connection is said by the connection. */
  #note(error: unknown): undefined {
    if (!this.#client.isReady || this.#isFailing || this.#isOver) return;
    this.#isFailing = true;
    this.#onTrouble(error);
  }

  close(): void {
    this.#isOver = true;
    this.#client.destroy();
  }
}

/** The same bytes, as the client wants them. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function pauseBefore(tries: number): number {
  return Math.min(retryMillis * 2 ** Math.min(tries, 10), retryMillisMax);
}
