/**
 * A wire through a WebSocket. Binary messages are frames; texts are JSON about the connection.
 *
 * A socket may be dead without saying so. After a silent while the server is asked for a sign of
 * life, and after another one without it the wire counts as lost.
 */
import type { SocketLike, WebSocketClass } from '../connection-types.js';
import { hear, noAnswer, openMillisMax, type Wire, type WireEnd, type WireEvents } from './wire.js';

/** Frames wait in the core once so many bytes wait in the socket. */
const bufferedBytesMax = 1024 * 1024;
const quietMillis = 15_000;

/** The server's reasons; others are those of the network. */
const ends: Readonly<Record<number, WireEnd>> = { 4401: 'needs-auth', 4403: 'denied' };

export class SocketWire implements Wire {
  readonly #socket: SocketLike;
  readonly #events: WireEvents;
  #timer: ReturnType<typeof setTimeout>;
  #isReady = false;
  #isOver = false;
  #wasHeard = true;

  constructor(
    make: WebSocketClass,
    url: string,
    token: string | null,
    events: WireEvents,
  ) {
    this.#events = events;
    this.#timer = setTimeout(() => this.#end('lost', noAnswer), openMillisMax);
    this.#socket = new make(url.replace(/^http/, 'ws'));
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.offer(token);
    this.#socket.onmessage = ({ data }: MessageEvent) => this.#receive(data);
    this.#socket.onclose = ({ code }: CloseEvent) => {
      this.#end(ends[code] ?? 'lost', `the WebSocket was closed with ${code}`);
    };
    this.#socket.onerror = () => {}; // A close follows.
  }

  get isFull(): boolean {
    return this.#socket.bufferedAmount > bufferedBytesMax;
  }

  send(frames: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const frame of frames) this.#socket.send(frame);
  }

  offer(token: string | null): void {
    this.say({ auth: token });
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket.close(1000);
  }

  say(words: Readonly<Record<string, unknown>>): void {
    if (!this.#isOver) this.#socket.send(JSON.stringify(words));
  }

  #receive(data: unknown): void {
    if (this.#isOver) return;
    this.#wasHeard = true;
    if (data instanceof ArrayBuffer) return this.#events.frame(new Uint8Array(data));
    if (typeof data !== 'string') return;
    const words = parsed(data);
    if (!this.#isReady && words?.ready === true) {
      this.#isReady = true;
      this.#listen();
      this.#ping();
    }
    hear(words, this.#events);
  }

  /** Asks after a quiet while; gives up when that was not answered either. */
  #listen(asked = false): void {
    clearTimeout(this.#timer);
    this.#wasHeard = false;
    this.#timer = setTimeout(() => {
      if (this.#wasHeard) return this.#listen();
      if (asked) return this.#end('lost', noAnswer);
      this.#ping();
      this.#listen(true);
    }, quietMillis);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #ping(): void {
    this.#events.asked();
    this.say({ ping: true });
  }

  #end(why: WireEnd, detail: string): void {
    if (this.#isOver) return;
    this.close();
    this.#events.ended(why, detail);
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
