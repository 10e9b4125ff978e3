/**
 * Saves: what is on the device's disk by now, and who waits for it; `manager.storage`.
 */
import { DanjiError, errorCodes, type ErrorCode } from './errors.js';
import type { SpaceView } from './cell.js';
import { Receipt } from './receipts.js';
import type { StorageStatus, StorageView } from './storage-types.js';
import type { CommitReceipt, Unsubscribe } from './types.js';

/** A write that was decided, or one that lies in the outbox of its space. */
interface Waiter {
  readonly space: SpaceView;
  /** Of the record, or 0 while it is undecided. */
  index: number;
  /** Of an op that goes on being undecided once it is on the disk. */
  sequence: number;
  readonly resolve: () => void;
  readonly reject: (error: DanjiError) => void;
}

export class Saves implements StorageView {
  /** There is a disk at all. */
  isOn = false;
  readonly #guard: (call: () => void) => void;
  readonly #indexes = new Map<SpaceView, { epoch: string; index: number }>();
  #waiters: Waiter[] = [];
  #problem: ErrorCode | null = null;
  #listeners: readonly (() => void)[] = [];

  constructor(guard: (call: () => void) => void) {
    this.#guard = guard;
  }

  // ---- For the application

  get problem(): ErrorCode | null {
    return this.#problem;
  }

  status(): StorageStatus {
    if (!this.isOn) return 'memory';
    return this.#problem === null ? 'on' : 'failing';
  }

  subscribe(listener: () => void): Unsubscribe {
    const own = (): void => listener();
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  // ---- For those who write

  /** Resolves when a write is on the disk: what was decided, or its own op, if that has a row. */
  after(
    space: SpaceView,
    decided: Promise<CommitReceipt>,
    isStrict = false,
  ): Promise<CommitReceipt> {
    const stored = this.#stored(space, decided);
    return isStrict ? stored.then((receipt) => this.flush().then(() => receipt)) : stored;
  }

  /** Resolves when all that is on the disk would survive a power failure. */
  flush: () => Promise<void> = () => Promise.reject(problemError('STORAGE', 'there is no disk'));

  #stored(space: SpaceView, decided: Promise<CommitReceipt>): Promise<CommitReceipt> {
    const sequence = space.plane === 'server' ? space.waiting.sequenceOf(decided) : 0;
    const isDecidedFirst = decided.then((receipt) =>
      this.#wait(space, receipt.version?.index ?? 0, 0).then(() => persisted(receipt)),
    );
    if (sequence === 0) return isDecidedFirst;
    const undecided = new Receipt(space, sequence, 0);
    const isStoredFirst = this.#wait(space, 0, sequence).then(() => persisted(undecided));
    return Promise.race([isDecidedFirst, isStoredFirst]);
  }

  #wait(space: SpaceView, index: number, sequence: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.isOn) return reject(problemError('STORAGE', 'this manager has no storage'));
      if (this.#problem !== null) return reject(problemError(this.#problem));
      const saved = this.#indexes.get(space);
      const isSaved = saved?.epoch === space.epoch && saved.index >= index;
      if (isSaved && sequence === 0) return resolve();
      this.#waiters.push({ space, index, sequence, resolve, reject });
    });
  }

  // ---- What the core tells

  /** Of a space, everything up to this index is on the disk. */
  savedUpTo(space: SpaceView, index: number): void {
    this.#indexes.set(space, { epoch: space.epoch, index });
    this.#settle((waiter) =>
      waiter.space === space && waiter.sequence === 0 && waiter.index <= index,
    );
  }

  savedOp(space: SpaceView, sequence: number): void {
    this.#settle((waiter) => waiter.space === space && waiter.sequence === sequence);
  }

  renumbered(space: SpaceView, before: number, now: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.space === space && waiter.sequence === before) waiter.sequence = now;
    }
  }

  /** The log begins anew, with all that was decided: the next that is told of it has that. */
  beganAnew(space: SpaceView): void {
    this.#indexes.delete(space);
    for (const waiter of this.#waiters) if (waiter.space === space) waiter.index = 0;
  }

  /** How the disk fares, by the number of a code. */
  fares(code: number): void {
    const name = errorCodes[code] ?? 'STORAGE';
    this.#problem = code === 0 ? null : name;
    if (this.#problem !== null) this.end(problemError(this.#problem));
    for (const listener of this.#listeners) this.#guard(listener);
  }

  end(error: DanjiError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #settle(isSaved: (waiter: Waiter) => boolean): void {
    const waiting: Waiter[] = [];
    const saved: Waiter[] = [];
    for (const waiter of this.#waiters) (isSaved(waiter) ? saved : waiting).push(waiter);
    this.#waiters = waiting;
    for (const waiter of saved) waiter.resolve();
  }
}

function persisted(receipt: CommitReceipt): CommitReceipt {
  return receipt instanceof Receipt ? receipt.persisted() : receipt;
}

function problemError(code: ErrorCode, detail = 'the disk does not take it; memory has it') {
  return new DanjiError(code, detail);
}
