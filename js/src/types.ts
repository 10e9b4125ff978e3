/**
 * The public types of Danji: what a definition says, what a unit store and a manager
 * can do, and what listeners are told. Nothing here runs.
 *
 * Words: a *unit* is one micro-frontend on the page; units form a *building*, buildings
 * an *apartment*. A *scope* says how far a state reaches among them; a *space* is one
 * place at one scope, such as `device/building:mall/checkout`, and has versions of its own.
 */
import type { ConnectionView, RemoteOptions } from './connection-types.js';
import type { DanjiError } from './errors.js';
import type { Commit, DeadLettersView, PendingWrites, StateHistory } from './memory-types.js';
import type { OutboxView } from './outbox-types.js';
import type { PathOf, PathValue } from './path.js';
import type { StatePermissions, UnitOptions } from './permission-types.js';
import type { RoomsView } from './room-types.js';
import type { StandardSchema, StateSchema } from './schema-types.js';
import type { PersistenceAdapter } from './storage/adapter-types.js';
import type { StateLifetime, StorageView } from './storage-types.js';
import type {
  ConflictResolutionStrategy,
  ConflictStrategy,
  ConflictsView,
  ConflictTicket,
  MergeOptions,
  Overwritten,
  StateEntry,
  SumOptions,
} from './strategy-types.js';

/**
 * How far a state reaches. In a definition `PERSISTENT` is short for private with the lifetime
 * `persistent`, and `EPHEMERAL` for private with the lifetime `session`.
 */
export const StateScope = {
  PRIVATE: 'private',
  BUILDING_SHARED: 'building',
  APARTMENT_SHARED: 'apartment',
  GLOBAL_SHARED: 'global',
  PERSISTENT: 'persistent',
  EPHEMERAL: 'ephemeral',
} as const;
export type StateScope = (typeof StateScope)[keyof typeof StateScope];

/**
 * What `defineState` takes. `default` is what readers see while nothing is written; it is never
 * written itself.
 */
export interface StateDefinition<T = unknown, K extends string = string> {
  /** 1 to 512 bytes of UTF-8, unique on the page. */
  readonly key: K;
  readonly scope: StateScope;
  readonly default: T | (() => T);
  /** What its values must look like: data (`StateSchema`), or what zod and its like make. */
  readonly schema?: StateSchema | StandardSchema<T>;
  /** Default `last_write_wins`. */
  readonly conflictResolution?: ConflictResolutionStrategy;
  /** Only with `sum`. */
  readonly sum?: SumOptions;
  /** Only with `merge`. */
  readonly merge?: MergeOptions;
  /**
   * Keeps the last versions in this tab, for `history`, `valueAt` and `undo`; 1 to 1000 of them.
   * Each is a copy of the value, so default is `false`.
   */
  readonly history?: { readonly limit: number } | false;
  /** `false` keeps a shared state inside this tab. Default `true` for shared scopes. */
  readonly crossTab?: boolean;
  /**
   * `true`: it lives at the server, which decides its writes; `false`: never. Default: for shared
   * scopes, whether the manager has a `remote`.
   */
  readonly remote?: boolean;
  /**
   * `session`: the value outlives the reload of its tab. `persistent`: it outlives the page, where
   * the manager has a storage; not for what is shared but stays in its tab (`crossTab: false`).
   */
  readonly lifetime?: StateLifetime;
  /** Who may read and write it. Default: everybody. */
  readonly permissions?: StatePermissions;
}

declare const valueType: unique symbol;

/** A typed key: pass it wherever a key is wanted, and the value's type follows. */
export interface StateHandle<T, K extends string = string> {
  readonly key: K;
  readonly definition: StateDefinition<T, K>;
  readonly [valueType]?: T;
}

/** Users of plain string keys may type them by declaration merging. */
export interface StateRegistry {}

export type StateKey = StateHandle<any, any> | string;
export type ValueOf<K> = K extends StateHandle<infer T, any>
  ? T
  : K extends keyof StateRegistry
    ? StateRegistry[K]
    : unknown;

/** A value as readers get it: frozen, all the way down. */
export type Frozen<T> = T extends (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [P in keyof T]: Frozen<T[P]> }
    : T;

/**
 * What an updater may return. It is inferred as a constant, so that `'dark'` in an object stays
 * that and does not become any string; lists are readonly then, which does no harm.
 */
export type Updated<K> = ValueOf<K> | Frozen<ValueOf<K>>;

/**
 * The log epoch (16 hex digits) and the index in the space's log. Indexes compare within one
 * epoch.
 */
export interface Version {
  readonly epoch: string;
  readonly index: number;
}

