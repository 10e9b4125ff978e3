/**
 * One timer, set anew whenever its deadline moves. It keeps no program alive.
 */
const timeoutMillisMax = 2 ** 31 - 1;

export class Alarm {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline = Infinity;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** By the clock that says `nowMillis`; Infinity: never. */
  set(deadline: number, nowMillis: number): void {
    if (deadline === this.#deadline) return;
    this.#deadline = deadline;
    clearTimeout(this.#timer);
    if (deadline === Infinity) return;
    const delay = Math.min(Math.max(deadline - nowMillis, 0), timeoutMillisMax);
    this.#timer = setTimeout(() => {
      this.#deadline = Infinity;
      this.#ring();
    }, delay);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  stop(): void {
    this.set(Infinity, 0);
  }
}
