/**
 * What is done after an op is durable: `afterCommit` hears of every accepted one, at least once, of
 * each room in order of its log, whatever dies in between.
 *
 * It is told from the log itself. In the same step as a room's first rows that nobody was told of,
 * the store gets a mark of where they begin; when all of them were told, another that takes it
 * back. Marks are rows of a log of their own, each a JSON object of rooms with their next index,
 * 0: all is told.
 */
import type { LogRow, ToldRow } from 'danji/server';
import type { Logger } from 'pino';
import type { SyncServerOptions } from './options.js';
import type { LogStore } from './store.js';

export interface AfterwardsParts {
  readonly afterCommit: NonNullable<SyncServerOptions['afterCommit']>;
  readonly store: LogStore;
  readonly logger: Logger;
  /** Brings the space back, and keeps it until the answer is called. */
  readonly hold: (address: string) => Promise<() => void>;
  readonly tell: (address: string, row: Uint8Array) => ToldRow;
  /** Several servers keep the spaces: each tells of those that it leads. */
  readonly isShared: boolean;
}

const marksLog = 'told';
/** So many rows are told before that is noted; who is told again hears of no more. */
const rowsPerMark = 64;
const marksKept = 512;
const retryMillis = 500;
const retryMillisMax = 60_000;

export class Afterwards {
  readonly #parts: AfterwardsParts;
  /** Where untold rows begin, by space. */
  readonly #next = new Map<string, number>();
  /** The last row of a space that was given to the store. */
  readonly #last = new Map<string, number>();
  readonly #working = new Set<string>();
  /** Something has changed since their worker looked. */
  readonly #stirred = new Set<string>();
  #marks = 0;
  #isOver = false;
  #endPause: (() => void) | null = null;
  readonly #ready: Promise<void>;

  constructor(parts: AfterwardsParts) {
    this.#parts = parts;
    this.#ready = this.#begin();
    this.#ready.catch(() => {}); // Whoever waits for it hears of it.
  }

  /** Nothing may be appended before it is known what was not told. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  async #begin(): Promise<void> {
    if (this.#parts.isShared) return;
    for await (const piece of this.#parts.store.read(marksLog)) {
      for (const bytes of piece) this.#take(bytes);
    }
    for (const address of this.#next.keys()) void this.#work(address);
  }

  #take(bytes: Uint8Array): void {
    const { index, rooms } = markIn(bytes);
    this.#marks = index;
    for (const [address, next] of Object.entries(rooms)) {
      if (next === 0) this.#next.delete(address);
      else this.#next.set(address, next);
    }
  }

  /** Of several servers this one is about to lead the space: where it goes on. */
  async takeOver(address: string): Promise<void> {
    const next = (await this.untold())[address];
    if (next !== undefined) this.#next.set(address, next);
  }

  /** It leads it now. */
  led(address: string): void {
    if (this.#next.has(address)) void this.#work(address);
  }

  /** Another server goes on. */
  forget(address: string): void {
    this.#next.delete(address);
    this.#last.delete(address);
  }

  /** The spaces of all servers with rows that nobody was told of. */
  async untold(): Promise<Readonly<Record<string, number>>> {
    const rooms: Record<string, number> = {};
    for await (const piece of this.#parts.store.read(marksLog)) {
      for (const bytes of piece) Object.assign(rooms, markIn(bytes).rooms);
    }
    return rooms;
  }

  /** Whether rows of the space have to be kept as they are. */
  awaits(address: string): boolean {
    return this.#next.has(address);
  }

  /** What has to be appended together with these rows. */
  marksFor(rows: readonly LogRow[]): LogRow[] {
    const rooms: Record<string, number> = {};
    for (const { address, index } of rows) {
      if (!address.startsWith('server/')) continue;
      this.#last.set(address, index);
      if (this.#next.has(address)) continue;
      this.#next.set(address, index);
      rooms[address] = index;
    }
    return Object.keys(rooms).length === 0 ? [] : [this.#mark(rooms)];
  }

  #mark(rooms: Mark['rooms']): LogRow {
    const index = ++this.#marks;
    const bytes = new TextEncoder().encode(JSON.stringify({ index, rooms } satisfies Mark));
    return { address: marksLog, index, bytes };
  }

  /** These rows are durable. */
  written(rows: readonly LogRow[]): void {
    for (const address of new Set(rows.map((row) => row.address))) {
      if (this.#next.has(address)) void this.#work(address);
    }
  }

  async #work(address: string): Promise<void> {
    this.#stirred.add(address);
    if (this.#working.has(address)) return;
    this.#working.add(address);
    try {
      const release = await this.#parts.hold(address);
      try {
        while (this.#stirred.delete(address)) await this.#tellAll(address);
      } finally {
        release();
      }
    } catch (error) {
      this.#parts.logger.error({ err: error, address }, 'what was committed can not be told');
    }
    this.#working.delete(address);
  }

  async #tellAll(address: string): Promise<void> {
    for (;;) {
      const rows = await this.#untold(address);
      for (const row of rows) {
        if (!(await this.#tell(row)) || !this.#next.has(address)) return;
        this.#next.set(address, row.version.index + 1);
        if (row.version.index % rowsPerMark === 0) await this.#note(address);
      }
      if (rows.length > 0) continue;
      // What is still on its way to the disk stirs this up again.
      const isAll = (this.#next.get(address) ?? 0) > (this.#last.get(address) ?? 0);
      if (!isAll) return;
      this.#next.delete(address);
      this.#last.delete(address);
      return this.#note(address);
    }
  }

  /** The next rows of a log, as many as come at once. */
  async #untold(address: string): Promise<readonly ToldRow[]> {
    const { store, tell } = this.#parts;
    const from = this.#next.get(address);
    if (from === undefined || this.#isOver) return [];
    for await (const piece of store.read(address, from)) {
      const rows = piece.map((bytes) => tell(address, bytes));
      const untold = rows.filter(({ version }) => version.index >= from);
      if (untold.length > 0) return untold;
    }
    return [];
  }

  async #note(address: string): Promise<void> {
    if (this.#isOver) return;
    const { store } = this.#parts;
    const written = store.append([this.#mark({ [address]: this.#next.get(address) ?? 0 })]);
    if (this.#marks % marksKept === 0) {
      const all = { index: this.#marks, rooms: Object.fromEntries(this.#next) } satisfies Mark;
      const bytes = new TextEncoder().encode(JSON.stringify(all));
      await store.condense?.({ address: marksLog, index: this.#marks, bytes });
    }
    await written;
  }

  /** Until it is taken. False: the server ends, and it is told by the next. */
  async #tell({ op, version }: ToldRow): Promise<boolean> {
    if (op === null) return true;
    for (let pause = retryMillis; !this.#isOver; pause = Math.min(pause * 2, retryMillisMax)) {
      try {
        await this.#parts.afterCommit(op, version);
        return true;
      } catch (error) {
        this.#parts.logger.error({ err: error, opId: op.opId }, 'afterCommit failed; again later');
        await this.#pause(pause);
      }
    }
    return false;
  }

  #pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      timer.unref();
      this.#endPause = () => (clearTimeout(timer), resolve());
    });
  }

  close(): void {
    this.#isOver = true;
    this.#endPause?.();
  }
}

function markIn(bytes: Uint8Array): Mark {
  return JSON.parse(new TextDecoder().decode(bytes)) as Mark;
}

interface Mark {
  readonly index: number;
  readonly rooms: Readonly<Record<string, number>>;
}
