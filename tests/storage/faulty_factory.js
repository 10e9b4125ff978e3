// An IndexedDB in memory that fails in the ways that browsers do, when it is told to.
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';

globalThis.IDBKeyRange = IDBKeyRange;

/** Requests that were never answered, or not yet: `release()` answers. */
class HeldRequest {
  #open;
  #real = null;

  constructor(open) {
    this.#open = open;
  }

  get result() {
    return this.#real.result;
  }

  release() {
    this.#real = this.#open();
    for (const name of ['onupgradeneeded', 'onsuccess', 'onerror']) {
      this.#real[name] = (event) => this[name](event);
    }
  }
}

function failing(name) {
  const request = { error: new DOMException('made up', name) };
  setImmediate(() => request.onerror(new Event('error', { cancelable: true })));
  return request;
}

export class FaultyFactory {
  /** What the next calls of `open` do instead: 'throws', 'hangs', or the name of an error. */
  opening = [];
  /** What the next transactions do instead: see `#begin`. */
  beginning = [];
  openCount = 0;
  held = [];
  databases = [];
  /** `mode/durability` of each transaction. */
  begun = [];
  real;

  constructor(real = new IDBFactory()) {
    this.real = real;
  }

  open(name, version) {
    this.openCount++;
    const fault = this.opening.shift();
    if (fault === 'throws') throw new DOMException('made up', 'SecurityError');
    if (fault === 'hangs') {
      this.held.push(new HeldRequest(() => this.#open(name, version)));
      return this.held.at(-1);
    }
    return fault === undefined ? this.#open(name, version) : failing(fault);
  }

  #open(name, version) {
    const request = this.real.open(name, version);
    request.addEventListener('success', () => this.#watch(request.result));
    return request;
  }

  #watch(database) {
    this.databases.push(database);
    const begin = database.transaction.bind(database);
    database.transaction = (...parts) => this.#begin(begin, parts);
  }

  /**
   * 'dead': the handle is; 'refuses': no row can be put; or the name of the error with which the
   * transaction aborts after all its requests succeeded, '' for none.
   */
  #begin(begin, parts) {
    const fault = this.beginning.shift();
    if (fault === 'dead') throw new DOMException('made up', 'InvalidStateError');
    const transaction = begin(...parts);
    this.begun.push(`${transaction.mode}/${transaction.durability}`);
    if (fault === 'refuses') refusePuts(transaction);
    else if (fault !== undefined) abortAtTheEnd(transaction, fault || null);
    return transaction;
  }
}

function refusePuts(transaction) {
  const objectStore = transaction.objectStore.bind(transaction);
  transaction.objectStore = (name) => {
    const store = objectStore(name);
    store.put = () => {
      throw new DOMException('made up', 'DataError');
    };
    return store;
  };
}

function abortAtTheEnd(transaction, error) {
  const start = transaction._start.bind(transaction);
  transaction._start = () => {
    if (transaction._requests.length > 0) start();
    else transaction._abort(error);
  };
}

/** Lets everything happen that needs no timer. */
export async function settle() {
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A transaction like that of a frozen tab: begun, and not ended before `end()`. */
export async function holdOpen(factory, name) {
  const request = factory.open(name, 1);
  const database = await new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const store = database.transaction('rows', 'readwrite').objectStore('rows');
  let isHeld = true;
  const goOn = () => {
    if (isHeld) store.get('nothing').onsuccess = goOn;
  };
  goOn();
  return {
    end: () => {
      isHeld = false;
      database.close();
    },
  };
}
