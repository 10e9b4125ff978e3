/**
 * How the connection stands, for whoever listens: as this tab finds it while it has the
 * connection, else as the tab that has it says.
 */
import type { ConnectionStatus } from '../connection-types.js';
import type { Unsubscribe } from '../types.js';

const known: readonly unknown[] = ['offline', 'connecting', 'online', 'needs-auth', 'denied'];

type Listener = (status: ConnectionStatus) => void;

/** What one tab tells the others. */
export interface Stand {
  readonly status: ConnectionStatus;
  readonly problem: string | null;
  readonly latencyMillis: number | null;
}

export class Standing {
  /** Runs somebody's code; what it throws is reported. */
  readonly #guard: (call: () => void) => void;
  /** Tells the other tabs. */
  readonly #tell: (stand: Stand) => void;
  #own: Stand = { status: 'offline', problem: null, latencyMillis: null };
  #told: Stand | null = null;
  #isOurs = false;
  #listeners: readonly Listener[] = [];

  constructor(guard: (call: () => void) => void, tell: (stand: Stand) => void) {
    this.#guard = guard;
    this.#tell = tell;
  }

  get now(): Stand {
    return this.#told ?? this.#own;
  }

  subscribe(listener: Listener): Unsubscribe {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** `isOurs`: this tab has the connection, or is to have it. */
  found(stand: Stand, isOurs: boolean): void {
    this.#change(() => {
      this.#isOurs = isOurs;
      if (isOurs) this.#told = null;
      const isNews = !isSame(this.#own, stand);
      this.#own = stand;
      if (isNews && isOurs) this.#tell(stand);
    });
  }

  heard(said: unknown): void {
    const { status, problem, latencyMillis } = (said ?? {}) as { [name in keyof Stand]?: unknown };
    if (this.#isOurs || !known.includes(status)) return;
    this.#change(() => {
      this.#told = {
        status: status as ConnectionStatus,
        problem: typeof problem === 'string' ? problem : null,
        latencyMillis: typeof latencyMillis === 'number' ? latencyMillis : null,
      };
    });
  }

  /** Another tab may have come that does not know. */
  repeat(): void {
    if (this.#isOurs) this.#tell(this.#own);
  }

  /** Why ops wait may be another reason now. */
  onProblem: () => void = () => {};

  #change(change: () => void): void {
    const before = this.now;
    change();
    const { now } = this;
    if (now.problem !== before.problem) this.onProblem();
    if (now.status === before.status) return;
    for (const listener of this.#listeners) this.#guard(() => listener(now.status));
  }
}

function isSame(one: Stand, other: Stand): boolean {
  const names = ['status', 'problem', 'latencyMillis'] as const;
  return names.every((name) => one[name] === other[name]);
}
