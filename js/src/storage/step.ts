/**
 * One transaction, from its first request to its end, with an answer in any case: complete,
 * aborted by the browser, refused by its own work, or silent for too long.
 */
import { storeName } from './connection.js';
import { quotaError, storageError } from './errors.js';

export interface StepOptions {
  readonly transaction: IDBTransaction;
  readonly stallMillisMax: number;
  readonly work: (store: IDBObjectStore, step: Step) => void;
  /** The connection is not to be used again. */
  readonly drop: () => void;
}

export interface Step {
  /**
   * Hears a request. What `done` throws aborts the transaction, and is the answer; so does a
   * request that fails, unless there is a `failed`.
   */
  listen(request: IDBRequest, done: () => void, failed?: () => void): void;
}

/** A transaction that others held up is given up; one that has begun has this much more time. */
const patience = 6;

export function begin({ transaction, stallMillisMax, work, drop }: StepOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let refusal: unknown;
    const refuse = (error: unknown) => {
      refusal ??= error;
      try {
        transaction.abort();
      } catch {
        // Too late: it is being committed, and nobody can tell how that ends.
        end(refusal);
      }
    };
    const stall = () => {
      drop();
      refuse(storageError('stalled', 'IndexedDB did not answer'));
      end(refusal);
    };
    let timer = setTimeout(stall, stallMillisMax);
    const end = (error: unknown) => {
      clearTimeout(timer);
      reject(error);
    };
    const attempt = (part: () => void) => {
      try {
        part();
      } catch (error) {
        const isBrowsers = error instanceof DOMException;
        refuse(isBrowsers ? storageError('failed', 'IndexedDB refused a row', error) : error);
      }
    };
    const listen = (request: IDBRequest, done: () => void, failed?: () => void) => {
      request.onsuccess = () => {
        clearTimeout(timer);
        timer = setTimeout(stall, patience * stallMillisMax);
        attempt(done);
      };
      request.onerror = (event) => {
        // Of an aborted transaction all requests fail.
        if (failed === undefined || request.error?.name === 'AbortError') return;
        event.preventDefault();
        attempt(failed);
      };
    };
    transaction.oncomplete = () => {
      clearTimeout(timer);
      resolve();
    };
    transaction.onabort = () => {
      const { error } = transaction;
      if (refusal !== undefined) end(refusal);
      // Some requests succeed first, and there is no event of an error.
      else if (error?.name === 'QuotaExceededError') end(quotaError(error));
      else {
        drop();
        end(storageError('lost', 'IndexedDB was lost', error ?? undefined));
      }
    };
    attempt(() => work(transaction.objectStore(storeName), { listen }));
  });
}
