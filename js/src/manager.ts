/**
 * The manager: the host page's handle on a page's state. It reaches every living unit.
 */
import type { ConnectionView } from './connection-types.js';
import { defineState, isHandle, type Place } from './definition.js';
import { DanjiError } from './errors.js';
import { historyOf, valueAt } from './history.js';
import type { DeadLettersView, PendingWrites, StateHistory } from './memory-types.js';
import type { Cell } from './cell.js';
import type { OutboxView } from './outbox-types.js';
import type { Page } from './page.js';
import type { UnitOptions } from './permission-types.js';
import { isReadable } from './permissions.js';
import type { RoomsView } from './room-types.js';
import {
  restoreBytes,
  restorePlain,
  selectionOf,
  takeSnapshot,
  takeSnapshotBytes,
  type Selection,
} from './snapshot.js';
import type { StorageView } from './storage-types.js';
import type { ConflictStrategy, ConflictsView } from './strategy-types.js';
import { subscribeTo } from './subscribe.js';
import { inspect } from './tabs/view.js';
import { transact, type Transaction } from './transaction.js';
import {
  StateScope,
  type CommitReceipt,
  type Listener,
  type SetStateOptions,
  type SnapshotFilter,
  type StateChange,
  type StateDefinition,
  type StateHandle,
  type StateKey,
  type StateSnapshot,
  type StateUpdate,
  type SubscribeOptions,
  type TabsView,
  type UnifiedStateManager,
  type UnitStateStore,
  type Unsubscribe,
  type Updated,
  type ValueOf,
  type Version,
} from './types.js';

/** Where the host page itself stands. */
const hostPlace: Place = { unitId: 'main', building: 'main', apartment: 'main' };
/** The author of what the host page restores, and whom permissions mean by it. */
const hostUnit = 'host';
const hostGrants: ReadonlySet<string> = new Set([`unit:${hostUnit}`]);

export class Manager implements UnifiedStateManager {
  readonly namespace: string;
  readonly engine: 'wasm' | 'js';
  readonly #page: Page;
  readonly #ends = new Set<Unsubscribe>();
  #isClosed = false;
  #closing: Promise<void> = Promise.resolve();

  constructor(page: Page) {
    page.retain();
    this.#page = page;
    this.namespace = page.namespace;
    this.engine = page.store.kind;
  }

  get ready(): Promise<void> {
    return this.#page.ready();
  }

  get tabs(): TabsView {
    return this.#page.tabs;
  }

  get connection(): ConnectionView {
    return this.#page.connection;
  }

