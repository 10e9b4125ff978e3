/**
 * What servers say to each other over Redis: channels that are entered and left.
 */
import { createClient, RESP_TYPES } from '@redis/client';
import { socketOptions } from './redis-link.js';

export interface WordsListener {
  /** The connection broke, and there is another: something may have been missed. */
  back(): void;
  hear(channel: string, message: Buffer): void;
}

export class RedisWords {
  readonly #client;
  readonly #listener: WordsListener;
  readonly #hear: (message: Buffer, channel: Buffer) => void;
  readonly #wanted = new Set<string>();
  #turn: Promise<void> = Promise.resolve();
  #hasBegun = false;
  #isOver = false;

  constructor(url: string, listener: WordsListener) {
    this.#listener = listener;
    this.#hear = (message, channel) => listener.hear(channel.toString(), message);
    this.#client = createClient({
      url,
      RESP: 2,
      maintNotifications: 'disabled',
      pingInterval: 1_000,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
      socket: socketOptions,
    });
    this.#client.on('error', () => {}); // The other connection says it.
  }

  begin(): void {
    if (this.#hasBegun) return;
    let isFirst = true;
    this.#hasBegun = true;
    this.#client.on('ready', () => {
      if (!isFirst) this.#listener.back();
      isFirst = false;
    });
    this.#client.connect().catch(() => {});
  }

  get isUp(): boolean {
    return this.#client.isReady;
  }

  /** Resolves when nothing is missed any more, or nobody wants to hear of it any more. */
  enter(channel: string): Promise<void> {
    this.#wanted.add(channel);
    return this.#inTurn(async () => {
      while (this.#wanted.has(channel) && !this.#isOver) {
        if (await within(this.#client.subscribe(channel, this.#hear, true))) return;
        await pause();
      }
    });
  }

  leave(channel: string): void {
    this.#wanted.delete(channel);
    void this.#inTurn(async () => {
      if (this.#wanted.has(channel) || this.#isOver) return;
      await within(this.#client.unsubscribe(channel, this.#hear, true));
    });
  }

  /** What is left and entered again at once must not end as left. */
  #inTurn(job: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(job);
    return this.#turn;
  }

  close(): void {
    this.#isOver = true;
    if (this.#hasBegun) this.#client.destroy();
  }
}

/** A connection that breaks may leave a question without an answer. */
const answerMillisMax = 2_000;
const pauseMillis = 100;

function pause(millis = pauseMillis): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), millis));
}

/** Whether it was done, soon enough. */
async function within(work: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    work.then(() => true, () => false),
    pause(answerMillisMax),
  ]);
}
