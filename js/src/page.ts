/**
 * A page: one store with its wires to other tabs and its living units, counted by managers.
 */
import { checkId } from './check.js';
import type { ConnectionView } from './connection-types.js';
import type { Place } from './definition.js';
import { keepTime, openDisk } from './disk.js';
import { DanjiError } from './errors.js';
import type { EngineLoader } from './load.js';
import type { UnitOptions } from './permission-types.js';
import { UnitGrants } from './permissions.js';
import { SessionCopies } from './session-copies.js';
import { noConnection, openRemote } from './home.js';
import { Store } from './store.js';
import { openBroadcastChannel } from './tabs/channel.js';
import { Cluster } from './tabs/cluster.js';
import type { Locks } from './tabs/lock.js';
import type { Remote } from './remote/remote.js';
import type { Pump } from './storage/pump.js';
import { Tabs } from './tabs/view.js';
import type { ManagerOptions, TabsView, UnifiedStateManager } from './types.js';
import { UnitStore } from './unit.js';

/** What tests bring instead of the browser's. */
export interface PageParts {
  readonly locks?: Locks;
  readonly keepsJournal?: boolean;
}

export class Page {
  readonly namespace: string;
  readonly store: Store;
  readonly tabs: Tabs;
  readonly connection: ConnectionView;
  readonly #remote: Remote | null;
  readonly #pump: Pump | null;
  readonly #copies: SessionCopies;
  readonly #options: ManagerOptions;
  readonly #cluster: Cluster | null;
  readonly #onClosed: () => void;
  readonly #units = new Map<string, UnitStore>();
  #uses = 0;

  constructor(
    loader: EngineLoader,
    options: ManagerOptions,
    parts: PageParts,
    onClosed: () => void,
  ) {
    this.namespace = options.namespace ?? 'default';
    this.#options = options;
    this.#onClosed = onClosed;
    const { clock, onError, remote } = options;
    const { keepsJournal } = parts;
    const hasServer = remote !== undefined;
    this.store = new Store(loader, { clock, onError, keepsJournal, hasServer });
    this.#pump = openDisk(this.store, options, clusterOf(options));
    this.#remote = hasServer ? openRemote(this.store, remote) : null;
    this.connection = this.#remote ?? noConnection;
    const locks = parts.locks ?? browserLocks();
    const reason = aloneBecause(options, locks);
    this.tabs = new Tabs(this.store, reason);
    this.#copies = new SessionCopies(this.store, clusterOf(options));
    this.store.onTabs = () => {
      this.tabs.changed();
      const { role } = this.tabs;
      const isFirst = role !== 'follower' && this.tabs.peers().length === 0;
      if (role !== 'joining') this.#copies.begin(isFirst);
      this.#remote?.tellTabs();
    };
    this.#cluster =
      reason === null && locks !== undefined
        ? new Cluster(this.store, wires(options, locks), () => this.tabs.denyLocks())
        : null;
    if (this.#cluster === null) {
      keepTime(this.store);
      this.#copies.begin(true);
    }
    this.store.onStopped = (error) => {
      void this.#pump?.close();
      this.#remote?.close();
      this.#cluster?.stop();
      this.tabs.end(error);
    };
    this.#cluster?.start();
  }

  /** Another manager lives on this page. */
  retain(): void {
    this.#uses++;
  }

