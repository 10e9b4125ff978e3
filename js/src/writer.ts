/**
 * The writer: the way of one write through checks, strategy and core into the mirror.
 *
 * What is wrong with a call is thrown before anything changes; that somebody else was first is
 * an answer, and rejects the promise.
 */
import type { ByteWriter } from './bytes.js';
import { Kind, needsText } from './bridge.js';
import { checkValue } from './check.js';
import { resolved, untilFirst } from './custom.js';
import { isLasting } from './definition.js';
import { DanjiError, errorCodes, refusals, type ErrorCode } from './errors.js';
import { Author } from './metadata.js';
import type { Cell } from './cell.js';
import { heard, Receipt } from './receipts.js';
import type { WriteOptions } from './staged-op.js';
import type { Store } from './store.js';
import type { CommitReceipt, SetStateOptions } from './types.js';
import { editOf } from './undo.js';

export class Writer {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  set(cell: Cell, unit: number, input: unknown, options?: SetStateOptions): Promise<CommitReceipt> {
    if (options?.wait === 'persisted' || options?.durability !== undefined) {
      const acked = { ...options, wait: 'acked', durability: undefined } as const;
      return this.#saved(cell, options, () => this.set(cell, unit, input, acked));
    }
    this.#store.checkOpen();
    let value = typeof input === 'function' ? this.#updated(cell, input as Updater) : input;
    if (value === 0) value = 0; // There is one zero.
    if (cell.error !== null) throw cell.error;
    if (cell.custom !== null) return this.#setResolved(cell, unit, value, options);
    return this.#set(cell, unit, value, options);
  }

  /** A value as it is, inside a batch: no strategy of the application is asked. */
  stage(
    cell: Cell,
    unit: number,
    value: unknown,
    options?: WriteOptions,
  ): Promise<CommitReceipt> {
    if (cell.error !== null) throw cell.error;
    const batch = this.#store.openBatch;
    if (batch === null) throw new DanjiError('BUSY', 'nothing is staged outside a batch');
    const checked = value === undefined ? value : this.#checked(cell, value);
    return batch.stage(cell, unit, checked, options);
  }

  /** What a write of this would write: made by updater and strategy, and checked. */
  made(cell: Cell, unit: number, input: unknown): unknown {
    this.#store.checkOpen();
    if (cell.error !== null) throw cell.error;
    const value = typeof input === 'function' ? this.#updated(cell, input as Updater) : input;
    return this.#resolved(cell, unit, this.#checked(cell, value === 0 ? 0 : value));
  }

