/**
 * A unit that a component holds, from its first render until a moment after its unmount.
 *
 * A render may be thrown away, so the hold it takes lets go by itself unless a commit says
 * `keep`. After the unmount it outlasts the cleanups of the component's children, which may
 * still write a last value.
 */
import type { UnitStateStore } from 'danji';

/** Longer than React waits before it commits what it rendered: a minute, for style sheets. */
const abandonedMillis = 120_000;
const lingerMillis = 100;

export class UnitHold {
  readonly #open: () => UnitStateStore;
  #unit: UnitStateStore | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(open: () => UnitStateStore) {
    this.#open = open;
  }

  /** One count of it is taken when it is first looked at: StrictMode makes two holds, uses one. */
  get unit(): UnitStateStore {
    if (this.#unit === null) {
      this.#unit = this.#open();
      this.#letGoAfter(abandonedMillis);
    }
    return this.#unit;
  }

  /** The component is on the page: hold until `release`. */
  keep(): void {
    clearTimeout(this.#timer);
  }

  /** The component is gone, or a newer hold took over. */
  release(): void {
    if (!this.#isOver) this.#letGoAfter(lingerMillis);
  }

  #letGoAfter(millis: number): void {
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#unit?.dispose();
    }, millis);
    unref(this.#timer);
  }
}

/** In Node a timer is an object, and this one must not keep the process alive. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    if (typeof timer.unref === 'function') timer.unref();
  }
}
