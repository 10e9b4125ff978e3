/**
 * The spaces of a server: read when somebody asks for them, condensed when their logs have grown,
 * and let go when nobody has used them for a while.
 */
import type { Host, LogRow } from 'danji/server';
import type { Logger } from 'pino';
import type { Limits } from './options.js';
import type { LogStore } from './store.js';

export interface SpacesParts {
  readonly host: Host;
  readonly store: LogStore;
  /** Where the rows of a space come from. */
  readonly read: (address: string) => ReturnType<LogStore['read']>;
  readonly logger: Logger;
  readonly limits: Pick<Limits, 'condenseRows' | 'maxSpaceBytes'>;
  /** The logs were brought back from a backup: pages may know more of them. */
  readonly isRestored: boolean;
  /** A log that is here could not be read. */
  readonly onUnread: (address: string) => void;
  /** Whether rows of the space are still to be read by somebody. */
  readonly isAwaited: (address: string) => boolean;
}

/** What a log has since its base, and how large that is. */
interface Length {
  rows: number;
  bytes: number;
  baseBytes: number;
}

/** A full log is condensed again when it has grown by so much, for something may be gone. */
const retryBytes = 1024 * 1024;

export class Spaces {
  readonly #parts: SpacesParts;
  /** Those that were brought back, or are being. */
  readonly #loads = new Map<string, Promise<void>>();
  readonly #lengths = new Map<string, Length>();
  /** Too large to take more. */
  readonly #full = new Set<string>();
  /** Those that go on as other logs than the backup's. */
  readonly #renewed = new Set<string>();
  /** Somebody here is about to use it. */
  readonly #held = new Map<string, number>();
  /** Nobody used them at the last look. */
  #idle = new Set<string>();

  constructor(parts: SpacesParts) {
    this.#parts = parts;
  }

  /** Rejects when the log can't be read: then nobody is ever let near it. */
  load(address: string): Promise<void> {
    const begun = this.#loads.get(address);
    if (begun !== undefined) return begun;
    const load = this.#bringBack(address);
    this.#loads.set(address, load);
    load.catch(() => {
      if (this.#loads.get(address) === load) this.#parts.onUnread(address);
    });
    return load;
  }

  /** It is not let go until the answer is called. */
  hold(address: string): () => void {
    this.#held.set(address, (this.#held.get(address) ?? 0) + 1);
    return () => {
      const left = (this.#held.get(address) ?? 1) - 1;
      if (left === 0) this.#held.delete(address);
      else this.#held.set(address, left);
    };
  }

  async #bringBack(address: string): Promise<void> {
    const { host, store, logger, read } = this.#parts;
    host.setClock(Date.now());
    let count = 0;
    let torn: readonly Uint8Array[] = [];
    for await (const piece of read(address)) {
      // What follows a row that is not whole tells whether it is only torn.
      const rows = [...torn, ...piece];
      const whole = host.load(address, rows);
      for (const row of rows.slice(0, whole)) this.#grow(address, row.length);
      count += whole;
      torn = rows.slice(whole);
    }
    if (torn.length > 0 && store.shared !== undefined) throw new Error('a log that is damaged');
    if (torn.length > 0) {
      logger.warn({ address, rows: count }, 'the end of a log was torn, and is cut off');
      const end = host.inspect().spaces.find((space) => space.address === address)?.index ?? count;
      await store.cut(address, end + 1);
    }
    this.#renew(address);
    const length = this.#lengths.get(address);
    if (length !== undefined) this.#mindRoom(address, length);
    logger.debug({ address, rows: count }, 'loaded');
  }

  /** Once: what is written from then on is known to be this log's. */
  #renew(address: string): void {
    const { host, isRestored } = this.#parts;
    if (!isRestored || this.#renewed.has(address) || !address.startsWith('server/')) return;
    this.#renewed.add(address);
    host.shares.renew(address);
  }

  #grow(address: string, bytes: number): void {
    const length = this.#lengths.get(address);
    if (length === undefined) {
      this.#lengths.set(address, { rows: 1, bytes: 0, baseBytes: bytes });
    } else {
      length.rows++;
      length.bytes += bytes;
    }
  }

  /** What takes the place of logs that have outgrown what they come to; right after `takeRows`. */
  condense(rows: readonly LogRow[]): LogRow[] {
    const { host, store, isAwaited } = this.#parts;
    for (const { address, bytes } of rows) this.#grow(address, bytes.length);
    const bases: LogRow[] = [];
    for (const address of new Set(rows.map((row) => row.address))) {
      const length = this.#lengths.get(address);
      if (length === undefined || !address.startsWith('server/')) continue;
      if (store.condense !== undefined && this.#isLong(length) && !isAwaited(address)) {
        const base = host.condense(address);
        bases.push(base);
        length.rows = 1;
        length.bytes = 0;
        length.baseBytes = base.bytes.length;
      }
      this.#mindRoom(address, length);
    }
    return bases;
  }

  #isLong({ rows, bytes, baseBytes }: Length): boolean {
    const { condenseRows, maxSpaceBytes } = this.#parts.limits;
    if (rows > condenseRows && bytes >= baseBytes) return true;
    // Perhaps it is less than it seems; but that is not looked for all the time.
    return bytes + baseBytes > maxSpaceBytes && bytes >= Math.min(baseBytes / 4, retryBytes);
  }

  #mindRoom(address: string, { bytes, baseBytes }: Length): void {
    const isFull = bytes + baseBytes > this.#parts.limits.maxSpaceBytes;
    if (isFull === this.#full.has(address)) return;
    this.#parts.host.setFull(address, isFull);
    if (!isFull) {
      this.#full.delete(address);
      return;
    }
    this.#full.add(address);
    this.#parts.logger.warn({ address }, 'full: only what makes it smaller is taken');
  }

  /** Rows that another server wrote. */
  followed(address: string, rows: readonly Uint8Array[]): void {
    for (const row of rows) this.#grow(address, row.length);
  }

  /** It is not here any more. */
  forget(address: string): void {
    this.#loads.delete(address);
    this.#lengths.delete(address);
    this.#full.delete(address);
  }

  /** Lets go of those that nobody used at the last look either; when all rows are durable. */
  letGo(): string[] {
    const { host, isAwaited } = this.#parts;
    const idle = host.idle().filter((address) => !this.#held.has(address) && !isAwaited(address));
    const gone = idle.filter((address) => this.#idle.has(address) && host.unload(address));
    this.#idle = new Set(idle);
    for (const address of gone) this.forget(address);
    return gone;
  }
}
