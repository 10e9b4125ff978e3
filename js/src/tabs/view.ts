/**
 * `manager.tabs`: who the tabs of this cluster are, read from the core when it changed.
 */
import type { DanjiError } from '../errors.js';
import type { Store } from '../store.js';
import type { TabsView, Unsubscribe } from '../types.js';

interface Inspection {
  readonly role: TabsView['role'];
  /** This session's writes that are not decided, and how long the oldest has waited. */
  readonly waiting: number;
  readonly oldestMillis: number;
  readonly leader: string | null;
  readonly leaderEpoch: number;
  readonly peers: readonly string[];
  readonly refused: Readonly<Record<string, number>>;
  readonly spaces: readonly {
    readonly address: string;
    readonly epoch: string;
    readonly index: number;
    readonly pending: number;
  }[];
}

/** The core's own account of itself; for panels and tests. */
export function inspect(store: Store): Inspection {
  return JSON.parse(store.bridge.inspect()) as Inspection;
}

export class Tabs implements TabsView {
  readonly id: string;
  /** Resolves when this tab knows who decides shared state; rejects when it ends before. */
  readonly ready: Promise<void>;
  readonly #store: Store;
  #aloneBecause: TabsView['aloneBecause'];
  #resolveReady: () => void = () => {};
  #rejectReady: (error: DanjiError) => void = () => {};
  #listeners: readonly (() => void)[] = [];
  #seen: Inspection | null = null;

  constructor(store: Store, aloneBecause: TabsView['aloneBecause']) {
    this.id = store.session;
    this.#aloneBecause = aloneBecause;
    this.#store = store;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.ready.catch(() => {}); // Most pages never ask.
    if (aloneBecause !== null) this.#resolveReady();
    else store.mirror.isLoading = true;
  }

  get aloneBecause(): TabsView['aloneBecause'] {
    return this.#aloneBecause;
  }

  /** It turned out that this tab may not use the lock manager; its core leads nobody. */
  denyLocks(): void {
    this.#aloneBecause = 'no-web-locks';
  }

  get role(): TabsView['role'] {
    const { role } = this.#look();
    return this.#aloneBecause === null || role === 'joining' ? role : 'alone';
  }

  get leader(): string | null {
    return this.#look().leader;
  }

  get leaderEpoch(): number {
    return this.#look().leaderEpoch;
  }

  isLeader(): boolean {
    return this.role === 'leader';
  }

  peers(): readonly string[] {
    return this.#look().peers;
  }

  refused(): Readonly<Record<string, number>> {
    return inspect(this.#store).refused;
  }

  subscribe(listener: () => void): Unsubscribe {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** The core says that something changed. */
  changed(): void {
    this.#seen = null;
    const isSettled = this.role !== 'joining';
    if (isSettled && this.#store.mirror.isLoading) {
      this.#store.mirror.isLoading = false;
      for (const cell of this.#store.cells) {
        if (cell?.space.plane === 'device') this.#store.mirror.touch(cell);
      }
      this.#resolveReady();
    }
    for (const listener of this.#listeners) this.#store.mirror.guard(undefined, listener);
  }

  /** This tab takes no part any more. */
  end(error: DanjiError): void {
    this.#rejectReady(error);
  }

  #look(): Inspection {
    this.#seen ??= inspect(this.#store);
    return this.#seen;
  }
}
