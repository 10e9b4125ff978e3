/**
 * A wire through requests, for networks that let no WebSocket through: frames go up in one
 * request at a time, and come down in the answers, of which one is held back by the server until
 * there is something to say.
 *
 * Whatever fails ends the wire: what was in an answer that got lost is asked for by the next one.
 */
import { hear, noAnswer, openMillisMax, type Wire, type WireEnd, type WireEvents } from './wire.js';

/** How long the server may hold an answer back, and how much longer we wait for it. */
const waitSeconds = 25;
const graceMillis = 10_000;
const queuedBytesMax = 1024 * 1024;
/** Where a frame says how long its body is, and what is around the body (core/wire/frame.h). */
const lengthAt = 8;
const aroundBody = 16;

const ends: Readonly<Record<number, WireEnd>> = { 401: 'needs-auth', 403: 'denied' };

export class RequestWire implements Wire {
  readonly #url: string;
  readonly #events: WireEvents;
  readonly #abort = new AbortController();
  #token: string | null;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #queuedBytes = 0;
  #isSending = false;
  #isOver = false;

  /** `connection`: an id of the wire, by which the server knows what belongs together. */
  constructor(url: string, connection: string, token: string | null, events: WireEvents) {
    this.#url = `${url.replace(/^ws/, 'http')}?connection=${connection}`;
    this.#token = token;
    this.#events = events;
    void this.#run();
  }

  get isFull(): boolean {
    return this.#queuedBytes > queuedBytesMax;
  }

  send(frames: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const frame of frames) this.#queuedBytes += frame.length;
    this.#queue.push(...frames);
    if (!this.#isSending) void this.#sendQueued();
  }

  say(words: Readonly<Record<string, unknown>>): void {
    void this.#ask(`&words=${encodeURIComponent(JSON.stringify(words))}`, [], openMillisMax);
  }

  offer(token: string | null): void {
    this.#token = token;
    void this.#ask('', [], openMillisMax);
  }

  close(): void {
    this.#isOver = true;
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    if (await this.#ask('&begin=1', [], openMillisMax)) this.#events.ready();
    while (!this.#isOver) {
      await this.#ask(`&wait=${waitSeconds}`, [], waitSeconds * 1000 + graceMillis);
    }
  }

  async #sendQueued(): Promise<void> {
    this.#isSending = true;
    while (this.#queue.length > 0 && !this.#isOver) {
      const frames = this.#queue;
      this.#queue = [];
      this.#queuedBytes = 0;
      await this.#ask('', frames, waitSeconds * 1000);
    }
    this.#isSending = false;
  }

  /** False when the wire is over. */
  async #ask(
    parameters: string,
    frames: readonly Uint8Array<ArrayBuffer>[],
    millisMax: number,
  ): Promise<boolean> {
    const timer = setTimeout(() => this.#end('lost', noAnswer), millisMax);
    (timer as { unref?: () => void }).unref?.();
    const isHeld = parameters.startsWith('&wait');
    if (!isHeld) this.#events.asked();
    try {
      const response = await fetch(this.#url + parameters, {
        method: 'POST',
        body: new Blob([...frames]),
        headers: this.#token === null ? {} : { authorization: `Bearer ${this.#token}` },
        credentials: 'omit',
        signal: this.#abort.signal,
      });
      const { status } = response;
      if (!isHeld && response.ok && !this.#isOver) this.#events.answered();
      if (!response.ok) this.#end(ends[status] ?? 'lost', `the server answered ${status}`);
      else this.#take(response.headers.get('danji-words'), await response.arrayBuffer());
    } catch (error) {
      this.#end('lost', String(error));
    } finally {
      clearTimeout(timer);
    }
    return !this.#isOver;
  }

  #take(words: string | null, body: ArrayBuffer): void {
    if (this.#isOver) return;
    for (const one of JSON.parse(words ?? '[]') as unknown[]) hear(one, this.#events);
    const view = new DataView(body);
    for (let at = 0; at + aroundBody <= body.byteLength && !this.#isOver; ) {
      const length = view.getUint32(at + lengthAt, true) + aroundBody;
      this.#events.frame(new Uint8Array(body.slice(at, at + length)));
      at += length;
    }
  }

  #end(why: WireEnd, detail: string): void {
    if (this.#isOver) return;
    this.close();
    this.#events.ended(why, detail);
  }
}