/** What is known about a value besides itself. A snapshot: it does not change under you. */
export interface StateMetadata {
  /**
   * True until this tab knows who decides the space: the first milliseconds of a tab's life; at a
   * server, until that was heard of the first time.
   */
  readonly loading: boolean;
  /** The confirmed version, or null while nothing is confirmed. */
  readonly version: Version | null;
  /**
   * How many writes of this key wait for a decision, this tab's own and other tabs'. The visible
   * value contains them, but for those that were made with `optimistic: false`.
   */
  readonly pending: number;
  readonly source: 'default' | 'local' | 'tab' | 'remote' | 'snapshot';
  /** Why this tab can't use the key (`DEFINITION_CLASH`), else null. */
  readonly error: DanjiError | null;
  /** Milliseconds since 1970 of the last confirmed write, or null. */
  readonly updatedAt: number | null;
  /** The unit that wrote last, or null. */
  readonly updatedBy: string | null;
  /** Under `user_resolve`: the values that wait for somebody to choose, else null. */
  readonly conflict: ConflictTicket | null;
  /** What the last write wrote over without having seen it, else null. */
  readonly overwritten: Overwritten | null;
}

export interface SetStateOptions {
  /**
   * When the returned promise resolves: `'acked'` (default) once the write is decided,
   * `'local'` at once, `'persisted'` once it is on the device's disk, for keys with the lifetime
   * `persistent`. It rejects with `QUOTA` or `STORAGE` when the disk does not take it; the write
   * stands all the same.
   */
  readonly wait?: 'local' | 'persisted' | 'acked';
  /**
   * Only if this is still the confirmed version (null: only if nothing is set); else the promise
   * rejects with `STALE`. What is pending is not looked at.
   */
  readonly ifVersion?: Version | null;
  /**
   * `false`: no tab shows the write before it is decided. In a batch this hides all that the unit
   * writes in that space. Default `true`.
   */
  readonly optimistic?: boolean | undefined;
  /**
   * With `wait: 'persisted'`. `strict`: it survives a power failure too, as far as browser and
   * disk keep their word, and takes longer. Default `relaxed`.
   */
  readonly durability?: 'relaxed' | 'strict' | undefined;
}

export interface CommitReceipt {
  /** `session/space#number`: the same in every tab, never used twice. */
  readonly opId: string;
  /**
   * Where it is in the log; after an absence perhaps a later place, which includes it. Null when
   * the write was still undecided (`wait: 'local'`).
   */
  readonly version: Version | null;
  readonly applied: 'local' | 'persisted' | 'acked';
  /** Accepted, but what stands was written later by somebody else. */
  readonly superseded: boolean;
}

export type Unsubscribe = () => void;
export type Listener<T> = (value: T, meta: StateMetadata) => void;

export interface SubscribeOptions {
  /** Call the listener once, now, with the present value. */
  readonly immediate?: boolean;
  /** Also call the listener when only the metadata changed (decided, say). Default false. */
  readonly meta?: boolean;
  readonly signal?: AbortSignal;
}

/** A value with its metadata; the same object until one of the two changes. */
export interface StateReading<T> {
  readonly value: T;
  readonly meta: StateMetadata;
}

export interface StateUpdate {
  readonly key: StateKey;
  /** A value or an updater; leave it out and set `unset` to go back to the default. */
  readonly value?: unknown;
  readonly unset?: boolean;
}

/** Plain data that survives JSON. */
export interface StateSnapshot {
  readonly format: 1;
  readonly createdAt: number;
  readonly entries: readonly StateEntry[];
}

export interface SnapshotFilter {
  readonly scope?: StateScope;
  readonly unitId?: string;
  readonly keys?: readonly string[];
}

/** What every hook needs, and all it may use. */
export interface ReadableStore {
  readonly unitId: string;
  getState<H extends StateKey>(key: H): ValueOf<H>;
  /** The value with its metadata: a stable object, made for `useSyncExternalStore` and its like. */
  readState<H extends StateKey>(key: H): StateReading<ValueOf<H>>;
  subscribe<H extends StateKey>(
    key: H,
    listener: Listener<ValueOf<H>>,
    options?: SubscribeOptions,
  ): Unsubscribe;
}

