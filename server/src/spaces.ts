/**
 * The spaces of a server: read when somebody asks for them, condensed when their logs have grown,
 * and let go when nobody has used them for a while.
 */
import type { Host, LogRow } from 'danji/server';
import type { Logger } from 'pino';
import type { LogStore } from './store.js';

export interface SpacesParts {
  readonly host: Host;
  readonly store: LogStore;
  readonly logger: Logger;
  /** A log that is not longer than that is left as it is. */
  readonly condenseRows: number;
  /** Whether rows of the space are still to be read by somebody. */
  readonly isAwaited: (address: string) => boolean;
}

/** What a log has since its base, and how large that is. */
interface Length {
  rows: number;
  bytes: number;
  baseBytes: number;
}

export class Spaces {
  readonly #parts: SpacesParts;
  /** Those that were brought back, or are being. */
  readonly #loads = new Map<string, Promise<void>>();
  readonly #lengths = new Map<string, Length>();
  /** Somebody here is about to use it. */
  readonly #held = new Map<string, number>();
  /** Nobody used them at the last look. */
  #idle = new Set<string>();

  constructor(parts: SpacesParts) {
    this.#parts = parts;
  }

  /** Rejects when the log can't be read: then nobody is ever let near it. */
  load(address: string): Promise<void> {
    let load = this.#loads.get(address);
    if (load === undefined) this.#loads.set(address, (load = this.#bringBack(address)));
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
    const { host, store, logger } = this.#parts;
    host.setClock(Date.now());
    let count = 0;
    let torn: readonly Uint8Array[] = [];
    for await (const piece of store.read(address)) {
      // What follows a row that is not whole tells whether it is only torn.
      const rows = [...torn, ...piece];
      const whole = host.load(address, rows);
      for (const row of rows.slice(0, whole)) this.#grow(address, row.length);
      count += whole;
      torn = rows.slice(whole);
    }
    if (torn.length > 0) {
      logger.warn({ address, rows: count }, 'the end of a log was torn, and is cut off');
      const end = host.inspect().spaces.find((space) => space.address === address)?.index ?? count;
      await store.cut(address, end + 1);
    }
    logger.debug({ address, rows: count }, 'loaded');
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
    const { host, store, condenseRows, isAwaited } = this.#parts;
    for (const { address, bytes } of rows) this.#grow(address, bytes.length);
    if (store.condense === undefined) return [];
    const bases: LogRow[] = [];
    for (const address of new Set(rows.map((row) => row.address))) {
      if (!address.startsWith('server/')) continue;
      const length = this.#lengths.get(address);
      const isLong =
        length !== undefined && length.rows > condenseRows && length.bytes >= length.baseBytes;
      if (!isLong || isAwaited(address)) continue;
      const base = host.condense(address);
      this.#lengths.set(address, { rows: 1, bytes: 0, baseBytes: base.bytes.length });
      bases.push(base);
    }
    return bases;
  }

  /** Lets go of those that nobody used at the last look either; when all rows are durable. */
  letGo(): string[] {
    const { host, isAwaited } = this.#parts;
    const idle = host.idle().filter((address) => !this.#held.has(address) && !isAwaited(address));
    const gone = idle.filter((address) => this.#idle.has(address) && host.unload(address));
    this.#idle = new Set(idle);
    for (const address of gone) {
      this.#loads.delete(address);
      this.#lengths.delete(address);
    }
    return gone;
  }
}
