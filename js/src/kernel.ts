/**
 * The page kernel: makes every copy of the package on a page share one core per namespace.
 *
 * Copies find each other through `Symbol.for('danji.kernel')`. The first one to make a manager
 * installs the kernel, and later copies, of the same version or another, get their managers from
 * it as long as they speak the same protocol number. Nothing here asks `instanceof`.
 */
import { checkId } from './check.js';
import { checkStorage } from './disk.js';
import { DanjiError } from './errors.js';
import type { CoreExports, EngineLoader } from './load.js';
import { Manager } from './manager.js';
import { checkRemote } from './home.js';
import { openPage, type Page } from './page.js';
import type { UnitOptions } from './permission-types.js';
import type { ManagerOptions, UnifiedStateManager, UnitStateStore } from './types.js';

/** Raised when a kernel can no longer serve managers to older or newer copies. */
const kernelProtocol = 1;
const kernelSymbol = Symbol.for('danji.kernel');

interface Kernel {
  readonly protocol: number;
  open(options: ManagerOptions): UnifiedStateManager;
}

let engine: EngineLoader | null = null;

/** Entry points say how cores are made. */
export function useEngine(loader: EngineLoader): void {
  engine = { kind: loader.kind, load: () => startEngine(loader) };
}

/** What a browser says when it lets no WebAssembly in is no help to whoever reads it. */
function startEngine(loader: EngineLoader): CoreExports {
  try {
    return loader.load();
  } catch (cause) {
    if (cause instanceof DanjiError) throw cause;
    const detail =
      "this page can't start the core; allow 'wasm-unsafe-eval' in its " +
      'Content-Security-Policy, or use danji/js, which needs no WebAssembly';
    throw new DanjiError('NO_ENGINE', detail, { cause });
  }
}

function requireEngine(): EngineLoader {
  if (engine !== null) return engine;
  throw new DanjiError('NO_ENGINE', 'call loadCore() before the first manager is made');
}

/** No page to share a core with: Node, a server, an edge worker. */
function isServer(): boolean {
  return typeof document === 'undefined' && !('WorkerGlobalScope' in globalThis);
}

function makeKernel(): Kernel {
  const pages = new Map<string, Page>();
  return {
    protocol: kernelProtocol,
    open: (options) => {
      const name = options.namespace ?? 'default';
      let page = pages.get(name);
      if (page === undefined) {
        page = openPage(requireEngine(), options, () => pages.delete(name));
        pages.set(name, page);
      } else {
        page.compare(options);
      }
      return new Manager(page);
    },
  };
}

function kernel(): Kernel {
  const found = Reflect.get(globalThis, kernelSymbol) as Kernel | undefined;
  if (found?.protocol === kernelProtocol) return found;
  const made = makeKernel();
  if (found === undefined) {
    Object.defineProperty(globalThis, kernelSymbol, { value: made, configurable: true });
    return made;
  }
  throw new DanjiError(
    'PROTOCOL',
    `this page runs a Danji of another kernel protocol (${found.protocol}): use versions of one`,
  );
}

/**
 * A manager on the page's core of that namespace, at once. The first call's options stand;
 * other ones in a later call are told to `onError`. `isolated: true`, and every call on a
 * server, makes a core of its own. Each manager is to be closed by who made it.
 */
export function createStateManager(options: ManagerOptions = {}): UnifiedStateManager {
  checkId(options.namespace ?? 'default', 'namespace');
  if (options.user !== undefined && typeof options.user !== 'string') {
    throw new DanjiError('INVALID_ID', 'a user is a string');
  }
  if (options.remote !== undefined) checkRemote(options.remote);
  if (options.storage !== undefined) checkStorage(options.storage);
  if (options.isolated !== true && !isServer()) return kernel().open(options);
  return new Manager(openPage(requireEngine(), options, () => {}));
}

let standing: UnifiedStateManager | null = null;

/**
 * The manager behind `createUnitStateStore` and hooks without a provider: namespace `default`.
 * On a server it is one for the whole process: make a manager per request there instead.
 */
export function defaultManager(): UnifiedStateManager {
  if (standing === null || standing.closed) standing = createStateManager();
  return standing;
}

/** A unit store on the page's default manager. */
export function createUnitStateStore(unitId: string, options?: UnitOptions): UnitStateStore {
  return defaultManager().createUnitStateStore(unitId, options);
}
