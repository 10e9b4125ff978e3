/**
 * A frame's side: what the page around it shares with it. It loads no core.
 */
import { DanjiError } from './errors.js';
import {
  partsOf,
  type Ask,
  type Done,
  type Told,
  type Welcome,
  type Write,
} from './frame-words.js';
import type { Unsubscribe } from './types.js';

export interface PageLink {
  /** What the page told last. Throws FORBIDDEN for a key that it does not tell this frame. */
  getState(key: string): unknown;
  subscribe(key: string, listener: (value: unknown) => void): Unsubscribe;
  /** Resolves when the page has accepted it; rejects with the code of the refusal. */
  setState(key: string, value: unknown): Promise<void>;
  close(): void;
}

export interface PageLinkOptions {
  /** The page's, exactly: what another one answers is not listened to. */
  readonly origin: string;
}

/** Asks again after so long: the page may not have admitted this frame yet. */
const retryMillis = 200;

/** Resolves when the page that this frame is in has admitted it. */
export function connectToPage({ origin }: PageLinkOptions): Promise<PageLink> {
  return new Promise((resolve) => {
    const words: Ask = { danji: 'frame', document: newName() };
    const ask = (): void => window.parent.postMessage(words, origin);
    const timer = setInterval(ask, retryMillis);
    const hear = (event: MessageEvent): void => {
      const [port] = event.ports;
      const isPage = event.source === window.parent && event.origin === origin;
      if (!isPage || partsOf(event.data)?.['danji'] !== 'page' || port === undefined) return;
      window.removeEventListener('message', hear);
      clearInterval(timer);
      resolve(new Link(port, event.data as Welcome));
    };
    window.addEventListener('message', hear);
    ask();
  });
}

/** Not `randomUUID`, which pages without HTTPS do not have. */
function newName(): string {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(parts, (part) => part.toString(36)).join('-');
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: DanjiError) => void;
}

class Link implements PageLink {
  readonly #port: MessagePort;
  readonly #values: Map<string, unknown>;
  readonly #listeners = new Map<string, Set<(value: unknown) => void>>();
  readonly #waiting = new Map<number, Waiting>();
  #lastNumber = 0;
  #isClosed = false;

  constructor(port: MessagePort, { values }: Welcome) {
    this.#port = port;
    this.#values = new Map(values);
    port.onmessage = ({ data }) => this.#hear(data as Told | Done);
  }

  getState(key: string): unknown {
    if (this.#values.has(key)) return this.#values.get(key);
    throw new DanjiError('FORBIDDEN', 'the page does not tell this frame the key', { key });
  }

  subscribe(key: string, listener: (value: unknown) => void): Unsubscribe {
    this.getState(key);
    const own = (value: unknown): void => listener(value);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(own));
    return () => void listeners.delete(own);
  }

  setState(key: string, value: unknown): Promise<void> {
    const write = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new DanjiError('CLOSED', 'the link to the page was closed');
      try {
        this.#port.postMessage({ write, key, value } satisfies Write);
      } catch (cause) {
        throw new DanjiError('INVALID_VALUE', 'it can not be sent to the page', { key, cause });
      }
      this.#waiting.set(write, { resolve, reject });
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#port.close();
    const error = new DanjiError('CLOSED', 'the link to the page was closed');
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #hear(said: Told | Done): void {
    if ('done' in said) {
      const waiting = this.#waiting.get(said.done);
      this.#waiting.delete(said.done);
      if (said.code === null) waiting?.resolve();
      else waiting?.reject(new DanjiError(said.code, said.detail));
      return;
    }
    this.#values.set(said.key, said.value);
    for (const listener of [...(this.#listeners.get(said.key) ?? [])]) {
      // One that throws is no reason for the others to miss it.
      try {
        listener(said.value);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
