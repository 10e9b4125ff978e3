/**
 * The store: one core with its mirror, and the way of a write through both.
 *
 *   check → core → mirror → drain → listeners → (end of the task) frames to other tabs
 *
 * A page has one store per namespace, shared by every copy of the package on it; units and
 * managers are views of it. Reads end in the mirror. A value is frozen when it is set, so its
 * text can be made later, and only if somebody asks: another tab, a snapshot.
 */
import { Batch } from './batch.js';
import type { ByteWriter } from './bytes.js';
import { Bridge, Kind, needsText, Waits } from './bridge.js';
import { checkValue } from './check.js';
import { Conflicts, type Submit } from './conflicts.js';
import { resolved, untilFirst } from './custom.js';
import { DeadLetters } from './dead-letters.js';
import { Deferred } from './deferred.js';
import { isLasting, type Place } from './definition.js';
import { DanjiError, errorCodes, refusals, type ErrorCode } from './errors.js';
import { EventBus } from './events.js';
import { drainInto } from './drain.js';
import { Holds } from './holds.js';
import { hexOf, randomIdentity, systemClock, type EngineLoader } from './load.js';
import { Author } from './metadata.js';
import { Migrator } from './migrator.js';
import { Mirror, type Cell, type SpaceView } from './mirror.js';
import { Places } from './places.js';
import { heard, Receipt } from './receipts.js';
import { Registry, type Registration } from './registry.js';
import { Saves } from './saves.js';
import type { WriteOptions } from './staged-op.js';
import type { CommitReceipt, SetStateOptions } from './types.js';
import { editOf, Undo } from './undo.js';

/** The author of a person's answer to a conflict. */
const personUnit = 'person';

export interface StoreOptions {
  readonly clock?: (() => number) | undefined;
  readonly onError?: ((error: DanjiError) => void) | undefined;
  /** What is shared lives at a server. */
  readonly hasServer?: boolean | undefined;
  /** A test's wish: the core remembers every record it folds. */
  readonly keepsJournal?: boolean | undefined;
}

export class Store {
  readonly kind: EngineLoader['kind'];
  readonly bridge: Bridge;
  readonly mirror: Mirror;
  readonly registry: Registry;
  readonly bus = new EventBus();
  readonly conflicts: Conflicts;
  readonly migrator: Migrator;
  readonly deadLetters: DeadLetters;
  readonly holds = new Holds(this);
  readonly undo = new Undo(this);
  readonly saves = new Saves((call) => this.mirror.guard(undefined, call));
  /** 16 bytes and their 32 hex digits: who this tab is. */
  readonly sessionBytes: Uint8Array;
  readonly session: string;
  readonly places: Places;
  readonly spaces: readonly SpaceView[];
  readonly cells: readonly Cell[];
  /** Called at the end of a task in which frames were made, and when the core wants something. */
  onFrames: (frames: readonly Uint8Array[]) => void = () => {};
  onWishes: () => void = () => {};
  /** At the end of a task in which the core may want something of the disk, and if asked to. */
  onStorage: () => void = () => {};
  mustAskStorage: () => boolean = () => false;
  onTabs: () => void = () => {};
  /** Whether an event of another tab was one of ours, not of the application. */
  onTabEvent: (name: string, data: unknown) => boolean = () => false;
  /** The core has stopped: there is nothing to carry to it any more. */
  onStopped: (error: DanjiError) => void = () => {};
  isClosed = false;

  readonly #clock: () => number;
  readonly #onError: (error: DanjiError) => void;
  readonly #deferred = new Deferred();
  readonly #nextBatch = new Batch();
  /** While it is open. */
  #batch: Batch | null = null;
  #now = 0;
  #isTaskOpen = false;

  constructor(loader: EngineLoader, options: StoreOptions = {}) {
    this.kind = loader.kind;
    this.#clock = options.clock ?? systemClock;
    this.#onError = options.onError ?? ((error) => console.error(error));
    const identity = randomIdentity();
    this.sessionBytes = identity.subarray(0, 16);
    this.session = hexOf(this.sessionBytes);
    this.bridge = new Bridge(loader.load(), identity, options.keepsJournal ?? false);
    this.bridge.onStopped = (error) => this.#stopped(error);
    this.places = new Places(this.bridge, this.session, this.report);
    this.spaces = this.places.spaces;
    this.cells = this.places.cells;
    this.mirror = new Mirror((unit) => this.unitName(unit), this.report);
    this.registry = new Registry(this.bridge, this.report, options.hasServer ?? false);
    this.deadLetters = new DeadLetters(
      () => this.#now,
      this.unitName,
      (call) => this.mirror.guard(undefined, call),
    );
    const submit: Submit = (cell, batch, value) => this.#submit(cell, batch, value);
    this.migrator = new Migrator(this, submit);
    const person = (): number => this.unit(personUnit);
    this.conflicts = new Conflicts(submit, person, (call) => this.mirror.guard(undefined, call));
  }