/** One unit's view of the state. Get one from `createUnitStateStore`. */
export interface UnitStateStore extends ReadableStore {
  /** Where the unit stands. */
  readonly building: string;
  readonly apartment: string;
  readonly disposed: boolean;
  /** All that it may call itself: see `StatePermissions`. */
  readonly grants: readonly string[];
  /**
   * Gives it these grants instead of those that it was made with, from the next write on.
   * Subscriptions to what it may not read any more end, and `onError` is told (`FORBIDDEN`).
   */
  setGrants(grants: readonly string[]): void;
  /** The manager this unit belongs to. */
  readonly manager: UnifiedStateManager;
  /** Makes a definition known; called for you when a handle is used for the first time. */
  register<T, K extends string>(
    definition: StateDefinition<T, K> | StateHandle<T, K>,
  ): StateHandle<T, K>;
  /**
   * Writes a value, or what an updater makes of the present one. Readers see it when the call
   * returns; the promise tells what became of it. Bad input throws at once and changes nothing.
   */
  setState<H extends StateKey, const R extends Updated<H>>(
    key: H,
    value: ValueOf<H> | ((previous: ValueOf<H>) => R),
    options?: SetStateOptions,
  ): Promise<CommitReceipt>;
  /** Adds to a key with the strategy `sum`: safe beside any number of other tabs. */
  add(key: StateKey, delta: number, options?: SetStateOptions): Promise<CommitReceipt>;
  /** Back to the default. */
  unsetState(key: StateKey, options?: SetStateOptions): Promise<CommitReceipt>;
  /** Changes a draft in place; untouched parts keep their identity. */
  update<H extends StateKey>(
    key: H,
    recipe: (draft: ValueOf<H>) => void,
    options?: SetStateOptions,
  ): Promise<CommitReceipt>;
  /**
   * Runs `change` and commits its writes together: one notification, nothing when it throws.
   * Until then only reads inside it show them, with the metadata of what is committed.
   */
  batch<R>(change: () => R): R;
  /**
   * Shows what `updater` makes of the value at once, in this tab. Without `commit` it is written
   * as by `setState`. Else it is written when `commit` resolves, to what that answers if it does;
   * when `commit` fails it is shown no more, and the promise rejects with `COMMIT_FAILED`.
   */
  optimisticUpdate<H extends StateKey, const R extends Updated<H>>(
    key: H,
    updater: (previous: ValueOf<H>) => R,
    options?: { readonly commit?: Commit<ValueOf<H>> },
  ): Promise<CommitReceipt>;
  /**
   * Takes back what this unit wrote last to keys with a `history`; null when there is nothing.
   * What somebody else wrote over meanwhile is left alone: `CONFLICT`, with the key.
   */
  undo(): Promise<CommitReceipt> | null;
  /** Makes again what was undone last, unless this unit has written since. */
  redo(): Promise<CommitReceipt> | null;
  /** The confirmed versions of a key that was defined with a `history`. */
  history<H extends StateKey>(key: H): StateHistory<ValueOf<H>>;
  subscribeToPath<T, K extends string, P extends PathOf<T>>(
    handle: StateHandle<T, K>,
    path: P,
    listener: Listener<PathValue<T, P>>,
  ): Unsubscribe;
  subscribeToPath(key: string, path: string, listener: Listener<unknown>): Unsubscribe;
  /** Several subscriptions that end together. */
  batchSubscribe(
    subscriptions: readonly {
      readonly stateKey: StateKey;
      readonly callback: (value: any) => void;
    }[],
  ): Unsubscribe;
  /** Hears container events; `*` hears all. At most once, to who listens now. */
  on(eventName: string, handler: (data: any, source: string) => void): Unsubscribe;
  /** Tells an event to the units of a scope (default: the apartment); `tabs`: in other tabs too. */
  emit(eventName: string, data?: unknown, options?: { scope?: StateScope; tabs?: boolean }): void;
  createSnapshot(): StateSnapshot;
  dispose(): void;
}

/** One line of the manager's journal of changes, for panels and tests. */
export interface StateChange {
  readonly key: string;
  readonly space: string;
  readonly value: unknown;
  readonly meta: StateMetadata;
}

/** Who the tabs of this cluster are. */
export interface TabsView {
  /** This tab's session id: 32 hex digits, new at every load. */
  readonly id: string;
  /** Leader and follower share with other tabs; `joining` doesn't know yet, `alone` never will. */
  readonly role: 'joining' | 'leader' | 'follower' | 'alone';
  /** Why this tab works alone, else null. */
  readonly aloneBecause: 'disabled' | 'no-web-locks' | 'no-broadcast-channel' | null;
  /** The leader's session id, or null while unknown. */
  readonly leader: string | null;
  /** Grows at every change of leader; 0 before the first. */
  readonly leaderEpoch: number;
  isLeader(): boolean;
  /** The other tabs' session ids. */
  peers(): readonly string[];
  /** Hears when any of the above changed. */
  subscribe(listener: () => void): Unsubscribe;
  /** Frames on the channel that were refused, by reason. */
  refused(): Readonly<Record<string, number>>;
}

