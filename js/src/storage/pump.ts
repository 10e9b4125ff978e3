/**
 * The pump: carries what the core wants of the disk to the adapter, and the answers back. It
 * decides nothing: which rows, when, and what becomes of a failure is the core's business
 * (core/storage/storage.h).
 *
 * The adapter is opened when a lasting key is used or the core wants something for the first time,
 * so a page without lasting keys never touches it, and again after it was lost.
 */
import type { Bridge } from '../bridge.js';
import { DanjiError, errorCodes } from '../errors.js';
import type { PersistenceAdapter, RowsCommit, StoredRow } from './adapter-types.js';
import { storageError } from './errors.js';

/** The core, and the page around it. */
export interface DiskHome {
  readonly bridge: Bridge;
  readonly isOver: boolean;
  /** A call into the core from outside. */
  enter(call: () => void): void;
  report(error: DanjiError): void;
}

/** Adapters have limits of their own; this is for one that has none. */
const silenceMillisMax = 60_000;
/** Something to write where nothing else is: the core reads no such row. */
const flushRow = 'flush';
const answers = ['STALE', 'QUOTA', 'STORAGE'];

export class Pump {
  readonly #home: DiskHome;
  readonly #adapter: PersistenceAdapter;
  readonly #cluster: string;
  #opened: Promise<void> | null = null;
  #isReading = false;
  #isWriting = false;
  #isClosed = false;
  /** The last answer was a failure, which was told. */
  #hasFailed = false;
  #idlers: (() => void)[] = [];
  #flush: Promise<void> | null = null;

  constructor(home: DiskHome, adapter: PersistenceAdapter, cluster: string) {
    this.#home = home;
    this.#adapter = adapter;
    this.#cluster = cluster;
  }

  /** While the disk fails, the core wants to be asked in each task: it knows when to try again. */
  get mustAsk(): boolean {
    return this.#hasFailed && !this.#isClosed;
  }

  /** Something lasts here: the disk is opened while the tabs still agree on who may read it. */
  prepare(): void {
    const opened = this.#open();
    // Whoever needs it tells that it failed.
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = null;
    });
  }

  /** At the end of a task: asks the core and begins what it wants. */
  carry(): void {
    const { reading, commit } = this.#home.bridge.storageWants();
    if (reading !== undefined) void this.#read(reading.from, reading.to);
    if (commit !== undefined) void this.#commit(commit);
    if (this.#isReading || this.#isWriting) return;
    for (const idle of this.#idlers.splice(0)) idle();
  }

  /**
   * Resolves when all that was committed before, by any tab, is flushed to the disk. One commit
   * does that for all who ask in a task.
   */
  flush(): Promise<void> {
    this.#flush ??= Promise.resolve().then(async () => {
      this.#flush = null;
      const put = [[flushRow, new Uint8Array([1])]] as const;
      const code = await this.#codeOf(() => this.#adapter.commit({ put }, 'strict'));
      const detail = 'it is on the disk, which did not say that it would survive a power failure';
      if (code !== 0) throw new DanjiError(errorCodes[code] ?? 'STORAGE', detail);
    });
    return this.#flush;
  }

  /** Resolves when nothing is under way and the core wants nothing, for now. */
  idle(): Promise<void> {
    if (this.#isClosed || this.#home.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idlers.push(resolve);
      this.#home.enter(() => this.carry());
    });
  }

  /** Nothing is asked or answered any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const idle of this.#idlers.splice(0)) idle();
    if (this.#opened === null) return;
    await this.#inTime(this.#adapter.close()).catch((error) => this.#tell(error));
  }

  async #read(from: string, to: string): Promise<void> {
    this.#isReading = true;
    const rows: StoredRow[] = [];
    const take = (part: readonly StoredRow[]): void => void rows.push(...part);
    const code = await this.#codeOf(() => this.#adapter.read(from, to, take));
    this.#answer(() => {
      this.#isReading = false;
      this.#home.bridge.rowsRead(code, code === 0 ? rows : []);
    });
  }

  async #commit(commit: RowsCommit): Promise<void> {
    this.#isWriting = true;
    const code = await this.#codeOf(() => this.#adapter.commit(commit, 'relaxed'));
    this.#answer(() => {
      this.#isWriting = false;
      this.#home.bridge.committed(code);
    });
  }

  #answer(call: () => void): void {
    if (!this.#isClosed) this.#home.enter(call);
  }

  /** What the core is told: 0, or the number of STALE, QUOTA or STORAGE. */
  async #codeOf(work: () => Promise<void>): Promise<number> {
    try {
      await this.#inTime(this.#open().then(work));
      this.#hasFailed = false;
      return 0;
    } catch (error) {
      const isKnown = error instanceof DanjiError && answers.includes(error.code);
      const code = isKnown ? error.code : 'STORAGE';
      if (code === 'STALE') return errorCodes.indexOf(code);
      // Opened again by the next one: adapters take that for a question how it stands.
      this.#opened = null;
      this.#tell(error);
      return errorCodes.indexOf(code);
    }
  }

  #open(): Promise<void> {
    const open = async () => this.#adapter.open(this.#cluster, (error) => this.#home.report(error));
    return (this.#opened ??= open());
  }

  #inTime(work: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      const detail = 'the storage adapter does not answer';
      timer = setTimeout(() => reject(storageError('stalled', detail)), silenceMillisMax);
      (timer as { unref?: () => void }).unref?.();
    });
    return Promise.race([work, silence]).finally(() => clearTimeout(timer));
  }

  /** Once, until it works again. */
  #tell(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const detail = 'the storage adapter failed';
    const told = error instanceof DanjiError ? error : storageError('failed', detail, error);
    if (!this.#isClosed) this.#home.report(told);
  }
}
