/**
 * A connection to one IndexedDB database that is opened when it is needed and opened anew when it
 * died, which happens to any of them: Safari loses its database process, a browser closes what
 * another tab deletes, a page was frozen. A dead handle stays dead, so it is never used twice.
 *
 * The database is always opened at version 1 and never raised: a frozen tab with the old version
 * would hang every other tab. A new format is a database of another name.
 */
import { closedError, quotaError, reasonOf, storageError } from './errors.js';

export const storeName = 'rows';

/** Before each try to open: an answer may be late, or the next one may be better. */
const pausesMillis = [0, 100, 400];

/** Somebody who waits for the connection. What `start` does, it does in the order of `use`. */
export interface Waiting {
  start(database: IDBDatabase): void;
  fail(error: unknown): void;
}

export class Connection {
  readonly name: string;
  readonly #factory: IDBFactory | undefined;
  readonly #openMillisMax: number;
  #database: IDBDatabase | null = null;
  #waiting: Waiting[] = [];
  #onAdopted: () => void = () => {};
  #isOpening = false;
  #isClosed = false;

  constructor(name: string, factory: IDBFactory | undefined, openMillisMax: number) {
    this.name = name;
    this.#factory = factory;
    this.#openMillisMax = openMillisMax;
  }

  /** Starts at once when the connection is there: what is asked as a page goes still begins. */
  use(waiting: Waiting): void {
    if (this.#database !== null) return waiting.start(this.#database);
    this.#waiting.push(waiting);
    if (!this.#isOpening) void this.#open();
  }

  /** This one is dead, or in the way of somebody who wants to delete the database. */
  drop(database: IDBDatabase): void {
    if (this.#database === database) this.#database = null;
    database.close();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#database !== null) this.drop(this.#database);
    this.#fail(closedError());
  }

  async #open(): Promise<void> {
    this.#isOpening = true;
    let failure: unknown;
    for (const pause of pausesMillis) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      // Served by a late answer to an earlier try, or closed meanwhile.
      if (this.#waiting.length === 0) break;
      failure = await this.#tryOnce();
      if (reasonOf(failure) === 'unavailable') break;
    }
    this.#isOpening = false;
    this.#fail(failure);
  }

  /** Resolves with what went wrong; with nothing as soon as any request was answered. */
  #tryOnce(): Promise<unknown> {
    return new Promise((resolve) => {
      const factory = this.#factory;
      if (factory === undefined) return resolve(unavailable());
      this.#onAdopted = () => resolve(undefined);
      let request: IDBOpenDBRequest;
      try {
        request = factory.open(this.name, 1);
      } catch (cause) {
        return resolve(unavailable(cause));
      }
      request.onupgradeneeded = () => request.result.createObjectStore(storeName);
      request.onsuccess = () => this.#adopt(request.result);
      request.onerror = (event) => {
        // Else Firefox reports it as an error of the page.
        event.preventDefault();
        resolve(openError(request.error));
      };
      const late = () => resolve(storageError('stalled', 'IndexedDB does not open'));
      setTimeout(late, this.#openMillisMax);
    });
  }

  #adopt(database: IDBDatabase): void {
    if (this.#isClosed || this.#database !== null) {
      database.close();
      return;
    }
    this.#database = database;
    this.#onAdopted();
    database.onclose = () => this.drop(database);
    // Whoever deletes the database must not wait for this tab, which may freeze any time.
    database.onversionchange = () => this.drop(database);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.start(database);
  }

  #fail(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.fail(error);
  }
}

function unavailable(cause?: unknown) {
  return storageError('unavailable', 'this page has no IndexedDB', cause);
}

function openError(cause: DOMException | null) {
  if (cause?.name === 'QuotaExceededError') return quotaError(cause);
  // What older private windows answer.
  const isDenied = cause?.name === 'SecurityError' || cause?.name === 'InvalidStateError';
  return isDenied ? unavailable(cause) : storageError('failed', 'IndexedDB did not open', cause);
}
