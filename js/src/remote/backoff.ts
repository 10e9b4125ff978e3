/**
 * When to try again: after a pause of chance, so that a server that comes back is not met by
 * everybody at once, and a longer one after each failure.
 */
import type { RemoteOptions } from '../connection-types.js';

/** How long a connection has to hold before a failure is a first one again. */
const steadyMillis = 5_000;
const doublingsMax = 20;

export class Backoff {
  readonly #baseMillis: number;
  readonly #maxMillis: number;
  readonly #chance: () => number;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #steady: ReturnType<typeof setTimeout> | undefined;

  constructor({ backoff = {} }: RemoteOptions, chance: () => number) {
    this.#baseMillis = backoff.baseMillis ?? 500;
    this.#maxMillis = backoff.maxMillis ?? 30_000;
    this.#chance = chance;
  }

  get isWaiting(): boolean {
    return this.#retry !== undefined;
  }
  get hasFailed(): boolean {
    return this.#failures > 0;
  }

  failed(): void {
    this.#failures++;
  }

  /** It works: all is forgotten if it goes on like that. */
  works(): void {
    this.#steady = setTimeout(() => (this.#failures = 0), steadyMillis);
    (this.#steady as { unref?: () => void }).unref?.();
  }

  /** This timer keeps a program alive that waits for its server. */
  later(call: () => void): void {
    const doublings = Math.min(this.#failures - 1, doublingsMax);
    const most = Math.min(this.#maxMillis, this.#baseMillis * 2 ** doublings);
    this.#retry = setTimeout(call, this.#chance() * most);
  }

  /** Waits for nothing any more. */
  stop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#steady);
    this.#retry = undefined;
  }

  reset(): void {
    this.stop();
    this.#failures = 0;
  }
}
