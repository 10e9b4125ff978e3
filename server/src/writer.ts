/**
 * Makes durable what the core decides, and lets out what it says when that is done. There is no
 * timer: whatever arrived while the store was writing is written next, together.
 */
import type { Host, LogRow, Outgoing } from 'danji/server';
import type { Logger } from 'pino';
import type { Afterwards } from './afterwards.js';
import type { Metrics } from './metrics.js';
import { FencedError } from './shared-logs.js';
import type { Spaces } from './spaces.js';
import type { LogStore } from './store.js';

export interface WriterParts {
  readonly host: Host;
  readonly store: LogStore;
  readonly spaces: Spaces;
  readonly afterwards: Afterwards | null;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly send: (frame: Outgoing) => void;
  /** Of several servers others lead these spaces now: what was decided here counts for nothing. */
  readonly onFenced: (addresses: readonly string[]) => void;
  readonly onWritten: (rows: readonly LogRow[]) => void;
}

export class Writer {
  readonly #parts: WriterParts;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Until there is no news. Rejects when the store fails. */
  async write(): Promise<void> {
    const { host, spaces, afterwards, send, onWritten } = this.#parts;
    while (host.hasNews) {
      const taken = host.takeRows();
      const bases = spaces.condense(taken);
      const rows = await this.#append(taken);
      if (taken.length > 0) host.written();
      onWritten(rows);
      for (const frame of host.takeFrames()) send(frame);
      const left = new Set(rows.map(({ address }) => address));
      await this.#condense(bases.filter(({ address }) => left.has(address)));
      afterwards?.written(rows);
    }
  }

  /** Those that were not refused, all or none. */
  async #append(taken: readonly LogRow[]): Promise<readonly LogRow[]> {
    const { store, metrics, afterwards, onFenced } = this.#parts;
    const marks = taken.length > 0 ? (afterwards?.marksFor(taken) ?? []) : [];
    let rows = taken;
    while (rows.length > 0) {
      const end = metrics.flushSeconds.startTimer();
      try {
        await store.append([...rows, ...marks]);
        end();
        metrics.rows.inc(rows.length);
        return rows;
      } catch (error) {
        if (!(error instanceof FencedError) || store.shared === undefined) throw error;
        const refused = new Set(error.addresses);
        onFenced(error.addresses);
        rows = rows.filter(({ address }) => !refused.has(address));
      }
    }
    return rows;
  }

  /** Before anything else is appended: later rows go on from these. */
  async #condense(bases: readonly LogRow[]): Promise<void> {
    const { store, logger, onFenced } = this.#parts;
    for (const base of bases) {
      const { address, index } = base;
      try {
        await store.condense?.(base);
        logger.debug({ address, index, bytes: base.bytes.length }, 'condensed');
      } catch (error) {
        if (!(error instanceof FencedError) || store.shared === undefined) throw error;
        onFenced(error.addresses);
      }
    }
  }
}
