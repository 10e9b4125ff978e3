/**
 * Presence: who is here now, and what they show of themselves: a name, a cursor. It is told to
 * whoever is in the same room, expires when nothing is heard, and is kept nowhere.
 */
import type { UnifiedStateManager, Unsubscribe } from './types.js';

export interface PresenceOptions {
  /** Who was not heard of for so long is gone. Default 75,000: hidden tabs speak once a minute. */
  readonly expiresMillis?: number;
}

export interface Presence<P> {
  /** This page's id in the room, new for each `presence()`. */
  readonly id: string;
  /** What the others are shown of this page. */
  readonly own: Readonly<P>;
  /** Changes some of it. */
  set(change: Partial<P>): void;
  /** The others, by their ids; the same map until it changes. */
  others(): ReadonlyMap<string, Readonly<P>>;
  /** Hears when somebody came, changed or went. */
  subscribe(listener: () => void): Unsubscribe;
  /** Says goodbye. */
  leave(): void;
}

interface Other<P> {
  readonly value: Readonly<P>;
  readonly heardMillis: number;
}

/** What pages say: where they are, that they want to know of the others, or goodbye. */
interface Words {
  readonly id: string;
  readonly is?: object;
  readonly asks?: true;
}

/** Changes that follow one another faster are told together. */
const pauseMillis = 50;
const othersMax = 1000;

/** Tells the pages in `room` that this one is there, and hears of them (docs/presence.md). */
export function presence<P extends object>(
  manager: UnifiedStateManager,
  room: string,
  initial: P,
  { expiresMillis = 75_000 }: PresenceOptions = {},
): Presence<P> {
  return new Member(manager, room, initial, expiresMillis);
}

class Member<P extends object> implements Presence<P> {
  readonly id = newId();
  readonly #manager: UnifiedStateManager;
  readonly #room: string;
  readonly #expiresMillis: number;
  readonly #heard = new Map<string, Other<P>>();
  readonly #ends: Unsubscribe[] = [];
  #own: Readonly<P>;
  #others: ReadonlyMap<string, Readonly<P>> = new Map();
  #listeners: readonly (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heart: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(manager: UnifiedStateManager, room: string, initial: P, expiresMillis: number) {
    this.#manager = manager;
    this.#room = room;
    this.#own = initial;
    this.#expiresMillis = expiresMillis;
    const stop = manager.rooms.listen(room, (words) => this.#hear(words as Words));
    this.#ends.push(stop);
    try {
      manager.rooms.send(room, { id: this.id, is: initial, asks: true });
    } catch (error) {
      stop();
      throw error;
    }
    // With a connection come those who did not hear of it before.
    this.#ends.push(manager.connection.subscribe(() => this.#say({ asks: true })));
    this.#wait();
    this.#ends.push(() => clearTimeout(this.#heart));
    if (typeof window === 'undefined') return;
    const hide = (): void => this.#say({ is: undefined });
    const show = (): void => this.#say({ asks: true });
    for (const [type, run] of [['pagehide', hide], ['pageshow', show]] as const) {
      // Captured: before the page gives its channel back.
      window.addEventListener(type, run, true);
      this.#ends.push(() => window.removeEventListener(type, run, true));
    }
  }

  get own(): Readonly<P> {
    return this.#own;
  }

  set(change: Partial<P>): void {
    if (this.#isOver) return;
    this.#own = { ...this.#own, ...change };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#say();
    }, pauseMillis);
  }

  others(): ReadonlyMap<string, Readonly<P>> {
    return this.#others;
  }

  subscribe(listener: () => void): Unsubscribe {
    const own = (): void => listener();
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  leave(): void {
    if (this.#isOver) return;
    if (!this.#manager.closed) this.#say({ is: undefined });
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const end of this.#ends.splice(0)) end();
    this.#heard.clear();
    this.#changed();
  }

  #say(more: { readonly asks?: true; readonly is?: undefined } = {}): void {
    if (this.#isOver) return;
    if (this.#manager.closed) return this.leave();
    const words = 'is' in more ? {} : { is: this.#own, ...more };
    this.#manager.rooms.send(this.#room, { id: this.id, ...words });
  }

  #hear(words: Words): void {
    const { id, is, asks } = words ?? {};
    if (typeof id !== 'string' || id === this.id || id.length > 64) return;
    if (asks === true) this.#say();
    if (typeof is !== 'object' || is === null) {
      if (this.#heard.delete(id)) this.#changed();
      return;
    }
    const known = this.#heard.get(id);
    if (known === undefined && this.#heard.size >= othersMax) return;
    this.#heard.set(id, { value: is as P, heardMillis: performance.now() });
    if (JSON.stringify(known?.value) !== JSON.stringify(is)) this.#changed();
  }

  #wait(): void {
    this.#heart = setTimeout(() => this.#beat(), this.#expiresMillis / 4);
    (this.#heart as { unref?: () => void }).unref?.();
  }

  #beat(): void {
    const since = performance.now() - this.#expiresMillis;
    const gone = [...this.#heard].filter(([, { heardMillis }]) => heardMillis < since);
    for (const [id] of gone) this.#heard.delete(id);
    if (gone.length > 0) this.#changed();
    this.#say();
    if (!this.#isOver) this.#wait();
  }

  #changed(): void {
    this.#others = new Map([...this.#heard].map(([id, { value }]) => [id, value]));
    for (const listener of this.#listeners) {
      // One that throws is no reason for the others to miss it.
      try {
        listener();
      } catch (error) {
        console.error(error);
      }
    }
  }
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
