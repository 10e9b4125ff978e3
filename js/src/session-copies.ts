/**
 * Session copies: values with the lifetime `session`, kept in the tab's sessionStorage, so that
 * they outlive its reload and not its closing.
 *
 * A copy is the core's own checksummed snapshot of one entry, written a moment after a change and
 * when the page goes. What a tab decides for itself is brought back when it is used first. Of what
 * tabs share a copy counts only if this tab found no other: who lives knows better. A browser that
 * duplicates a tab duplicates its copies too; who writes is told by ids that no copy holds.
 */
import { isOfSession } from './definition.js';
import { DanjiError } from './errors.js';
import type { Cell } from './cell.js';
import { restoreBytes, takeSnapshotBytes } from './snapshot.js';
import type { Store } from './store.js';

const delayMillis = 200;
/** The author of what is brought back. */
const sessionUnit = 'session';

/** The tab's own, where there is one and the page may use it. */
function storageOfTab(): Storage | null {
  try {
    return typeof document === 'undefined' ? null : (globalThis.sessionStorage ?? null);
  } catch {
    return null;
  }
}

export class SessionCopies {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #storage = storageOfTab();
  readonly #changed = new Set<Cell>();
  /** Shared cells that were used before it was known whether there are other tabs. */
  #early: Cell[] = [];
  /** Null: not known yet. */
  #isFirst: boolean | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasFailed = false;
  #ends: (() => void)[] = [];

  constructor(store: Store, cluster: string) {
    this.#store = store;
    this.#prefix = `danji/1/${cluster}/`;
    store.onOpened = (cell) => this.#opened(cell);
  }

  /** It is known who decides: `isFirst`, this tab, and it found no other one. */
  begin(isFirst: boolean): void {
    this.#isFirst ??= isFirst;
    for (const cell of this.#early.splice(0)) this.#opened(cell);
  }

  #opened(cell: Cell): void {
    const { plane } = cell.space;
    if (!isOfSession(cell.registration.definition) || this.#storage === null) return;
    if (plane === 'server') return; // It keeps what it is given.
    if (plane === 'device' && this.#isFirst === null) return void this.#early.push(cell);
    if (this.#ends.length === 0) this.#listen();
    const call = (): void => this.#note(cell);
    this.#ends.push(this.#store.mirror.listen(cell, { call, wantsMeta: true, isActive: true }));
    if (plane === 'tab' || this.#isFirst === true) this.#bringBack(cell);
    else this.#note(cell);
  }

  #bringBack(cell: Cell): void {
    const store = this.#store;
    if (store.isOver || cell.isSet || cell.index > 0) return;
    // It is written in a task of its own then.
    if (store.isInBatch) return queueMicrotask(() => this.#bringBack(cell));
    const name = this.#nameOf(cell);
    try {
      const text = this.#storage?.getItem(name) ?? null;
      if (text === null) return;
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      const unit = store.bridge.unit(sessionUnit, '*'); // It says what was there before.
      restoreBytes(store, bytes, false, unit).catch((error) => this.#lost(cell, error));
    } catch (error) {
      this.#lost(cell, error);
    }
  }

  /** A copy that can't be used: damaged, or of a key that means something else now. */
  #lost(cell: Cell, cause: unknown): void {
    const { key } = cell;
    if (this.#store.isOver) return;
    this.#storage?.removeItem(this.#nameOf(cell));
    const code = cause instanceof DanjiError ? cause.code : 'STORAGE';
    const detail = `what this tab kept of '${key}' can't be brought back`;
    this.#store.report(new DanjiError(code, detail, { key, cause }));
  }

  #nameOf({ space, key }: Cell): string {
    return `${this.#prefix}${space.address}/${key}`;
  }

  // ---- Keeping

  #listen(): void {
    const save = (): void => this.save();
    for (const [target, type] of [[window, 'pagehide'], [document, 'visibilitychange']] as const) {
      target.addEventListener(type, save);
      this.#ends.push(() => target.removeEventListener(type, save));
    }
  }

  #note(cell: Cell): void {
    this.#changed.add(cell);
    this.#timer ??= setTimeout(() => this.save(), delayMillis);
  }

  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#store.isOver) return;
    for (const cell of this.#changed) this.#keep(cell);
    this.#changed.clear();
  }

  #keep(cell: Cell): void {
    const name = this.#nameOf(cell);
    const selection = { addresses: [cell.space.address], keys: [cell.key] };
    try {
      if (cell.pending > 0) return; // It is kept when it is decided.
      if (!cell.isSet) return this.#storage?.removeItem(name);
      const bytes = takeSnapshotBytes(this.#store, selection);
      this.#storage?.setItem(name, textOf(bytes));
      this.#hasFailed = false;
    } catch (cause) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      const detail = `this tab has no room to keep '${cell.key}' for a reload`;
      this.#store.report(new DanjiError('QUOTA', detail, { key: cell.key, cause }));
    }
  }

  end(): void {
    this.save();
    for (const end of this.#ends.splice(0)) end();
  }
}

/** One letter for each byte. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
