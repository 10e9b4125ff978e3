/**
 * One of several servers that keep the same spaces. It follows those that its clients use: reads on
 * in their logs, and hands what clients push to whoever leads them. Where nobody does, it takes the
 * lead itself, after it has read the log to its end. Whatever it finds out of order makes it drop
 * the space and send its clients away: they come again, and it is read again.
 */
import { Forwards, type SharingContext } from './forwards.js';
import type { Session } from './options.js';
import { markOf, type Cursor, type Entry } from './shared-logs.js';
import type { LogRow } from './store.js';

export interface SharesParts extends SharingContext {
  readonly onFollowed: (address: string, rows: readonly Uint8Array[]) => void;
  /** Before and after this server leads a space. */
  readonly onLead: { before(address: string): Promise<void>; after(address: string): void };
  /** The space is not here any more; these used it. */
  readonly onDropped: (address: string, connections: readonly number[]) => void;
}

interface Share {
  cursor: Cursor | null;
  isLed: boolean;
  /** One thing at a time is done to it. */
  turn: Promise<unknown>;
  isRung: boolean;
}

export class Shares {
  readonly #parts: SharesParts;
  readonly #shares = new Map<string, Share>();
  readonly #forwards: Forwards;
  readonly #beats: NodeJS.Timeout;