export interface UnifiedStateManager {
  readonly namespace: string;
  /**
   * Resolves when this tab knows who decides shared state, and what is stored of the keys in use
   * was read; rejects with `CLOSED` when the manager is closed before. Nothing has to wait for it.
   */
  readonly ready: Promise<void>;
  readonly engine: 'wasm' | 'js';
  readonly closed: boolean;
  readonly tabs: TabsView;
  /** How the keeping of what lasts fares. */
  readonly storage: StorageView;
  /** To the server of `ManagerOptions.remote`; without one it is offline for ever. */
  readonly connection: ConnectionView;
  /** A unit id that is alive gives the same store again, counted by `dispose()`. */
  createUnitStateStore(unitId: string, options?: UnitOptions): UnitStateStore;
  registerSharedState<T, K extends string>(definition: StateDefinition<T, K>): StateHandle<T, K>;
  /** Makes a strategy known by a name that definitions may use from then on. */
  registerConflictStrategy(name: string, strategy: ConflictStrategy): void;
  /** This tab's own writes that wait for a decision or for a `commit`. */
  pending(): PendingWrites;
  /** Messages between pages that nobody keeps. */
  readonly rooms: RoomsView;
  /** What was written and is not decided, and why it waits. */
  readonly outbox: OutboxView;
  /** Writes that were refused while nobody listened; `onError` heard of each. */
  readonly deadLetters: DeadLettersView;
  /** What waits for a person to choose. */
  readonly conflicts: ConflictsView;
  getState<H extends StateKey>(key: H, unitId: string): ValueOf<H>;
  setState<H extends StateKey, const R extends Updated<H>>(
    key: H,
    value: ValueOf<H> | ((previous: ValueOf<H>) => R),
    unitId: string,
    options?: SetStateOptions,
  ): Promise<CommitReceipt>;
  /** Without `unitId`: the spaces of building and apartment `main`; a private key needs one. */
  subscribe<H extends StateKey>(
    key: H,
    listener: Listener<ValueOf<H>>,
    options?: SubscribeOptions & { unitId?: string },
  ): Unsubscribe;
  /** Hears every visible change of every key, for panels and logs; with `meta` also decisions. */
  subscribeAll(
    listener: (changes: readonly StateChange[]) => void,
    options?: { meta?: boolean },
  ): Unsubscribe;
  /** All or nothing is checked before anything changes; one op per space. */
  batchUpdate(updates: readonly StateUpdate[], unitId: string): Promise<readonly CommitReceipt[]>;
  /** Keys of one space: one op, one version. Keys of several spaces: `CROSS_SPACE`. */
  transaction<R>(
    unitId: string,
    change: (tx: Pick<UnitStateStore, 'getState' | 'setState' | 'unsetState' | 'add'>) => R,
  ): Promise<R>;
  /** As `unit.history`. Without `unitId` as in `subscribe`. */
  history<H extends StateKey>(
    key: H,
    options?: { readonly unitId?: string },
  ): StateHistory<ValueOf<H>>;
  /**
   * The value that was confirmed at a version, also of another key in the space. `OUT_OF_RANGE`
   * when the history does not reach back so far, `STALE` when the version's log has ended.
   */
  valueAt<H extends StateKey>(
    key: H,
    version: Version,
    options?: { readonly unitId?: string },
  ): ValueOf<H>;
  createSnapshot(filter?: SnapshotFilter): StateSnapshot;
  /** The core's canonical, checksummed form of the same. */
  createSnapshotBytes(filter?: SnapshotFilter): Uint8Array;
  /**
   * `merge` sets the snapshot's entries; `replace` also unsets registered keys that it lacks.
   * Versions never go back.
   */
  restoreFromSnapshot(
    snapshot: StateSnapshot | Uint8Array,
    mode?: 'merge' | 'replace',
  ): Promise<void>;
  /**
   * Closes this handle; the last one gives the core, channel and locks back, after what lasts was
   * written. The promise resolves when all of that is done.
   */
  close(): Promise<void>;
}

/** Carries frames between the tabs of one cluster. BroadcastChannel by default. */
export interface ChannelAdapter {
  post(bytes: Uint8Array): void;
  onMessage(receive: (bytes: Uint8Array) => void): Unsubscribe;
  close(): void;
}

export interface ManagerOptions {
  /** Names the page's core, its channel and locks. Default `'default'`; `[A-Za-z0-9._-]{1,64}`. */
  readonly namespace?: string;
  /** A core of its own, not the page's. Always so on a server. */
  readonly isolated?: boolean;
  /** Names channel and locks besides the namespace; change it at login. */
  readonly user?: string;
  /** A server that keeps what is shared. Without it, that lives in the tabs of this browser. */
  readonly remote?: RemoteOptions;
  /**
   * Where the values of keys with the lifetime `persistent` are kept; `false`: nowhere. Default:
   * IndexedDB in a browser, nowhere else.
   */
  readonly storage?: PersistenceAdapter | false;
  /** `false`: this tab works alone. */
  readonly channel?: ChannelAdapter | false;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Hears what nobody awaited: rejected writes, throwing listeners. Default: `console.error`. */
  readonly onError?: (error: DanjiError) => void;
}
