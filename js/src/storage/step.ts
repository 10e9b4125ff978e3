/**
 * One transaction, from its first request to its end, with an answer in any case: complete,
 * aborted by the browser, refused by its own work, or silent for too long.
 */
import { storeName } from './connection.js';
import { quotaError, storageError } from './errors.js';

export interface StepOptions {
  readonly transaction: IDBTransaction;
  readonly stallMillisMax: number;
  /** The connection is not to be used again. */
  readonly drop: () => void;
}

/** A transaction that others hold up is given up; one that has begun gets this much more time. */
const patience = 6;

export class Step {
  readonly #options: StepOptions;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #refusal: unknown;
  #timer: ReturnType<typeof setTimeout>;

  constructor(options: StepOptions, resolve: () => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#stall(), options.stallMillisMax);
  }

  begin(work: (store: IDBObjectStore) => void): void {
    const { transaction } = this.#options;
    transaction.oncomplete = () => this.finish();
    transaction.onabort = () => this.#aborted();
    this.#attempt(() => work(transaction.objectStore(storeName)));
  }

  /**
   * Hears a request. What `done` throws aborts the transaction, and is the answer; so does a
   * request that fails, unless there is a `failed`.
   */
  listen(request: IDBRequest, done: () => void, failed?: () => void): void {
    request.onsuccess = () => {
      clearTimeout(this.#timer);
      const millisMax = patience * this.#options.stallMillisMax;
      this.#timer = setTimeout(() => this.#stall(), millisMax);
      this.#attempt(done);
    };
    request.onerror = (event) => {
      // Of an aborted transaction all requests fail.
      if (failed === undefined || request.error?.name === 'AbortError') return;
      event.preventDefault();
      this.#attempt(failed);
    };
  }

  /**
   * All is done, however the transaction ends: Chromium aborts one in which it could not read a
   * row, even though each of the others was given.
   */
  finish(): void {
    clearTimeout(this.#timer);
    this.#resolve();
  }

  #attempt(part: () => void): void {
    try {
      part();
    } catch (error) {
      const isBrowsers = error instanceof DOMException;
      this.#refuse(isBrowsers ? storageError('failed', 'IndexedDB refused a row', error) : error);
    }
  }

  #refuse(error: unknown): void {
    this.#refusal ??= error;
    try {
      this.#options.transaction.abort();
    } catch {
      // Too late: it is being committed, and nobody can tell how that ends.
      this.#fail(this.#refusal);
    }
  }

  #stall(): void {
    this.#options.drop();
    this.#refuse(storageError('stalled', 'IndexedDB did not answer'));
    this.#fail(this.#refusal);
  }

  #aborted(): void {
    const { transaction, drop } = this.#options;
    const { error } = transaction;
    if (this.#refusal !== undefined) return this.#fail(this.#refusal);
    // Each request may have succeeded before, and there is no event of an error.
    if (error?.name === 'QuotaExceededError') return this.#fail(quotaError(error));
    drop();
    this.#fail(storageError('lost', 'IndexedDB was lost', error ?? undefined));
  }

  #fail(error: unknown): void {
    clearTimeout(this.#timer);
    this.#reject(error);
  }
}
