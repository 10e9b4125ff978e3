/**
 * The manager: the host page's handle on a page's state. It reaches every living unit.
 */
import { addressOf, defineState, isHandle, type Place } from './definition.js';
import { DanjiError } from './errors.js';
import type { Cell } from './mirror.js';
import type { Page } from './page.js';
import {
  restoreBytes,
  restorePlain,
  takeSnapshot,
  takeSnapshotBytes,
  type Selection,
} from './snapshot.js';
import type { ConflictStrategy, ConflictsView } from './strategy-types.js';
import { subscribeTo } from './subscribe.js';
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
} from './types.js';

/** Where the host page itself stands. */
const hostPlace: Place = { unitId: 'main', building: 'main', apartment: 'main' };
/** The author of what the host page restores. */
const hostUnit = 'host';

export class Manager implements UnifiedStateManager {
  readonly namespace: string;
  readonly engine: 'wasm' | 'js';
  readonly #page: Page;
  readonly #ends = new Set<Unsubscribe>();
  #isClosed = false;

  constructor(page: Page) {
    page.retain();
    this.#page = page;
    this.namespace = page.namespace;
    this.engine = page.store.kind;
  }

  get ready(): Promise<void> {
    return this.#page.tabs.ready;
  }

  get tabs(): TabsView {
    return this.#page.tabs;
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  createUnitStateStore(
    unitId: string,
    options: { building?: string; apartment?: string } = {},
  ): UnitStateStore {
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
    const cell =
      options.unitId === undefined
        ? this.#hostCell(key)
        : this.#page.livingUnit(options.unitId).cell(key);
    return this.#keep(
      subscribeTo(this.#page.store, cell, listener as Listener<unknown>, options),
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

  #hostCell(key: StateKey): Cell {
    const { registry } = this.#page.store;
    const registration = isHandle(key)
      ? registry.register(key.definition)
      : registry.get(key as string);
    if (registration.definition.scope === StateScope.PRIVATE) {
      const detail = `'${registration.key}' is private: say whose with { unitId }`;
      throw new DanjiError('UNKNOWN_UNIT', detail, { key: registration.key });
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
    change: (tx: Pick<UnitStateStore, 'getState' | 'setState' | 'unsetState' | 'add'>) => R,
  ): Promise<R> {
    this.#checkOpen();
    const unit = this.#page.livingUnit(unitId);
    const { store } = this.#page;
    if (store.isInBatch) throw new DanjiError('BUSY', 'a transaction inside a batch');
    const receipts: Promise<CommitReceipt>[] = [];
    const keep = (receipt: Promise<CommitReceipt>): Promise<CommitReceipt> => {
      receipts.push(receipt);
      return receipt;
    };
    const result = store.batch(
      () =>
        change({
          getState: (key) => unit.getState(key),
          setState: (key, value, options) => keep(unit.setState(key, value, options)),
          unsetState: (key, options) => keep(unit.unsetState(key, options)),
          add: (key, delta, options) => keep(unit.add(key, delta, options)),
        }),
      { check: checkOneSpace },
    );
    await Promise.all(receipts);
    return result;
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
      this.#page.release();
    }
    return Promise.resolve();
  }

  #select({ scope, unitId, keys }: SnapshotFilter): Selection {
    if (scope === undefined && unitId === undefined) return { addresses: null, keys: keys ?? null };
    const place = unitId === undefined ? null : this.#page.livingUnit(unitId).place;
    const addresses = new Set<string>();
    for (const cell of this.#page.store.cells) {
      if (cell === undefined) continue;
      const { definition } = cell.registration;
      const isSeen = place === null || addressOf(definition, place) === cell.space.address;
      if (isSeen && (scope === undefined || scope === definition.scope)) {
        addresses.add(cell.space.address);
      }
    }
    return { addresses: [...addresses], keys: keys ?? null };
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new DanjiError('CLOSED', 'this manager was closed');
  }
}

function checkOneSpace(cells: readonly Cell[]): void {
  const spaces = new Set(cells.map((cell) => cell.space.address));
  if (spaces.size <= 1) return;
  throw new DanjiError(
    'CROSS_SPACE',
    `a transaction is decided in one space; these keys live in ${[...spaces].join(', ')}`,
    { details: [...spaces] },
  );
}