  /** The last one out writes what lasts, as long as the disk takes it, and turns off the light. */
  release(): Promise<void> {
    if (--this.#uses > 0) return Promise.resolve();
    for (const unit of [...this.#units.values()]) while (!unit.disposed) unit.dispose();
    this.#onClosed();
    if (this.#pump === null) {
      this.#end();
      return Promise.resolve();
    }
    const pump = this.#pump;
    return pump.idle().then(() => {
      this.#end();
      return pump.close();
    });
  }

  #end(): void {
    this.#copies.end();
    this.#cluster?.stop();
    this.store.endTask(); // What was written in this task leaves for the server.
    this.#remote?.close();
    this.store.close();
    this.tabs.end(new DanjiError('CLOSED', 'the manager was closed before it was ready'));
  }

  /** Who decides is known, and what is stored of the keys in use is there. */
  ready(): Promise<void> {
    const { ready } = this.tabs;
    if (this.#pump === null) return ready;
    const pump = this.#pump;
    const isRead = ready.then(() => pump.idle());
    isRead.catch(() => {}); // Most pages never ask.
    return isRead;
  }

  /** Tells when a later manager asks for something else than what stands. */
  compare(options: ManagerOptions): void {
    const differing = (['user', 'channel', 'clock', 'onError', 'storage'] as const).filter(
      (name) => options[name] !== undefined && options[name] !== this.#options[name],
    );
    const names: string[] = [...differing];
    if (options.remote !== undefined && options.remote.url !== this.#options.remote?.url) {
      names.push('remote');
    }
    if (names.length === 0) return;
    const detail = `the page's '${this.namespace}' manager exists; ignored: ${names.join(', ')}`;
    this.store.report(new DanjiError('OPTIONS_IGNORED', detail));
  }

  unit(id: string, where: UnitOptions, manager: UnifiedStateManager) {
    this.store.checkOpen();
    const { building = 'main', apartment = 'main', grants } = where;
    checkId(id, 'unit id');
    checkId(building, 'building');
    checkId(apartment, 'apartment');
    const living = this.#units.get(id);
    if (living === undefined) {
      return this.#makeUnit({ unitId: id, building, apartment }, grants, manager);
    }
    const isElsewhere =
      (where.building !== undefined && where.building !== living.place.building) ||
      (where.apartment !== undefined && where.apartment !== living.place.apartment);
    if (isElsewhere) {
      const { place } = living;
      const detail = `the unit '${id}' lives in ${place.apartment}/${place.building}`;
      throw new DanjiError('UNIT_CLASH', detail);
    }
    if (grants !== undefined && !living.hasGrants(grants)) {
      const detail = `the unit '${id}' has other grants; setGrants changes them`;
      throw new DanjiError('UNIT_CLASH', detail);
    }
    living.retain();
    return living;
  }

  #makeUnit(place: Place, given: UnitOptions['grants'], manager: UnifiedStateManager): UnitStore {
    const unit = new UnitStore(this.store, manager, new UnitGrants(place, given), () =>
      this.#units.delete(place.unitId),
    );
    this.#units.set(place.unitId, unit);
    return unit;
  }

  /** Throws `UNKNOWN_UNIT` unless that unit is alive. */
  livingUnit(id: string): UnitStore {
    this.store.checkOpen();
    const unit = this.#units.get(id);
    if (unit !== undefined) return unit;
    throw new DanjiError('UNKNOWN_UNIT', `no unit '${String(id)}' is alive on this page`);
  }
}

export function openPage(
  loader: EngineLoader,
  options: ManagerOptions,
  onClosed: () => void,
  parts: PageParts = {},
): Page {
  return new Page(loader, options, parts, onClosed);
}

function browserLocks(): Locks | undefined {
  // Node has locks of its own since version 24, but no tabs.
  if (typeof document === 'undefined' && !('WorkerGlobalScope' in globalThis)) return undefined;
  // Some DOM stand-ins have the property, but null in it.
  return (globalThis.navigator as { locks?: Locks | null } | undefined)?.locks ?? undefined;
}

function aloneBecause(
  options: ManagerOptions,
  locks: Locks | undefined,
): TabsView['aloneBecause'] {
  if (options.channel === false) return 'disabled';
  if (locks === undefined) return 'no-web-locks';
  if (options.channel === undefined && typeof BroadcastChannel === 'undefined') {
    return 'no-broadcast-channel';
  }
  return null;
}

/** Tabs that differ in one of these have nothing to tell each other, and keep nothing together. */
function clusterOf({ namespace = 'default', user = '', remote }: ManagerOptions): string {
  const place = remote === undefined ? '' : `/${encodeURIComponent(remote.url)}`;
  return `${namespace}/${encodeURIComponent(user)}${place}`;
}

function wires(options: ManagerOptions, locks: Locks) {
  const { channel } = options;
  const name = `danji/1/${clusterOf(options)}`;
  const openChannel = () =>
    channel === undefined || channel === false ? openBroadcastChannel(name) : channel;
  return { locks, openChannel, name };
}
