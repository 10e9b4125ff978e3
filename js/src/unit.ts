/**
 * The unit store: one micro-frontend's view of the state. It knows where the unit stands, so it
 * knows which space each key means; private keys are its alone.
 */
import { isHandle, type Place } from './definition.js';
import { produce } from './draft.js';
import { sendEvent } from './emit.js';
import { DanjiError } from './errors.js';
import { historyOf } from './history.js';
import { KnownKeys } from './known-keys.js';
import type { View } from './lens.js';
import type { Commit, StateHistory } from './memory-types.js';
import type { Cell } from './cell.js';
import { UnitGrants } from './permissions.js';
import { sumOf } from './strategy-options.js';
import { listenToPath, subscribeTo, together } from './subscribe.js';
import { Subscriptions } from './subscriptions.js';
import { takeUnitSnapshot } from './snapshot.js';
import type { Store } from './store.js';
import type {
  CommitReceipt,
  Listener,
  SetStateOptions,
  StateDefinition,
  StateHandle,
  StateKey,
  StateReading,
  StateScope,
  StateSnapshot,
  SubscribeOptions,
  UnifiedStateManager,
  UnitStateStore,
  Unsubscribe,
  Updated,
  ValueOf,
} from './types.js';
import { endUnit } from './unit-end.js';

export class UnitStore implements UnitStateStore {
  readonly unitId: string;
  readonly building: string;
  readonly apartment: string;
  readonly manager: UnifiedStateManager;
  readonly place: Place;
  #grants: UnitGrants;
  readonly #store: Store;
  readonly #unit: number;
  readonly #known: KnownKeys;
  readonly #onDispose: () => void;
  readonly #subscriptions = new Subscriptions();
  #uses = 1;

  constructor(
    store: Store,
    manager: UnifiedStateManager,
    grants: UnitGrants,
    onDispose: () => void,
  ) {
    const { place } = grants;
    this.unitId = place.unitId;
    this.building = place.building;
    this.apartment = place.apartment;
    this.manager = manager;
    this.place = place;
    this.#store = store;
    this.#unit = store.unit(place.unitId);
    this.#known = new KnownKeys(store, place);
    this.#grants = grants;
    store.bridge.unit(this.unitId, grants.text);
    this.#onDispose = onDispose;
  }

  get disposed(): boolean {
    return this.#uses === 0;
  }

  get grants(): readonly string[] {
    return this.#grants.list;
  }

  hasGrants(given: readonly string[]): boolean {
    return new UnitGrants(this.place, given).text === this.#grants.text;
  }

  setGrants(given: readonly string[]): void {
    this.#checkAlive();
    this.#grants = new UnitGrants(this.place, given);
    this.#store.bridge.unit(this.unitId, this.#grants.text);
    for (const key of this.#subscriptions.endUnreadable(this.#grants)) {
      this.#store.report(this.#unreadable(key));
    }
  }

