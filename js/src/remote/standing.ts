/**
 * How the connection stands, for whoever listens: as this tab finds it while it has the
 * connection, else as the tab that has it says.
 */
import type { ConnectionStatus } from '../connection-types.js';
import type { Unsubscribe } from '../types.js';

const known: readonly unknown[] = ['offline', 'connecting', 'online', 'needs-auth', 'denied'];

type Listener = (status: ConnectionStatus) => void;

export class Standing {
  /** Runs somebody's code; what it throws is reported. */
  readonly #guard: (call: () => void) => void;
  /** Tells the other tabs. */
  readonly #tell: (status: ConnectionStatus) => void;
  #own: ConnectionStatus = 'offline';
  #told: ConnectionStatus | null = null;
  #isOurs = false;
  #listeners: readonly Listener[] = [];

  constructor(guard: (call: () => void) => void, tell: (status: ConnectionStatus) => void) {
    this.#guard = guard;
    this.#tell = tell;
  }

  get status(): ConnectionStatus {
    return this.#told ?? this.#own;
  }

  subscribe(listener: Listener): Unsubscribe {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** `isOurs`: this tab has the connection, or is to have it. */
  found(status: ConnectionStatus, isOurs: boolean): void {
    this.#change(() => {
      this.#isOurs = isOurs;
      if (isOurs) this.#told = null;
      const isNews = this.#own !== status;
      this.#own = status;
      if (isNews && isOurs) this.#tell(status);
    });
  }

  heard(status: unknown): void {
    if (this.#isOurs || !known.includes(status)) return;
    this.#change(() => (this.#told = status as ConnectionStatus));
  }

  /** Another tab may have come that does not know. */
  repeat(): void {
    if (this.#isOurs) this.#tell(this.#own);
  }

  #change(change: () => void): void {
    const before = this.status;
    change();
    const now = this.status;
    if (now === before) return;
    for (const listener of this.#listeners) this.#guard(() => listener(now));
  }
}
