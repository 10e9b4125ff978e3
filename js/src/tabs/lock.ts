/**
 * The two kinds of Web Locks of a cluster: one for the leader, and one per tab for as long as it
 * lives, by which the others know who is alive.
 */

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    granted: (lock: unknown) => Promise<void>,
  ): Promise<unknown>;
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

/** What became of a wish for a lock. */
export interface LockEvents {
  granted(): void;
  /** Held, and taken away by another tab. */
  lost(): void;
  /** There are no locks for this page: its origin is opaque, or storage is forbidden to it. */
  denied(): void;
}

/** A lock that is wanted, held or lost. */
export class HeldLock {
  readonly #locks: Locks;
  readonly #name: string;
  #release: (() => void) | null = null;
  #abort: AbortController | null = null;

  constructor(locks: Locks, name: string) {
    this.#locks = locks;
    this.#name = name;
  }

  /** Waits for the lock in the queue, or takes it from whoever holds it. */
  request(events: LockEvents, steal = false): void {
    if (this.#release !== null || (this.#abort !== null && !steal)) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    let isHeld = false;
    const hold = (): Promise<void> => {
      if (abort.signal.aborted) return Promise.resolve();
      isHeld = true;
      const held = new Promise<void>((release) => {
        this.#release = release;
      });
      events.granted();
      return held;
    };
    // The two options exclude each other.
    const options = steal ? { steal } : { signal: abort.signal };
    this.#locks.request(this.#name, options, hold).catch((error: unknown) => {
      // Given up by ourselves, or replaced by a later wish.
      if (abort.signal.aborted) return;
      this.#release = null;
      this.#abort = null;
      if (isHeld) events.lost();
      else if (error instanceof DOMException && error.name === 'SecurityError') events.denied();
    });
  }

  /** Gives the lock back, or stops waiting for it. */
  release(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#release?.();
    this.#release = null;
  }
}

/** The sessions whose lock is held: names behind `prefix`. None when nobody may ask. */
export async function liveSessions(locks: Locks, prefix: string): Promise<string[]> {
  const { held = [] } = await locks.query().catch(() => ({ held: [] }));
  return held
    .map(({ name = '' }) => name)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}
