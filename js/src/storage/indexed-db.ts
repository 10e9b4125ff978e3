/**
 * `indexedDbStorage`: rows in the browser, one database for each cluster, named
 * `danji.1.<cluster>` after the format of its rows.
 *
 * A commit is one transaction that looks at what is expected and writes in the same breath, and
 * ends only when all is as expected. Its promise resolves when the transaction is complete, since a
 * request that succeeded is not yet kept. Nothing inside waits for anything else, so a tab that
 * freezes holds up nobody for long.
 */
import type { DanjiError } from '../errors.js';
import type { Durability, PersistenceAdapter, RowsCommit, StoredRow } from './adapter-types.js';
import { Connection, storeName } from './connection.js';
import { closedError, staleError, storageError } from './errors.js';
import { areEqual, ownBytes } from './rows.js';
import { Step } from './step.js';

export interface IndexedDbOptions {
  /** Default `globalThis.indexedDB`. That of a storage bucket fits as well. */
  readonly factory?: IDBFactory;
  /** How long each of three tries to open may take. Default 2000. */
  readonly openMillisMax?: number;
  /** How long a transaction may wait for others before it is given up. Default 5000. */
  readonly stallMillisMax?: number;
}

const rowsAtOnce = 1024;

export function indexedDbStorage(options: IndexedDbOptions = {}): PersistenceAdapter {
  return new IndexedDbStorage(options);
}

class IndexedDbStorage implements PersistenceAdapter {
  readonly #options: IndexedDbOptions;
  readonly #running = new Set<Promise<void>>();
  #connection: Connection | null = null;
  #report: (error: DanjiError) => void = () => {};

  constructor(options: IndexedDbOptions) {
    this.#options = options;
  }

  open(cluster: string, report: (error: DanjiError) => void): Promise<void> {
    this.#report = report;
    const name = `danji.1.${cluster}`;
    if (this.#connection?.name !== name) {
      this.#connection?.close();
      const { factory = browserFactory(), openMillisMax = 2000 } = this.#options;
      this.#connection = new Connection(name, factory, openMillisMax);
    }
    const connection = this.#connection;
    return new Promise((resolve, fail) => connection.use({ start: () => resolve(), fail }));
  }

  read(from: string, to: string, take: (rows: readonly StoredRow[]) => void): Promise<void> {
    if (from >= to) return Promise.resolve();
    return this.#transact('readonly', 'relaxed', (store, step) => {
      const next = (range: IDBKeyRange) => {
        const keys = store.getAllKeys(range, rowsAtOnce);
        const values = store.getAll(range, rowsAtOnce);
        const isLast = () => keys.result.length < rowsAtOnce;
        const goOn = () => next(IDBKeyRange.bound(keys.result.at(-1), to, true, true));
        const done = () => {
          // Asked for before these are looked at, so that the store works meanwhile.
          if (!isLast()) goOn();
          take(this.#rowsOf(keys.result, values.result));
          if (isLast()) step.finish();
        };
        step.listen(values, done, () => {
          this.#readOneByOne(store, keys.result, step, (rows) => {
            take(rows);
            if (isLast()) step.finish();
            else goOn();
          });
        });
      };
      next(IDBKeyRange.bound(from, to, false, true));
    });
  }

  commit(rows: RowsCommit, durability: Durability): Promise<void> {
    return this.#transact('readwrite', durability, (store, step) => {
      const { expect = [] } = rows;
      let unseen = expect.length;
      for (const [key, bytes] of expect) {
        const found = store.get(key);
        step.listen(found, () => {
          if (!areEqual(bytesOf(found.result), bytes)) throw staleError(key);
          if (--unseen === 0) store.transaction.commit();
        });
      }
      // Sent along, lest the disk wait for the page: what is stale undoes all of it.
      write(store, rows, step);
      if (unseen === 0) store.transaction.commit();
    });
  }

  /** Deleting the whole database would wait for tabs that are frozen, and all others for it. */
  clear(): Promise<void> {
    return this.#transact('readwrite', 'strict', (store) => store.clear());
  }

  async close(): Promise<void> {
    this.#connection?.close();
    this.#connection = null;
    await Promise.allSettled(this.#running);
  }

  /** One value that the browser can't read, its file being gone, must not hide the others. */
  #readOneByOne(
    store: IDBObjectStore,
    keys: readonly IDBValidKey[],
    step: Step,
    take: (rows: readonly StoredRow[]) => void,
  ): void {
    const values: unknown[] = [];
    for (const [place, key] of keys.entries()) {
      const value = store.get(key);
      const next = () => {
        values.push(value.error ? undefined : value.result);
        if (place + 1 === keys.length) take(this.#rowsOf(keys, values));
      };
      step.listen(value, next, next);
    }
  }

  /** What is no bytes was put there by somebody else. It is told, and else is not there. */
  #rowsOf(keys: readonly IDBValidKey[], values: readonly unknown[]): StoredRow[] {
    return keys.flatMap((key, place): StoredRow[] => {
      const bytes = bytesOf(values[place]);
      if (bytes !== null) return [[String(key), bytes]];
      this.#report(storageError('damaged', `the row '${String(key)}' is not bytes: skipped`));
      return [];
    });
  }

  #transact(
    mode: IDBTransactionMode,
    durability: Durability,
    work: (store: IDBObjectStore, step: Step) => void,
  ): Promise<void> {
    const connection = this.#connection;
    if (connection === null) return Promise.reject(closedError());
    const { stallMillisMax = 5000 } = this.#options;
    const done = new Promise<void>((resolve, fail) => {
      let isSecondTry = false;
      const start = (database: IDBDatabase) => {
        let transaction: IDBTransaction;
        try {
          transaction = database.transaction(storeName, mode, { durability });
        } catch (cause) {
          // The handle was dead before anything began, so a living one may do all of it.
          connection.drop(database);
          if (isSecondTry) return fail(storageError('lost', 'IndexedDB was lost', cause));
          isSecondTry = true;
          return connection.use({ start, fail });
        }
        const drop = () => connection.drop(database);
        const step = new Step({ transaction, stallMillisMax, drop }, resolve, fail);
        step.begin((store) => work(store, step));
      };
      connection.use({ start, fail });
    });
    this.#running.add(done);
    const forget = () => this.#running.delete(done);
    done.then(forget, forget);
    return done;
  }
}

function write(store: IDBObjectStore, { put = [], remove = [] }: RowsCommit, step: Step): void {
  for (const [place, [key, bytes]] of put.entries()) {
    const request = store.put(ownBytes(bytes), key);
    // A sign of life now and then is enough.
    if (place % rowsAtOnce === 0) step.listen(request, () => {});
  }
  for (const key of remove) store.delete(key);
}

function bytesOf(value: unknown): Uint8Array | null {
  return value instanceof Uint8Array ? value : null;
}

export function browserFactory(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB ?? undefined;
  } catch {
    // Looking is forbidden to some frames.
    return undefined;
  }
}