  get storage(): StorageView {
    return this.#page.store.saves;
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  createUnitStateStore(unitId: string, options: UnitOptions = {}): UnitStateStore {
    this.#checkOpen();
    return this.#page.unit(unitId, options, this);
  }

  registerSharedState<T, K extends string>(
    definition: StateDefinition<T, K>,
  ): StateHandle<T, K> {
    this.#checkOpen();
    this.#page.store.registry.register(definition);
    return defineState(definition);
  }

  get conflicts(): ConflictsView {
    return this.#page.store.conflicts;
  }

  get rooms(): RoomsView {
    return this.#page.store.rooms;
  }

  get outbox(): OutboxView {
    return this.#page.store.outbox;
  }

  get deadLetters(): DeadLettersView {
    return this.#page.store.deadLetters;
  }

  pending(): PendingWrites {
    this.#checkOpen();
    const { store } = this.#page;
    store.beginTask();
    const { waiting, oldestMillis } = inspect(store);
    return { count: waiting, oldestMillis: waiting === 0 ? null : oldestMillis };
  }

  registerConflictStrategy(name: string, strategy: ConflictStrategy): void {
    this.#checkOpen();
    this.#page.store.registry.addStrategy(name, strategy);
  }

  getState<H extends StateKey>(key: H, unitId: string): ValueOf<H> {
    this.#checkOpen();
    return this.#page.livingUnit(unitId).getState(key);
  }

  setState<H extends StateKey, const R extends Updated<H>>(
    key: H,
    value: ValueOf<H> | ((previous: ValueOf<H>) => R),
    unitId: string,
    options?: SetStateOptions,
  ): Promise<CommitReceipt> {
    this.#checkOpen();
    return this.#page.livingUnit(unitId).setState(key, value, options);
  }

  subscribe<H extends StateKey>(
    key: H,
    listener: Listener<ValueOf<H>>,
    options: SubscribeOptions & { unitId?: string } = {},
  ): Unsubscribe {
    this.#checkOpen();
    const { unitId } = options;
    if (unitId !== undefined) {
      return this.#keep(this.#page.livingUnit(unitId).subscribe(key, listener, options));
    }
    const view = { cell: this.#hostCell(key), lens: null };
    return this.#keep(
      subscribeTo(this.#page.store, view, listener as Listener<unknown>, options),
    );
  }

  /** A subscription ends with this handle, though the page may live on. */
  #keep(end: Unsubscribe): Unsubscribe {
    this.#ends.add(end);
    return () => {
      this.#ends.delete(end);
      end();
    };
  }

  history<H extends StateKey>(
    key: H,
    options: { unitId?: string } = {},
  ): StateHistory<ValueOf<H>> {
    this.#checkOpen();
    const history = historyOf(this.#page.store, this.#cell(key, options));
    return history as StateHistory<ValueOf<H>>;
  }

  valueAt<H extends StateKey>(
    key: H,
    version: Version,
    options: { unitId?: string } = {},
  ): ValueOf<H> {
    this.#checkOpen();
    return valueAt(this.#page.store, this.#cell(key, options), version) as ValueOf<H>;
  }

  #cell(key: StateKey, { unitId }: { unitId?: string }): Cell {
    if (unitId === undefined) return this.#hostCell(key);
    return this.#page.livingUnit(unitId).readable(key).cell;
  }

  #hostCell(key: StateKey): Cell {
    const { registry } = this.#page.store;
    const registration = isHandle(key)
      ? registry.register(key.definition)
      : registry.get(key as string);
    if (registration.definition.scope === StateScope.PRIVATE) {
      const detail = `'${registration.key}' is private: say whose with { unitId }`;
      throw new DanjiError('UNKNOWN_UNIT', detail, { key: registration.key });
    }
    if (!isReadable(registration.permissions, hostGrants)) {
      throw new DanjiError('FORBIDDEN', 'say who reads with { unitId }', { key: registration.key });
    }
    return this.#page.store.cell(registration, hostPlace);
  }

  subscribeAll(
    listener: (changes: readonly StateChange[]) => void,
    { meta = false }: { meta?: boolean } = {},
  ): Unsubscribe {
    this.#checkOpen();
    return this.#keep(this.#page.store.mirror.observe({ call: listener, wantsMeta: meta }));
  }

  async batchUpdate(
    updates: readonly StateUpdate[],
    unitId: string,
  ): Promise<readonly CommitReceipt[]> {
    this.#checkOpen();
    const unit = this.#page.livingUnit(unitId);
    const receipts: Promise<CommitReceipt>[] = [];
    this.#page.store.batch(() => {
      for (const { key, value, unset } of updates) {
        receipts.push(unset === true ? unit.unsetState(key) : unit.setState(key, value as never));
      }
    });
    return Promise.all(receipts);
  }

  async transaction<R>(
    unitId: string,
    change: (tx: Transaction) => R,
  ): Promise<R> {
    this.#checkOpen();
    return transact(this.#page.store, this.#page.livingUnit(unitId), change);
  }

  createSnapshot(filter: SnapshotFilter = {}): StateSnapshot {
    this.#checkOpen();
    return takeSnapshot(this.#page.store, this.#select(filter));
  }

  createSnapshotBytes(filter: SnapshotFilter = {}): Uint8Array {
    this.#checkOpen();
    return takeSnapshotBytes(this.#page.store, this.#select(filter));
  }

  async restoreFromSnapshot(
    snapshot: StateSnapshot | Uint8Array,
    mode: 'merge' | 'replace' = 'merge',
  ): Promise<void> {
    this.#checkOpen();
    if (mode !== 'merge' && mode !== 'replace') {
      throw new DanjiError('INVALID_VALUE', `'${String(mode)}' is no way to restore`);
    }
    const { store } = this.#page;
    const unit = store.unit(hostUnit);
    const replaces = mode === 'replace';
    if (ArrayBuffer.isView(snapshot)) return restoreBytes(store, snapshot, replaces, unit);
    return restorePlain(store, snapshot, replaces, unit);
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      for (const end of this.#ends) end();
      this.#closing = this.#page.release();
    }
    return this.#closing;
  }

  #select(filter: SnapshotFilter): Selection {
    const { unitId } = filter;
    const place = unitId === undefined ? null : this.#page.livingUnit(unitId).place;
    return selectionOf(this.#page.store, place, filter);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new DanjiError('CLOSED', 'this manager was closed');
  }
}