  constructor(parts: SharesParts) {
    this.#parts = parts;
    parts.host.shares.begin();
    this.#forwards = new Forwards({
      ...parts,
      leads: (address) => this.#shares.get(address)?.isLed,
      take: (address) => this.take(address),
    });
    this.#beats = setInterval(() => void this.#renew(), parts.logs.leaseMillis / 3);
    this.#beats.unref();
  }

  get ledCount(): number {
    return [...this.#shares.values()].filter(({ isLed }) => isLed).length;
  }

  // ---- Followed

  /** A space's rows, from where it can be brought back. Then it is followed. */
  async *read(address: string): AsyncIterable<readonly Uint8Array[]> {
    const { logs } = this.#parts;
    const share: Share = { cursor: null, isLed: false, turn: Promise.resolve(), isRung: false };
    await logs.join(address);
    this.#shares.set(address, share);
    let done = (): void => {};
    share.turn = new Promise<void>((resolve) => (done = resolve));
    try {
      for (;;) {
        const entries = await logs.readOn(address, share.cursor);
        if (!this.#isHere(address, share)) throw new Error('dropped while it was read');
        if (entries.length === 0 && share.cursor !== null) return;
        if (entries.length === 0) await this.#begin(address);
        else yield entries.map(({ bytes }) => bytes);
        note(share, entries);
      }
    } finally {
      done();
    }
  }

  /** All servers have to begin a log with the same epoch. */
  async #begin(address: string): Promise<void> {
    const { host, logs } = this.#parts;
    host.setClock(Date.now());
    host.load(address, []);
    const base = host.condense(address);
    host.shares.drop(address);
    await logs.begin(base);
  }

  /** Somebody wrote there. */
  rows(address: string): void {
    const share = this.#shares.get(address);
    if (share === undefined || share.isLed || share.isRung) return;
    share.isRung = true;
    this.#inTurn(share, async () => {
      share.isRung = false;
      await this.#readToEnd(address, share);
    }).catch(() => {}); // The store was closed: nobody follows anything any more.
  }

  async #inTurn<R>(share: Share, job: () => Promise<R>): Promise<R> {
    const result = share.turn.then(job);
    share.turn = result.catch(() => {});
    return result;
  }

  #isHere(address: string, share: Share): boolean {
    return this.#shares.get(address) === share;
  }

  async #readToEnd(address: string, share: Share): Promise<void> {
    while (this.#isHere(address, share) && !share.isLed) {
      const entries = await this.#parts.logs.readOn(address, share.cursor);
      if (entries.length === 0 || !this.#isHere(address, share)) return;
      this.#parts.act(() => this.#fold(address, share, entries));
    }
  }

  #fold(address: string, share: Share, entries: readonly Entry[]): void {
    const { host, logger, onFollowed } = this.#parts;
    const rows = entries.map(({ bytes }) => bytes);
    try {
      host.setClock(Date.now());
      if (host.load(address, rows) < rows.length) throw new Error('rows that do not follow');
    } catch (error) {
      if (host.isStopped) throw error;
      logger.warn({ err: error, address }, 'a log went another way, and is read again');
      this.drop(address);
      return;
    }
    note(share, entries);
    onFollowed(address, rows);
  }

  // ---- Led

  /** Takes the lead if nobody has it. Whether it is here. */
  async take(address: string): Promise<boolean> {
    const share = this.#shares.get(address);
    if (share === undefined) return false;
    try {
      return await this.#inTurn(share, () => this.#take(address, share));
    } catch (error) {
      this.#parts.logger.warn({ err: error, address }, 'a space could not be taken over');
      if (this.#isHere(address, share)) this.#parts.act(() => this.drop(address));
      return false;
    }
  }

  async #take(address: string, share: Share): Promise<boolean> {
    if (share.isLed) return true;
    if (!this.#isHere(address, share)) return false;
    const lease = await this.#parts.logs.lead(address);
    if (lease === null) return false;
    try {
      return await this.#beginToLead(address, share, lease.isStale);
    } finally {
      // What took its place meanwhile knows nothing of it, and it would be kept for ever.
      if (!share.isLed) await lease.giveUp();
    }
  }

  /** Nobody else can append any more: where the log ends now, this server goes on. */
  async #beginToLead(address: string, share: Share, isStale: boolean): Promise<boolean> {
    const { host, logger, act, onLead } = this.#parts;
    await this.#readToEnd(address, share);
    await onLead.before(address);
    if (isStale && this.#isHere(address, share)) await this.#renewLog(address);
    if (!this.#isHere(address, share)) return false;
    logger.debug({ address }, 'led from here');
    act(() => {
      share.isLed = true;
      host.setClock(Date.now());
      host.shares.lead(address);
      onLead.after(address);
    });
    return true;
  }

  /** Its pages know of rows that are gone, so they have to see that it is another log. */
  async #renewLog(address: string): Promise<void> {
    const { host, logs, logger } = this.#parts;
    logger.warn({ address }, 'a log lost rows that somebody had seen: it goes on as another one');
    host.setClock(Date.now());
    host.shares.renew(address);
    await logs.replace(host.condense(address));
  }

  async #renew(): Promise<void> {
    const lost = await this.#parts.logs.renew().catch(() => []);
    this.lose(lost);
  }

  /** Others lead them now. */
  lose(addresses: readonly string[]): void {
    const { logger, metrics } = this.#parts;
    for (const address of addresses) {
      const share = this.#shares.get(address);
      if (share === undefined) continue;
      metrics.leasesLost.inc();
      logger.warn({ address }, 'another server leads this space: its clients have to come again');
      this.drop(address);
      // Or the store has lost the lease, and rows with it.
      void this.#look(address, share);
    }
  }

  written(rows: readonly LogRow[]): void {
    for (const { address, index, bytes } of rows) {
      const share = this.#shares.get(address);
      if (share !== undefined) share.cursor = { id: `${index}-0`, mark: markOf(bytes) };
    }
  }

  // ---- What waits in the core

  work(): void {
    const { host } = this.#parts;
    if (host.shares.hasForwards) {
      for (const forward of host.shares.takeForwards()) void this.#forwards.send(forward);
    }
    if (!host.shares.hasClaims) return;
    for (const { session, user } of host.shares.takeClaims()) void this.#claim(session, user);
  }

  async #claim(session: Uint8Array, user: string): Promise<void> {
    const { host, logs, act } = this.#parts;
    const owner = await logs.claim(session, user).catch(() => null);
    if (owner !== null) act(() => host.shares.own(session, owner));
  }

  /** Somebody handed on what this server decides. */
  forwarded(address: string, message: Uint8Array): void {
    this.#forwards.receive(address, message);
  }

  /** Of a connection of another server, as long as the core asks for it. */
  sessionOf(connection: number): Session | null {
    return this.#forwards.sessionOf(connection);
  }

  // ---- Let go

  /** Forgets a space, with what was decided and not written. */
  drop(address: string): void {
    const { host, onDropped } = this.#parts;
    this.leave(address);
    if (!host.isStopped) onDropped(address, host.shares.drop(address));
  }

  /** Nobody uses it here any more. */
  leave(address: string): void {
    if (!this.#shares.has(address)) return;
    this.#forwards.forget(address);
    this.#shares.delete(address);
    this.#parts.logs.leave(address).catch(() => {});
  }

  /** The store was away: what may have been missed is looked for. */
  back(isSame: boolean): void {
    const { host, act, logger } = this.#parts;
    if (isSame) {
      for (const [address, share] of this.#shares) {
        void this.#look(address, share);
        this.rows(address);
      }
      return;
    }
    logger.warn('the store has lost everything: all logs begin anew');
    act(() => {
      for (const address of [...this.#shares.keys()]) this.drop(address);
      host.shares.disownAll();
    });
  }

  /** Whether the log still has what was read of it. */
  async #look(address: string, share: Share): Promise<void> {
    const { logs } = this.#parts;
    if (share.cursor === null) return;
    const found = await logs.look(address, share.cursor).catch(() => 'same' as const);
    if (found === 'lost') await logs.markStale(address).catch(() => {});
    if (found !== 'same' && this.#isHere(address, share)) {
      this.#parts.act(() => this.drop(address));
    }
  }

  close(): void {
    clearInterval(this.#beats);
    for (const address of this.#shares.keys()) this.#forwards.forget(address);
    this.#shares.clear();
  }
}

function note(share: Share, entries: readonly Entry[]): void {
  const last = entries.at(-1);
  if (last !== undefined) share.cursor = { id: last.id, mark: markOf(last.bytes) };
}
