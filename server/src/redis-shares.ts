/**
 * Several servers on one Redis: leases with tokens, and words between them over a connection of its
 * own. A word may get lost; whoever relies on one says it again, or looks when the connection is
 * back.
 */
import { randomBytes } from 'node:crypto';
import { bufferOf, type RedisLink } from './redis-link.js';
import {
  beginScript,
  claimScript,
  condenseScript,
  forwardScript,
  leadScript,
  renewScript,
  resignScript,
} from './redis-scripts.js';
import { RedisWords } from './redis-words.js';
import {
  FencedError,
  markOf,
  type Cursor,
  type Entry,
  type Lease,
  type SharedListener,
  type SharedLogs,
} from './shared-logs.js';
import type { LogRow } from './store.js';

export interface RedisSharesParts {
  readonly url: string;
  readonly link: RedisLink;
  readonly prefix: string;
  readonly leaseMillis: number;
  readonly range: (address: string, from: string) => Promise<readonly Entry[]>;
}

export class RedisShares implements SharedLogs {
  readonly leaseMillis: number;
  readonly #parts: RedisSharesParts;
  readonly #words: RedisWords;
  /** Nobody else ever had it. */
  readonly #self = randomBytes(8).toString('hex');
  /** Of the spaces that are led, or about to be. */
  readonly #tokens = new Map<string, string>();
  #lastToken = 0;
  /** Of what is in this Redis: another one has lost it. */
  #identity: string | null = null;
  #listener: SharedListener | null = null;

  constructor(parts: RedisSharesParts) {
    this.#parts = parts;
    this.leaseMillis = parts.leaseMillis;
    this.#words = new RedisWords(parts.url, {
      // What was said meanwhile is looked for.
      back: () => this.#listener?.back(true),
      hear: (channel, message) => this.#hear(channel, message),
    });
  }

  listen(listener: SharedListener): void {
    this.#listener = listener;
    this.#words.begin();
  }

  get isUp(): boolean {
    return this.#listener === null || this.#words.isUp;
  }

  /** There is another connection. */
  async connected(): Promise<void> {
    const { link } = this.#parts;
    await link.ask(['SET', this.#key('identity'), this.#self, 'NX']);
    const identity = String(await link.ask(['GET', this.#key('identity')]));
    const before = this.#identity;
    this.#identity = identity;
    if (before !== null) this.#listener?.back(before === identity);
  }

  #key(kind: string, address?: string): string {
    return this.#parts.prefix + kind + (address === undefined ? '' : `:${address}`);
  }

  #hear(channel: string, message: Buffer): void {
    const { prefix } = this.#parts;
    const [kind = '', ...rest] = channel.slice(prefix.length).split(':');
    const name = rest.join(':');
    if (kind === 'rows') this.#listener?.rows(name);
    if (kind === 'ops') this.#listener?.forwarded(name, message);
    if (kind !== 'room') return;
    const text = message.toString();
    const end = this.#self.length;
    if (text.slice(0, end) !== this.#self) this.#listener?.said(name, text.slice(end));
  }

  // ---- Logs

  async join(address: string): Promise<void> {
    await this.#words.enter(this.#key('rows', address));
  }

  async leave(address: string): Promise<void> {
    this.#words.leave(this.#key('rows', address));
    const token = this.#tokens.get(address);
    if (token !== undefined) await this.#resign(address, token);
  }

  async baseOf(address: string): Promise<string | null> {
    const id = await this.#parts.link.ask(['GET', this.#key('base', address)]);
    return id === null ? null : String(id);
  }

  async readOn(address: string, cursor: Cursor | null): Promise<readonly Entry[]> {
    if (cursor !== null) return this.#parts.range(address, `(${cursor.id}`);
    return this.#parts.range(address, (await this.baseOf(address)) ?? '-');
  }

  async begin({ address, bytes }: LogRow): Promise<void> {
    await this.#parts.link.run(beginScript, [this.#parts.prefix, address, bufferOf(bytes)]);
  }

  async replace({ address, index, bytes }: LogRow): Promise<void> {
    const { link, prefix } = this.#parts;
    const args = [prefix, address, this.tokenOf(address), String(index), bufferOf(bytes)];
    if ((await link.run(condenseScript, args)) !== 0) throw new FencedError([address]);
  }

  async look(address: string, { id, mark }: Cursor): Promise<'same' | 'lost' | 'gone'> {
    // What is there of it, or behind it.
    const [entry] = await this.#parts.range(address, id);
    if (entry === undefined) return 'lost';
    if (entry.id !== id) return 'gone';
    return markOf(entry.bytes) === mark ? 'same' : 'lost';
  }

  async markStale(address: string): Promise<void> {
    await this.#parts.link.ask(['SET', this.#key('stale', address), '1']);
  }

  // ---- Leases

  tokenOf(address: string): string {
    return this.#tokens.get(address) ?? '';
  }
  leads(address: string): boolean {
    return this.#tokens.has(address);
  }

  async lead(address: string): Promise<Lease | null> {
    const { link, prefix, leaseMillis } = this.#parts;
    const token = `${this.#self}-${++this.#lastToken}`;
    const answer = await link.run(leadScript, [prefix, address, String(leaseMillis), token]);
    if (answer === 0) return null;
    this.#tokens.set(address, token);
    await this.#words.enter(this.#key('ops', address));
    return { isStale: answer === 2, giveUp: () => this.#resign(address, token) };
  }

  async #resign(address: string, token: string): Promise<void> {
    if (this.#tokens.get(address) === token) {
      this.#tokens.delete(address);
      this.#words.leave(this.#key('ops', address));
    }
    await this.#parts.link.run(resignScript, [this.#parts.prefix, address, token]);
  }

  async renew(): Promise<readonly string[]> {
    const { link, prefix, leaseMillis } = this.#parts;
    const held = [...this.#tokens];
    if (held.length === 0) return [];
    const lost = await link.run(renewScript, [prefix, String(leaseMillis), ...held.flat()]);
    // Those that were given up meanwhile, or taken again, are nobody's business here.
    return (lost as readonly number[])
      .map((place) => held[place] ?? (['', ''] as const))
      .filter(([address, token]) => this.#tokens.get(address) === token)
      .map(([address]) => address);
  }

  async forward(address: string, message: Uint8Array): Promise<number> {
    const { link, prefix } = this.#parts;
    return Number(await link.run(forwardScript, [prefix, address, bufferOf(message)]));
  }

  // ---- Sessions and rooms

  async claim(session: Uint8Array, user: string): Promise<string> {
    const { link, prefix } = this.#parts;
    return String(await link.run(claimScript, [prefix, bufferOf(session), user]));
  }

  enterRoom(room: string): void {
    void this.#words.enter(this.#key('room', room));
  }
  leaveRoom(room: string): void {
    this.#words.leave(this.#key('room', room));
  }
  say(room: string, data: string): void {
    void this.#parts.link.tryAsk(['PUBLISH', this.#key('room', room), this.#self + data]);
  }

  async close(): Promise<void> {
    this.#listener = null;
    // Others need not wait until the leases expire.
    const { link, prefix } = this.#parts;
    const resigned = [...this.#tokens].map(([address, token]) =>
      link.tryRun(resignScript, [prefix, address, token]),
    );
    this.#tokens.clear();
    await Promise.all(resigned);
    this.#words.close();
  }
}
