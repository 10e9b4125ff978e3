/**
 * The mirror: the newest value of every entry this page uses, as a JavaScript value. Reads end
 * here and never enter the core.
 *
 * A value keeps its reference until it really changes. Listeners run after the change is
 * complete, over the list as it was then; what they write is told in the next round, so every
 * listener hears changes in order. One that throws is reported and harms nobody.
 */
import type { Plane } from './definition.js';
import { DanjiError } from './errors.js';
import { Author, Metadata, type EntryFacts } from './metadata.js';
import type { WaitingOps } from './receipts.js';
import type { Registration } from './registry.js';
import type { StagedOp, WriteOptions } from './staged-op.js';
import type { ConflictTicket, Overwritten } from './strategy-types.js';
import type { StateChange, StateMetadata, StateReading } from './types.js';

/** A space as the page sees it. */
export interface SpaceView {
  readonly id: number;
  readonly address: string;
  readonly session: string;
  readonly waiting: WaitingOps;
  /** Who decides it: this tab, the leading tab, or a server. */
  readonly plane: Plane;
  epoch: string;
}

export interface CellListener {
  readonly call: (value: unknown, meta: StateMetadata) => void;
  readonly wantsMeta: boolean;
  isActive: boolean;
}

/** Hears of every entry. */
export interface Observer {
  readonly call: (changes: readonly StateChange[]) => void;
  readonly wantsMeta: boolean;
}

/** One entry: a key in a space. */
export class Cell implements EntryFacts {
  readonly registration: Registration;
  readonly space: SpaceView;
  readonly slot: number;
  /** last_write_wins: a write is what readers see. */
  readonly isPlain: boolean;
  /** What readers see; the default while nothing is set. */
  value: unknown;
  isSet = false;
  index = 0;
  millis = 0;
  pending = 0;
  author: number = Author.nobody;
  unit = 0;
  error: DanjiError | null = null;
  /** The schema version whose form the value has. */
  standing = '';
  /** Why a value could not be brought into the form of a higher one. */
  fault: { readonly value: unknown; readonly error: DanjiError } | null = null;
  /** Values that wait for somebody to choose. */
  conflict: ConflictTicket | null = null;
  /** What the last write wrote over unseen. */
  overwritten: Overwritten | null = null;
  /** The index of that write; 0 while it is not known yet, -1 while there was none. */
  overwrittenAt = -1;
  /** The core has no text of this value yet. */
  isDeferred = false;
  /** In the order in which they came. So many have left, and may stay in it for a while. */
  listeners: CellListener[] = [];
  left = 0;
  reading: StateReading<unknown> | null = null;
  /** 0: nothing to tell. 1: metadata. 2: the value. */
  news = 0;
  /** The op of the open batch that writes it, and with what; `undefined`: unset. */
  stagedBy: StagedOp | null = null;
  staged: unknown = undefined;
  stagedWith: WriteOptions | undefined = undefined;
  stagedReading: StateReading<unknown> | null = null;

  constructor(registration: Registration, space: SpaceView, slot: number) {
    this.registration = registration;
    this.space = space;
    this.slot = slot;
    this.value = registration.defaultValue;
    const { conflictResolution = 'last_write_wins' } = registration.definition;
    this.isPlain = conflictResolution === 'last_write_wins';
  }

  get isRemote(): boolean {
    return this.space.plane === 'server';
  }

  get key(): string {
    return this.registration.key;
  }

  /** What the writer of an open batch sees. */
  get latest(): unknown {
    if (this.stagedBy === null) return this.value;
    return this.staged === undefined ? this.registration.defaultValue : this.staged;
  }
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
  #queue: Cell[] = [];
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
    if (cell.news === 0) this.#queue.push(cell);
    cell.news = 2;
  }

  /** Metadata changed. */
  touch(cell: Cell): void {
    cell.reading = null;
    if (cell.news > 0) return;
    cell.news = 1;
    this.#queue.push(cell);
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
    while (this.#queue.length > 0) {
      const cells = this.#queue;
      this.#queue = [];
      const told: Told[] = [];
      for (const cell of cells) this.#tellCell(cell, told);
      if (told.length > 0) this.#tellObservers(told);
    }
    this.#isTelling = false;
  }

  #tellCell(cell: Cell, told: Told[]): void {
    const isValue = cell.news === 2;
    cell.news = 0;
    const { listeners } = cell;
    if (listeners.length === 0 && this.#observers.length === 0) return;
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
    if (this.#observers.length === 0) return;
    told.push({ isValue, change: { key: cell.key, space: cell.space.address, value, meta } });
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
