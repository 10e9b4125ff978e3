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
import { Bridge, Waits } from './bridge.js';
import { Conflicts, type Submit } from './conflicts.js';
import { DeadLetters } from './dead-letters.js';
import { Deferred } from './deferred.js';
import { isLasting, type Place } from './definition.js';
import { DanjiError } from './errors.js';
import { EventBus } from './events.js';
import { drainInto } from './drain.js';
import { Holds } from './holds.js';
import { hexOf, randomIdentity, systemClock, type EngineLoader } from './load.js';
import { Migrator } from './migrator.js';
import type { Cell, SpaceView } from './cell.js';
import { Mirror } from './mirror.js';
import { Outbox } from './outbox.js';
import { Places } from './places.js';
import { Registry, type Registration } from './registry.js';
import { Rooms } from './rooms.js';
import { Saves } from './saves.js';
import { Undo } from './undo.js';
import { Writer } from './writer.js';

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
  /** Who hears what the glue of other tabs says, by name (js/src/tab-words.ts). */
  readonly tabWords = new Map<string, (words: unknown) => void>();
  readonly outbox = new Outbox(this);
  readonly rooms = new Rooms(this);
  readonly undo = new Undo(this);
  readonly writer = new Writer(this);
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
  /** The core has stopped: there is nothing to carry to it any more. */
  onStopped: (error: DanjiError) => void = () => {};
  isClosed = false;

  readonly clock: () => number;
  readonly #onError: (error: DanjiError) => void;
  readonly deferred = new Deferred();
  readonly #nextBatch = new Batch();
  /** While it is open. */
  #batch: Batch | null = null;
  #now = 0;
  #isTaskOpen = false;

  constructor(loader: EngineLoader, options: StoreOptions = {}) {
    this.kind = loader.kind;
    this.clock = options.clock ?? systemClock;
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
    const submit: Submit = (cell, batch, value) => this.writer.submit(cell, batch, value);
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
    if (isLasting(registration.definition)) this.onLasting();
    this.onOpened(cell);
    return cell;
  }

  /** An entry that lasts is used for the first time. */
  onLasting: () => void = () => {};
  /** An entry is used for the first time. */
  onOpened: (cell: Cell) => void = () => {};

  readonly unit = (name: string): number => this.places.unit(name);
  readonly unitName = (unit: number): string => this.places.unitName(unit);

  // ---- Reads

  read(cell: Cell): unknown {
    return cell.latest;
  }

  // ---- Writes

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

  /** Takes what is written while it is open. */
  get openBatch(): Batch | null {
    return this.#batch;
  }

  #commit(batch: Batch): void {
    this.beginTask();
    batch.commit(this.bridge, this.spaces);
    if (!batch.resets) this.undo.noteBatch(batch.cells);
    for (const cell of batch.cells) {
      const { stagedBy, staged, latest } = cell;
      if (stagedBy !== null) this.writer.note(cell, stagedBy.unit, stagedBy.index);
      if (stagedBy?.isHidden === true) continue;
      this.mirror.assign(cell, latest, staged !== undefined);
    }
  }

  // ---- After every call into the core

  /** The time is read once per task; what the task made for others leaves at its end. */
  beginTask(): void {
    if (this.#openTask()) queueMicrotask(() => this.endTask());
  }

  /** Whether it was not open before. */
  #openTask(): boolean {
    if (this.#isTaskOpen) return false;
    this.#now = this.clock(); // First: should it throw, no task was begun.
    this.#isTaskOpen = true;
    this.bridge.setClock(this.#now);
    return true;
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
    const hasNews = (this.bridge.waits & Waits.changes) !== 0;
    if (!this.isOver && hasNews) this.guardStop(() => this.settle());
  }

  /** The server is told after the other tabs. */
  onTaskEnd: () => void = () => {};

  /** A call into the core from outside: with the time, all texts, and everything told after it. */
  enter(call: () => void): void {
    if (this.isOver) return;
    const isOpened = this.#openTask();
    try {
      this.guardStop(() => {
        this.fillDeferred();
        call();
        this.settle();
      });
    } finally {
      // Behind what listeners wait for: what they write in answer leaves in the same frame.
      if (isOpened) queueMicrotask(() => this.endTask());
    }
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
    this.deferred.fill(this.bridge);
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
    this.outbox.end(error);
    for (const space of this.spaces) space?.waiting.failAll(error);
    // Whoever listens may close the manager: not in the middle of a call.
    queueMicrotask(() => this.report(error));
  }

  close(): void {
    this.isClosed = true;
    const error = new DanjiError('CLOSED', 'the manager was closed before this write was decided');
    this.holds.end(error);
    this.saves.end(error);
    this.outbox.end(error);
    for (const space of this.spaces) space?.waiting.failAll(error);
  }
}