  #set(
    cell: Cell,
    unit: number,
    value: unknown,
    options: SetStateOptions | undefined,
  ): Promise<CommitReceipt> {
    const batch = this.#store.openBatch;
    if (batch !== null) return batch.stage(cell, unit, this.#checked(cell, value), options);
    if (options !== undefined && isConditional(options)) {
      return this.#setInBatch(cell, unit, value, options);
    }
    this.#store.beginTask();
    const code = this.#write(cell, unit, value);
    if (code !== 0) return this.#refused(code, cell, unit, value);
    return this.#wrote(cell, unit, value, true, options);
  }

  unset(cell: Cell, unit: number, options?: SetStateOptions): Promise<CommitReceipt> {
    if (options?.wait === 'persisted' || options?.durability !== undefined) {
      const acked = { ...options, wait: 'acked', durability: undefined } as const;
      return this.#saved(cell, options, () => this.unset(cell, unit, acked));
    }
    this.#store.checkOpen();
    if (cell.error !== null) throw cell.error;
    const batch = this.#store.openBatch;
    if (batch !== null) return batch.stage(cell, unit, undefined, options);
    if (options !== undefined && isConditional(options)) {
      return this.#setInBatch(cell, unit, undefined, options);
    }
    this.#store.beginTask();
    const code = this.#store.bridge.set(cell.slot, unit, Kind.unset);
    if (code !== 0) return this.#refused(code, cell, unit, undefined);
    return this.#wrote(cell, unit, cell.registration.defaultValue, false, options);
  }

  /** A write whose promise waits for the disk. */
  #saved(
    cell: Cell,
    { wait, durability = 'relaxed' }: SetStateOptions,
    write: () => Promise<CommitReceipt>,
  ): Promise<CommitReceipt> {
    const isKnown = durability === 'relaxed' || durability === 'strict';
    if (!isKnown || wait !== 'persisted') {
      const detail = "durability is relaxed or strict, of a write with { wait: 'persisted' }";
      throw new DanjiError('INVALID_VALUE', detail, { key: cell.key });
    }
    if (!isLasting(cell.registration.definition)) {
      const detail = 'only what has the lifetime persistent is ever on the disk';
      throw new DanjiError('INVALID_VALUE', detail, { key: cell.key });
    }
    return this.#store.saves.after(cell.space, write(), durability === 'strict');
  }

  /** Makes what the application's strategy says, again while others are faster. */
  #setResolved(
    cell: Cell,
    unit: number,
    value: unknown,
    options: SetStateOptions | undefined,
  ): Promise<CommitReceipt> {
    const attempt = (): Promise<CommitReceipt> => {
      this.#store.checkOpen();
      return this.#set(cell, unit, this.#resolved(cell, unit, value), options);
    };
    const first = attempt();
    const isOneTry = options?.wait === 'local' || options?.ifVersion !== undefined;
    if (this.#store.openBatch !== null || isOneTry) return first;
    return heard(untilFirst(first, attempt), this.#store.report);
  }

  #resolved(cell: Cell, unit: number, value: unknown): unknown {
    const { custom } = cell;
    if (custom === null) return value;
    const { unitName, now: millis } = this.#store;
    const by = { unitId: unitName(unit), updatedBy: unitName(cell.unit), millis };
    return resolved(cell, custom, this.#checked(cell, value), by);
  }

  /** A batch of one, since the hot calls carry no conditions. */
  #setInBatch(
    cell: Cell,
    unit: number,
    value: unknown,
    options: SetStateOptions,
  ): Promise<CommitReceipt> {
    if (value !== undefined) this.#checked(cell, value);
    const store = this.#store;
    let receipt: Promise<CommitReceipt> | undefined;
    try {
      store.batch(() => (receipt = store.openBatch?.stage(cell, unit, value, options)));
    } catch (error) {
      if (!(error instanceof DanjiError)) throw error;
      return this.#reject(error, cell, unit, value);
    }
    const stale = new DanjiError('STALE', refusals.STALE ?? '', { key: cell.key });
    return receipt ?? cell.space.waiting.refuse(stale);
  }

  /** A batch that was made elsewhere, of one write. */
  submit(cell: Cell, batch: ByteWriter, value: unknown): Promise<CommitReceipt> {
    const store = this.#store;
    store.checkOpen();
    if (cell.error !== null) throw cell.error;
    store.beginTask();
    const ops = store.bridge.commit(batch);
    ops.varint();
    ops.varint();
    const sequence = ops.varint();
    const index = ops.varint();
    const receipt = new Receipt(cell.space, sequence, index);
    const promise = index === 0 ? cell.space.waiting.wait(sequence) : Promise.resolve(receipt);
    const isSet = value !== undefined;
    store.mirror.assign(cell, isSet ? value : cell.registration.defaultValue, isSet);
    store.settle();
    return promise;
  }

  #updated(cell: Cell, updater: Updater): unknown {
    try {
      return updater(cell.latest);
    } catch (cause) {
      const detail = 'the updater threw, nothing was written';
      throw new DanjiError('UPDATER_FAILED', detail, { key: cell.key, cause });
    }
  }

  /** The value, checked and frozen; throws what is wrong with it. */
  #checked(cell: Cell, value: unknown): unknown {
    if (!Number.isFinite(value)) checkValue(value, cell.key);
    return value;
  }

  /** The core's code for one write. */
  #write(cell: Cell, unit: number, value: unknown): number {
    const { bridge, deferred } = this.#store;
    if (typeof value === 'number' && Number.isFinite(value)) {
      return bridge.setNumber(cell.slot, unit, value);
    }
    this.#checked(cell, value);
    if (value === null) return bridge.set(cell.slot, unit, Kind.null);
    if (typeof value === 'boolean') {
      return bridge.set(cell.slot, unit, value ? Kind.true : Kind.false);
    }
    const code = bridge.set(cell.slot, unit, Kind.deferred);
    if (code === needsText) {
      return bridge.set(cell.slot, unit, Kind.text, JSON.stringify(value));
    }
    if (code === 0) deferred.add(cell);
    return code;
  }

  /** What was wrong with the call is thrown; that somebody else was first is an answer. */
  #refused(code: number, cell: Cell, unit: number, value: unknown): Promise<CommitReceipt> {
    const name: ErrorCode = errorCodes[code] ?? 'PROTOCOL';
    if (name === 'VALIDATION') throw this.#store.bridge.error(code, cell.key);
    const detail = refusals[name] ?? 'refused by the core';
    return this.#reject(new DanjiError(name, detail, { key: cell.key }), cell, unit, value);
  }

  #reject(error: DanjiError, cell: Cell, unit: number, value: unknown): Promise<CommitReceipt> {
    if (!isDecision(error.code)) throw error;
    const kind = value === undefined ? 'unset' : 'set';
    const writes = [{ key: cell.key, kind, value } as const];
    this.#store.deadLetters.note(error, { opId: null, unit, writes });
    return cell.space.waiting.refuse(error);
  }

  /** The metadata of a write that was decided in its call. */
  note(cell: Cell, unit: number, index: number): void {
    // Under other strategies a write may change nothing: the core tells.
    if (index === 0 || !cell.isPlain) return;
    cell.overwritten = null;
    cell.index = index;
    cell.millis = this.#store.now;
    cell.author = Author.thisTab;
    cell.unit = unit;
  }

  #wrote(
    cell: Cell,
    unit: number,
    value: unknown,
    isSet: boolean,
    options: SetStateOptions | undefined,
  ): Promise<CommitReceipt> {
    const { bridge, mirror, undo } = this.#store;
    const { index, sequence } = bridge;
    if (cell.keepsHistory) {
      undo.note(unit, [editOf(cell, isSet ? value : undefined, sequence)]);
    }
    this.note(cell, unit, index);
    mirror.assign(cell, value, isSet);
    const receipt = new Receipt(cell.space, sequence, index);
    let promise: Promise<CommitReceipt> | undefined;
    if (index === 0) promise = cell.space.waiting.wait(sequence);
    if (bridge.waits === 0) mirror.tell();
    else this.#store.settle();
    return promise === undefined || options?.wait === 'local' ? Promise.resolve(receipt) : promise;
  }
}

/** Whether a code says what was decided, not what was wrong with the call. */
function isDecision(code: ErrorCode): boolean {
  return code === 'CONFLICT' || code === 'STALE';
}

/** Whether a write asks for more than the hot calls carry. */
function isConditional({ ifVersion, optimistic }: SetStateOptions): boolean {
  return ifVersion !== undefined || optimistic === false;
}

type Updater = (previous: unknown) => unknown;
