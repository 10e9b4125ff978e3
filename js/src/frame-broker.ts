/**
 * The page's side of frames of other origins: each has the states that it was given, through a
 * port, and nothing else. The core, the tokens and everybody else's states stay in the page, where
 * the browser lets no script of the frame.
 */
import { DanjiError } from './errors.js';
import { askIn, partsOf, type Done, type Told, type Welcome, type Write } from './frame-words.js';
import type { StateHandle, StateKey, UnitStateStore, Unsubscribe } from './types.js';

export interface FrameGrants {
  /** Of the frame's documents, exactly; `null`: of a sandboxed frame, which has none. */
  readonly origin: string;
  /** What it is told of. */
  readonly read?: readonly StateHandle<never>[];
  readonly write?: readonly StateHandle<never>[];
}

export interface FrameBroker {
  /** What the frame does it does as this unit. Until the answer is called. */
  admit(frame: HTMLIFrameElement, unit: UnitStateStore, grants: FrameGrants): Unsubscribe;
  /** Messages of windows or origins that were not admitted, and such as nobody sends. */
  readonly refused: number;
  close(): void;
}

/** One for a page; it listens until it is closed. */
export function openFrameBroker(): FrameBroker {
  return new Broker();
}

class Broker implements FrameBroker {
  readonly #guests = new Set<Guest>();
  #refused = 0;

  constructor() {
    window.addEventListener('message', this.#hear);
  }

  get refused(): number {
    return this.#refused;
  }

  admit(frame: HTMLIFrameElement, unit: UnitStateStore, grants: FrameGrants): Unsubscribe {
    const guest = new Guest(frame, unit, grants, () => this.#refused++);
    this.#guests.add(guest);
    return () => {
      this.#guests.delete(guest);
      guest.end();
    };
  }

  close(): void {
    window.removeEventListener('message', this.#hear);
    for (const guest of this.#guests) guest.end();
    this.#guests.clear();
  }

  readonly #hear = ({ data, source, origin }: MessageEvent): void => {
    const ask = askIn(data);
    if (ask === null) return;
    const guest = [...this.#guests].find((one) => one.isAt(source, origin));
    if (guest === undefined) this.#refused++;
    else guest.welcome(ask.document);
  };
}

/** One that was admitted. Each document that the frame loads gets a port of its own. */
class Guest {
  readonly #frame: HTMLIFrameElement;
  readonly #unit: UnitStateStore;
  readonly #origin: string;
  readonly #readable: readonly StateHandle<never>[];
  readonly #writable: ReadonlyMap<string, StateKey>;
  readonly #onRefused: () => void;
  #port: MessagePort | null = null;
  #document = '';
  #ends: Unsubscribe[] = [];

  constructor(
    frame: HTMLIFrameElement,
    unit: UnitStateStore,
    { origin, read = [], write = [] }: FrameGrants,
    onRefused: () => void,
  ) {
    this.#frame = frame;
    this.#unit = unit;
    this.#origin = origin;
    this.#readable = read;
    this.#writable = new Map(write.map((handle) => [handle.key, handle]));
    this.#onRefused = onRefused;
  }

  isAt(source: unknown, origin: string): boolean {
    // A frame that was taken out of the page has no window, and neither has a worker.
    return source !== null && source === this.#frame.contentWindow && origin === this.#origin;
  }

  welcome(document: string): void {
    if (this.#port !== null && this.#document === document) return;
    this.end();
    this.#document = document;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }) => this.#hear(data, port1);
    this.#ends = this.#readable.map((handle) =>
      this.#unit.subscribe(handle, (value: unknown) => {
        port1.postMessage({ key: handle.key, value } satisfies Told);
      }),
    );
    const values = this.#readable.map(
      (handle) => [handle.key, this.#unit.getState(handle)] as const,
    );
    // Who has no origin can't be named; that it is this window was seen above.
    const targetOrigin = this.#origin === 'null' ? '*' : this.#origin;
    const welcome: Welcome = { danji: 'page', values };
    this.#frame.contentWindow?.postMessage(welcome, { targetOrigin, transfer: [port2] });
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#port?.close();
    this.#port = null;
  }

  #hear(said: unknown, port: MessagePort): void {
    const { write, key, value } = partsOf(said) ?? {};
    if (typeof write !== 'number' || typeof key !== 'string') return this.#onRefused();
    void this.#write({ write, key, value }).then((done) => port.postMessage(done));
  }

  async #write({ write: done, key, value }: Write): Promise<Done> {
    try {
      const handle = this.#writable.get(key);
      if (handle === undefined) {
        throw new DanjiError('FORBIDDEN', 'the page did not give this frame the key', { key });
      }
      await this.#unit.setState(handle, value as never);
      return { done, code: null, detail: '' };
    } catch (error) {
      const { code, message } = error instanceof DanjiError
        ? error
        : new DanjiError('INVALID_VALUE', 'it could not be written', { key });
      return { done, code, detail: message.replace(`${code}: `, '') };
    }
  }
}