  #unreadable(key: string): DanjiError {
    return new DanjiError('FORBIDDEN', `the unit '${this.unitId}' may not read it`, { key });
  }

  /** What this unit means by a key, to be read. */
  readable(key: StateKey): View {
    const view = this.#view(key);
    const { permissions } = view.cell.registration;
    if (permissions === undefined || this.#grants.mayRead(permissions)) return view;
    throw this.#unreadable(view.cell.key);
  }

  /** The entry that this unit means by a key. */
  cell(key: StateKey): Cell {
    return this.#view(key).cell;
  }

  #view(key: StateKey): View {
    if (this.#uses > 0) return this.#known.view(key);
    throw new DanjiError('DISPOSED', `the unit '${this.unitId}' was disposed`);
  }

  register<T, K extends string>(
    definition: StateDefinition<T, K> | StateHandle<T, K>,
  ): StateHandle<T, K> {
    return this.manager.registerSharedState(
      isHandle(definition) ? definition.definition : definition,
    );
  }

  getState<H extends StateKey>(key: H): ValueOf<H> {
    const { cell, lens } = this.readable(key);
    return (lens === null ? this.#store.read(cell) : lens.read()) as ValueOf<H>;
  }

  readState<H extends StateKey>(key: H): StateReading<ValueOf<H>> {
    const { cell, lens } = this.readable(key);
    const reading = lens === null ? this.#store.mirror.readLatest(cell) : lens.reading();
    return reading as StateReading<ValueOf<H>>;
  }

  setState<H extends StateKey, const R extends Updated<H>>(
    key: H,
    value: ValueOf<H> | ((previous: ValueOf<H>) => R),
    options?: SetStateOptions,
  ): Promise<CommitReceipt> {
    // An updater is shown what is there.
    const { cell, lens } = typeof value === 'function' ? this.readable(key) : this.#view(key);
    const kept = lens === null ? value : lens.write(value);
    return this.#store.writer.set(cell, this.#unit, kept, options);
  }

  add(key: StateKey, delta: number, options?: SetStateOptions): Promise<CommitReceipt> {
    const { cell } = this.#view(key);
    // The core takes the difference to what is seen: exactly this.
    const sum = sumOf(this.getState(key), delta, cell.registration.definition);
    return this.setState(key, sum as never, options);
  }

  unsetState(key: StateKey, options?: SetStateOptions): Promise<CommitReceipt> {
    const { cell, lens } = this.#view(key);
    lens?.checkWritable();
    return this.#store.writer.unset(cell, this.#unit, options);
  }

  update<H extends StateKey>(
    key: H,
    recipe: (draft: ValueOf<H>) => void,
    options?: SetStateOptions,
  ): Promise<CommitReceipt> {
    const value = produce(this.getState(key), recipe, this.cell(key).key);
    return this.setState(key, value as never, options);
  }

  optimisticUpdate<H extends StateKey, const R extends Updated<H>>(
    key: H,
    updater: (previous: ValueOf<H>) => R,
    { commit }: { readonly commit?: Commit<ValueOf<H>> } = {},
  ): Promise<CommitReceipt> {
    const { cell, lens } = this.readable(key);
    if (commit === undefined) return this.setState(key, updater);
    const { holds } = this.#store;
    if (lens === null) return holds.begin(cell, this.#unit, updater, commit as Commit);
    const kept = lens.write(updater);
    return holds.begin(cell, this.#unit, () => kept, lens.committing(commit as Commit));
  }

  undo(): Promise<CommitReceipt> | null {
    this.#checkAlive();
    return this.#store.undo.play(this.#unit, 'undo');
  }

  redo(): Promise<CommitReceipt> | null {
    this.#checkAlive();
    return this.#store.undo.play(this.#unit, 'redo');
  }

  history<H extends StateKey>(key: H): StateHistory<ValueOf<H>> {
    return historyOf(this.#store, this.readable(key).cell) as StateHistory<ValueOf<H>>;
  }

  batch<R>(change: () => R): R {
    this.#checkAlive();
    return this.#store.batch(change);
  }

  subscribe<H extends StateKey>(
    key: H,
    listener: Listener<ValueOf<H>>,
    options?: SubscribeOptions,
  ): Unsubscribe {
    const view = this.readable(key);
    const end = subscribeTo(this.#store, view, listener as Listener<unknown>, options);
    return this.#subscriptions.keep(end, view.cell.registration);
  }

  subscribeToPath(
    key: StateKey,
    path: string,
    listener: (value: never, meta: never) => void,
  ): Unsubscribe {
    const view = this.readable(key);
    const end = listenToPath(this.#store, view, path, listener as Listener<unknown>);
    return this.#subscriptions.keep(end, view.cell.registration);
  }

  batchSubscribe(
    subscriptions: readonly {
      readonly stateKey: StateKey;
      readonly callback: (value: unknown) => void;
    }[],
  ): Unsubscribe {
    return together(
      subscriptions.map(({ stateKey, callback }) => {
        return () => this.subscribe(stateKey, (value) => callback(value));
      }),
    );
  }

  on(eventName: string, handler: (data: never, source: string) => void): Unsubscribe {
    this.#checkAlive();
    const call = handler as (data: unknown, source: string) => void;
    const { bus, report } = this.#store;
    return this.#subscriptions.keep(bus.on(this.place, eventName, call, report));
  }

  emit(
    eventName: string,
    data?: unknown,
    options: { scope?: StateScope; tabs?: boolean } = {},
  ): void {
    this.#checkAlive();
    sendEvent(this.#store, this.place, eventName, data, options);
  }

  createSnapshot(): StateSnapshot {
    this.#checkAlive();
    return takeUnitSnapshot(this.#store, this.#grants);
  }

  /** Another user of the same unit store. */
  retain(): void {
    this.#uses++;
  }

  dispose(): void {
    if (this.#uses === 0) return;
    if (--this.#uses > 0) return;
    this.#subscriptions.endAll();
    this.#onDispose();
    endUnit(this.#store, this.place, this.#unit);
  }

  #checkAlive(): void {
    if (this.#uses === 0) {
      throw new DanjiError('DISPOSED', `the unit '${this.unitId}' was disposed`);
    }
    this.#store.checkOpen();
  }
}
