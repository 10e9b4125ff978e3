/**
 * The mirror: the newest value of every entry this page uses, as a JavaScript value. Reads end
 * here and never enter the core.
 *
 * A value keeps its reference until it really changes. Listeners run after the change is
 * complete, over the list as it was then; what they write is told in the next round, so every
 * listener hears changes in order. One that throws is reported and harms nobody.
 */
import type { Cell, CellListener } from './cell.js';
import { DanjiError } from './errors.js';
import { Metadata } from './metadata.js';
import type { StateChange, StateMetadata, StateReading } from './types.js';

/** Hears of every entry. */
export interface Observer {
  readonly call: (changes: readonly StateChange[]) => void;
  readonly wantsMeta: boolean;
}

/** One cell's part in a round. */
interface Told {
  /** Otherwise only the metadata changed. */
  readonly isValue: boolean;
  readonly change: StateChange;
}

export class Mirror {
  readonly #report: (error: DanjiError) => void;
  readonly #unitName: (unit: number) => string;
  /**
   * What has news, so many, and the list of the round before: they take turns. What is left behind
   * in them keeps nothing that the page would not have anyway, and emptying costs making anew.
   */
  #queue: Cell[] = [];
  #queued = 0;
  #other: Cell[] = [];
  #isTelling = false;
  #observers: readonly Observer[] = [];
  /** Until this tab knows who decides shared spaces. */
  isLoading = false;

  constructor(unitName: (unit: number) => string, report: (error: DanjiError) => void) {
    this.#unitName = unitName;
    this.#report = report;
  }

  /** `error`: of one unit, where it is not everybody's. */
  meta(cell: Cell, error: DanjiError | null = cell.error): StateMetadata {
    const { plane, epoch } = cell.space;
    // What lives at a server has an epoch once anything was heard of it.
    const isLoading = plane === 'server' ? epoch === '' : this.isLoading && plane === 'device';
    return new Metadata(cell, epoch, isLoading, this.#unitName, error);
  }

  read(cell: Cell): StateReading<unknown> {
    cell.reading ??= { value: cell.value, meta: this.meta(cell) };
    return cell.reading;
  }

  /** With what the open batch staged; the metadata are those of what is committed. */
  readLatest(cell: Cell): StateReading<unknown> {
    const reading = this.read(cell);
    const { latest, stagedReading: last } = cell;
    if (Object.is(latest, reading.value)) return reading;
    if (last !== null && last.meta === reading.meta && Object.is(last.value, latest)) return last;
    return (cell.stagedReading = { value: latest, meta: reading.meta });
  }

  /** Takes a new value. Whoever listens is told by `tell`. */
  assign(cell: Cell, value: unknown, isSet: boolean): void {
    cell.isSet = isSet;
    cell.reading = null;
    if (Object.is(cell.value, value)) return this.touch(cell);
    cell.value = value;
    if (cell.news === 0) this.#queue[this.#queued++] = cell;
    cell.news = 2;
  }

  /** Metadata changed. */
  touch(cell: Cell): void {
    cell.reading = null;
    if (cell.news > 0) return;
    cell.news = 1;
    this.#queue[this.#queued++] = cell;
  }

  /** What units make of the value may be something else now. */
  renew(cell: Cell): void {
    this.touch(cell);
    cell.news = 2;
  }

  listen(cell: Cell, listener: CellListener): () => void {
    cell.listeners.push(listener);
    return () => {
      if (!listener.isActive) return;
      listener.isActive = false;
      cell.left++;
      // Of many, only when half have left: so leaving costs the same, however many there are.
      if (cell.listeners.length > 32 && cell.left * 2 < cell.listeners.length) return;
      cell.listeners = cell.listeners.filter(({ isActive }) => isActive);
      cell.left = 0;
    };
  }

  observe(observer: Observer): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  /** Runs the listeners of everything that changed. Inside a listener: later, in the same call. */
  tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#queued > 0) {
      const cells = this.#queue;
      const count = this.#queued;
      this.#queue = this.#other;
      this.#queued = 0;
      this.#other = cells;
      let told: Told[] | null = null;
      for (let i = 0; i < count; i++) told = this.#tellCell(cells[i] as Cell, told);
      if (told !== null) this.#tellObservers(told);
    }
    this.#isTelling = false;
  }

  /** Gives what observers are to be told of this round. */
  #tellCell(cell: Cell, told: Told[] | null): Told[] | null {
    const isValue = cell.news === 2;
    cell.news = 0;
    const { listeners } = cell;
    if (listeners.length === 0 && this.#observers.length === 0) return told;
    // Taken once: what a listener writes is for the next round. Nothing keeps it for readers.
    const { value, reading } = cell;
    const meta = reading === null ? this.meta(cell) : reading.meta;
    let due = listeners.length;
    for (const listener of listeners) {
      if (due-- === 0) break; // Who came meanwhile hears the next one.
      if (!listener.isActive || (!isValue && !listener.wantsMeta)) continue;
      try {
        listener.call(value, meta);
      } catch (cause) {
        this.#failed(cell.key, cause);
      }
    }
    if (this.#observers.length === 0) return told;
    const change = { key: cell.key, space: cell.space.address, value, meta };
    const all = told ?? [];
    all.push({ isValue, change });
    return all;
  }

  #tellObservers(told: readonly Told[]): void {
    for (const { call, wantsMeta } of this.#observers) {
      const changes: StateChange[] = [];
      for (const { isValue, change } of told) {
        if (isValue || wantsMeta) changes.push(change);
      }
      if (changes.length > 0) this.guard(undefined, () => call(changes));
    }
  }

  /** Runs somebody's code; what it throws is reported. */
  guard(key: string | undefined, call: () => void): void {
    try {
      call();
    } catch (cause) {
      this.#failed(key, cause);
    }
  }

  #failed(key: string | undefined, cause: unknown): void {
    this.#report(new DanjiError('LISTENER_FAILED', 'a listener threw', { key, cause }));
  }
}