  /** Tells what nobody awaited. What the listener itself throws goes to the console. */
  readonly report = (error: DanjiError): void => {
    this.deadLetters.keep(error);
    try {
      this.#onError(error);
    } catch (second) {
      console.error(error, second);
    }
  };

  // ---- Places

  /** The entry that a unit at `place` means by a key. */
  cell(registration: Registration, place: Place): Cell {
    this.checkOpen();
    return this.places.find(registration, place) ?? this.#openCell(registration, place);
  }

  #openCell(registration: Registration, place: Place): Cell {
    this.beginTask();
    const cell = this.places.open(registration, place);
    this.settle();
    return cell;
  }

  readonly unit = (name: string): number => this.places.unit(name);
  readonly unitName = (unit: number): string => this.places.unitName(unit);

  // ---- Reads

  read(cell: Cell): unknown {
    return cell.latest;
  }

  // ---- Writes

  set(cell: Cell, unit: number, input: unknown, options?: SetStateOptions): Promise<CommitReceipt> {
    if (options?.wait === 'persisted') {
      return this.#saved(cell, () => this.set(cell, unit, input, { ...options, wait: 'acked' }));
    }
    this.checkOpen();
    let value = typeof input === 'function' ? this.#updated(cell, input as Updater) : input;
    if (value === 0) value = 0; // There is one zero.
    if (cell.error !== null) throw cell.error;
    if (cell.registration.custom !== null) return this.#setResolved(cell, unit, value, options);
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
    if (this.#batch === null) throw new DanjiError('BUSY', 'nothing is staged outside a batch');
    const checked = value === undefined ? value : this.#checked(cell, value);
    return this.#batch.stage(cell, unit, checked, options);
  }

  /** What a write of this would write: made by updater and strategy, and checked. */
  made(cell: Cell, unit: number, input: unknown): unknown {
    this.checkOpen();
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
    if (this.#batch !== null) {
      return this.#batch.stage(cell, unit, this.#checked(cell, value), options);
    }
    if (options !== undefined && isConditional(options)) {
      return this.#setInBatch(cell, unit, value, options);
    }
    this.beginTask();
    const code = this.#write(cell, unit, value);
    if (code !== 0) return this.#refused(code, cell, unit, value);
    return this.#wrote(cell, unit, value, true, options);
  }

  unset(cell: Cell, unit: number, options?: SetStateOptions): Promise<CommitReceipt> {
    if (options?.wait === 'persisted') {
      return this.#saved(cell, () => this.unset(cell, unit, { ...options, wait: 'acked' }));
    }
    this.checkOpen();
    if (cell.error !== null) throw cell.error;
    if (this.#batch !== null) return this.#batch.stage(cell, unit, undefined, options);
    if (options !== undefined && isConditional(options)) {
      return this.#setInBatch(cell, unit, undefined, options);
    }
    this.beginTask();
    const code = this.bridge.set(cell.slot, unit, Kind.unset);
    if (code !== 0) return this.#refused(code, cell, unit, undefined);
    return this.#wrote(cell, unit, cell.registration.defaultValue, false, options);
  }

  /** A write whose promise waits for the disk. */
  #saved(cell: Cell, write: () => Promise<CommitReceipt>): Promise<CommitReceipt> {
    if (!isLasting(cell.registration.definition)) {
      const detail = 'only what has the lifetime persistent is ever on the disk';
      throw new DanjiError('INVALID_VALUE', detail, { key: cell.key });
    }
    return this.saves.after(cell.space, write());
  }

  /** Makes what the application's strategy says, again while others are faster. */
  #setResolved(
    cell: Cell,
    unit: number,
    value: unknown,
    options: SetStateOptions | undefined,
  ): Promise<CommitReceipt> {
    const attempt = (): Promise<CommitReceipt> => {
      this.checkOpen();
      return this.#set(cell, unit, this.#resolved(cell, unit, value), options);
    };
    const first = attempt();
    const isOneTry = options?.wait === 'local' || options?.ifVersion !== undefined;
    if (this.#batch !== null || isOneTry) return first;
    return heard(untilFirst(first, attempt), this.report);
  }

  #resolved(cell: Cell, unit: number, value: unknown): unknown {
    const { custom } = cell.registration;
    if (custom === null) return value;
    const names = { unitId: this.unitName(unit), updatedBy: this.unitName(cell.unit) };
    return resolved(cell, custom, this.#checked(cell, value), { ...names, millis: this.#now });
  }

  /** A batch of one, since the hot calls carry no conditions. */
  #setInBatch(
    cell: Cell,
    unit: number,
    value: unknown,
    options: SetStateOptions,
  ): Promise<CommitReceipt> {
    if (value !== undefined) this.#checked(cell, value);
    let receipt: Promise<CommitReceipt> | undefined;
    try {
      this.batch(() => (receipt = this.#batch?.stage(cell, unit, value, options)));
    } catch (error) {
      if (!(error instanceof DanjiError)) throw error;
      return this.#reject(error, cell, unit, value);
    }
    return receipt ?? this.#stale(cell);
  }

  #stale(cell: Cell): Promise<CommitReceipt> {
    const error = new DanjiError('STALE', refusals.STALE ?? '', { key: cell.key });
    return cell.space.waiting.refuse(error);
  }

  /** A batch that was made elsewhere, of one write. */
  #submit(cell: Cell, batch: ByteWriter, value: unknown): Promise<CommitReceipt> {
    this.checkOpen();
    if (cell.error !== null) throw cell.error;
    this.beginTask();
    const ops = this.bridge.commit(batch);
    ops.varint();
    ops.varint();
    const sequence = ops.varint();
    const index = ops.varint();
    const receipt = new Receipt(cell.space, sequence, index);
    const promise = index === 0 ? cell.space.waiting.wait(sequence) : Promise.resolve(receipt);
    const isSet = value !== undefined;
    this.mirror.assign(cell, isSet ? value : cell.registration.defaultValue, isSet);
    this.settle();
    return promise;
  }

  /** Runs `change`; what it writes is committed together, or not at all when it throws. */
  batch<R>(
    change: () => R,
    { check, resets = false }: { check?: (cells: readonly Cell[]) => void; resets?: boolean } = {},
  ): R {
    this.checkOpen();
    if (this.#batch !== null) return this.#batch.within(change);
    const batch = this.#nextBatch;
    this.#batch = batch;
    batch.resets = resets;
    let result: R;
    try {
      result = change();
      check?.(batch.cells);
      if (batch.cells.length === 0) return result;
      this.#commit(batch);
    } catch (error) {
      batch.abandon(error);
      throw error;
    } finally {
      this.#batch = null;
      batch.clear();
    }
    // Only now: listeners may begin a batch of their own.
    this.settle();
    return result;
  }

  get isInBatch(): boolean {
    return this.#batch !== null;
  }

  #commit(batch: Batch): void {
    this.beginTask();
    batch.commit(this.bridge, this.spaces);
    if (!batch.resets) this.undo.noteBatch(batch.cells);
    for (const cell of batch.cells) {
      const { stagedBy, staged, latest } = cell;
      if (stagedBy !== null) this.#note(cell, stagedBy.unit, stagedBy.index);
      if (stagedBy?.isHidden === true) continue;
      this.mirror.assign(cell, latest, staged !== undefined);
    }
  }

  #updated(cell: Cell, updater: Updater): unknown {
    try {
      return updater(this.read(cell));
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
    if (typeof value === 'number' && Number.isFinite(value)) {
      return this.bridge.setNumber(cell.slot, unit, value);
    }
    this.#checked(cell, value);
    if (value === null) return this.bridge.set(cell.slot, unit, Kind.null);
    if (typeof value === 'boolean') {
      return this.bridge.set(cell.slot, unit, value ? Kind.true : Kind.false);
    }
    const code = this.bridge.set(cell.slot, unit, Kind.deferred);
    if (code === needsText) {
      return this.bridge.set(cell.slot, unit, Kind.text, JSON.stringify(value));
    }
    if (code === 0) this.#deferred.add(cell);
    return code;
  }

  /** What was wrong with the call is thrown; that somebody else was first is an answer. */
  #refused(code: number, cell: Cell, unit: number, value: unknown): Promise<CommitReceipt> {
    const name: ErrorCode = errorCodes[code] ?? 'PROTOCOL';
    if (name === 'VALIDATION') throw this.bridge.error(code, cell.key);
    const detail = refusals[name] ?? 'refused by the core';
    return this.#reject(new DanjiError(name, detail, { key: cell.key }), cell, unit, value);
  }

  #reject(error: DanjiError, cell: Cell, unit: number, value: unknown): Promise<CommitReceipt> {
    if (!isDecision(error.code)) throw error;
    const kind = value === undefined ? 'unset' : 'set';
    this.deadLetters.note(error, { opId: null, unit, writes: [{ key: cell.key, kind, value }] });
    return cell.space.waiting.refuse(error);
  }

  #note(cell: Cell, unit: number, index: number): void {
    // Under other strategies a write may change nothing: the core tells.
    if (index === 0 || !cell.isPlain) return;
    cell.overwritten = null;
    cell.index = index;
    cell.millis = this.#now;
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
    const { index, sequence } = this.bridge;
    if (cell.registration.history > 0) {
      this.undo.note(unit, [editOf(cell, isSet ? value : undefined, sequence)]);
    }
    this.#note(cell, unit, index);
    this.mirror.assign(cell, value, isSet);
    const receipt = new Receipt(cell.space, sequence, index);
    let promise: Promise<CommitReceipt> | undefined;
    if (index === 0) promise = cell.space.waiting.wait(sequence);
    if (this.bridge.waits === 0) this.mirror.tell();
    else this.settle();
    return promise === undefined || options?.wait === 'local' ? Promise.resolve(receipt) : promise;
  }

  // ---- After every call into the core

  /** The time is read once per task; what the task made for others leaves at its end. */
  beginTask(): void {
    if (this.#isTaskOpen) return;
    this.#now = this.#clock(); // First: should it throw, no task was begun.
    this.#isTaskOpen = true;
    this.bridge.setClock(this.#now);
    queueMicrotask(() => this.endTask());
  }

  endTask(): void {
    this.#isTaskOpen = false;
    if (this.isOver) return;
    if ((this.bridge.waits & Waits.frames) !== 0) {
      this.guardStop(() => {
        this.fillDeferred();
        this.onFrames(this.bridge.flush());
        this.settle();
      });
    }
    if (!this.isOver && ((this.bridge.waits & Waits.storage) !== 0 || this.mustAskStorage())) {
      this.guardStop(() => {
        this.fillDeferred();
        this.onStorage();
      });
    }
    if (!this.isOver) this.onTaskEnd();
  }

  /** The server is told after the other tabs. */
  onTaskEnd: () => void = () => {};

  /** A call into the core from outside: with the time, all texts, and everything told after it. */
  enter(call: () => void): void {
    if (this.isOver) return;
    this.guardStop(() => {
      this.beginTask();
      this.fillDeferred();
      call();
      this.settle();
    });
  }

  /** Runs what nobody waits for: that the core stopped in it is reported, not thrown. */
  guardStop(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!this.bridge.isStopped) throw error;
    }
  }

  /** Gives the core the texts it does not have yet. Before anything that may look at values. */
  fillDeferred(): void {
    this.#deferred.fill(this.bridge);
  }

  /** Takes what the core has to tell, then tells the listeners. */
  settle(): void {
    if ((this.bridge.waits & Waits.changes) !== 0) drainInto(this, this.bridge.drain());
    if ((this.bridge.waits & Waits.wishes) !== 0) this.onWishes();
    this.onTimer(this.bridge.deadline);
    this.mirror.tell();
  }

  onTimer: (deadline: number) => void = () => {};

  get now(): number {
    return this.#now;
  }

  checkOpen(): void {
    if (this.isClosed) throw new DanjiError('CLOSED', 'this manager was closed');
  }

  /** Nothing is told to the core or asked of it any more. */
  get isOver(): boolean {
    return this.isClosed || this.bridge.isStopped;
  }

  #stopped(error: DanjiError): void {
    this.onStopped(error);
    this.holds.end(error);
    this.saves.end(error);
    for (const space of this.spaces) space?.waiting.failAll(error);
    // Whoever listens may close the manager: not in the middle of a call.
    queueMicrotask(() => this.report(error));
  }

  close(): void {
    this.isClosed = true;
    const error = new DanjiError('CLOSED', 'the manager was closed before this write was decided');
    this.holds.end(error);
    this.saves.end(error);
    for (const space of this.spaces) space?.waiting.failAll(error);
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
