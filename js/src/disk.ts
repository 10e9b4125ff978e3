/**
 * What storage needs of the page: which adapter there is, under which name, and when it is asked.
 */
import { Signal } from './bridge.js';
import { DanjiError } from './errors.js';
import type { PersistenceAdapter } from './storage/adapter-types.js';
import { browserFactory, indexedDbStorage } from './storage/indexed-db.js';
import { Pump, type DiskHome } from './storage/pump.js';
import type { Store } from './store.js';
import type { ManagerOptions } from './types.js';

const methods = ['open', 'read', 'commit', 'clear', 'close'] as const;

/** Throws `INVALID_VALUE` for what is no adapter. */
export function checkStorage(storage: unknown): void {
  const isAdapter = (one: PersistenceAdapter): boolean =>
    methods.every((name) => typeof one?.[name] === 'function');
  if (storage === false || isAdapter(storage as PersistenceAdapter)) return;
  throw new DanjiError('INVALID_VALUE', `storage is false, or has ${methods.join(', ')}`);
}

/** The browser's own where there is one; a program says itself where its files belong. */
function adapterOf({ storage }: ManagerOptions): PersistenceAdapter | null {
  if (storage !== undefined) return storage === false ? null : storage;
  return browserFactory() === undefined ? null : indexedDbStorage();
}

/** Begins with storage, before any key is opened; null when there is none. */
export function openDisk(store: Store, options: ManagerOptions, cluster: string): Pump | null {
  const adapter = adapterOf(options);
  if (adapter === null) return null;
  const home: DiskHome = {
    bridge: store.bridge,
    get isOver() {
      return store.isOver;
    },
    enter: (call) => store.enter(call),
    report: store.report,
  };
  const pump = new Pump(home, adapter, cluster);
  store.bridge.storageBegin();
  store.saves.isOn = true;
  store.saves.flush = () => pump.flush();
  store.onLasting = () => pump.prepare();
  store.onStorage = () => pump.carry();
  store.mustAskStorage = () => pump.mustAsk;
  return pump;
}

/** A page without other tabs has nobody else who would look at the time. */
export function keepTime(store: Store): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  store.onTimer = (deadline) => {
    if (deadline === due) return;
    due = deadline;
    clearTimeout(timer);
    if (deadline === Infinity) return;
    timer = setTimeout(() => {
      due = Infinity;
      store.enter(() => store.bridge.signal(Signal.tick));
    }, Math.max(deadline - store.now, 0));
    (timer as { unref?: () => void }).unref?.();
  };
}
