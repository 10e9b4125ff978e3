/**
 * All clients of a server: takes them in, hands their frames to the keeper and its answers back.
 */
import type { IncomingMessage } from 'node:http';
import type { Access, Outgoing } from 'danji/server';
import type { Logger } from 'pino';
import { Client, Ending, type Carrier } from './client.js';
import type { Keeper } from './keeper.js';
import type { Metrics } from './metrics.js';
import {
  anybody,
  standardAccess,
  type Limits,
  type Session,
  type SyncServerOptions,
} from './options.js';
import { Relay } from './relay.js';
import { checkedSession } from './session.js';
import type { SharedLogs } from './shared-logs.js';

export interface ClientsParts {
  readonly options: SyncServerOptions;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Other servers of the same spaces. */
  readonly others: SharedLogs | undefined;
}

const tokenBytesMax = 16 * 1024;

export class Clients {
  readonly #parts: ClientsParts;
  readonly #byId = new Map<number, Client>();
  readonly #perUser = new Map<string, number>();
  readonly #relay: Relay;
  #keeper: Keeper | null = null;
  #lastId = 0;

  constructor(parts: ClientsParts) {
    this.#parts = parts;
    const { authorize = standardAccess } = parts.options;
    this.#relay = new Relay(
      async ({ session }, room) => (session === null ? 'none' : authorize(session, room)),
      parts.limits,
      parts.others,
    );
  }

  /** The two need each other. */
  attach(keeper: Keeper): void {
    this.#keeper = keeper;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** A connection of somebody who has not said who he is. */
  open(carrier: Carrier): Client {
    return new Client(++this.#lastId, carrier, this.#parts.limits);
  }

  /** Whether the token is somebody's who may come in; again for another token. */
  async admit(client: Client, token: unknown, request: IncomingMessage): Promise<boolean> {
    const { options, logger, metrics } = this.#parts;
    try {
      if (token !== null && typeof token !== 'string') throw new TypeError('a token is a text');
      if (token !== null && token.length > tokenBytesMax) throw new TypeError('a token too long');
      const session =
        options.authenticate === undefined
          ? anybody
          : checkedSession(await options.authenticate(token, request));
      if (client.isOver) return false;
      // Ops that are on their way belong to whoever sent them.
      if (client.session !== null && client.session.userId !== session.userId) {
        throw new TypeError('a connection stays with its user');
      }
      const isNew = client.session === null;
      if (isNew && !this.#hasRoomFor(session.userId)) {
        client.carrier.end(Ending.busy);
        return false;
      }
      const grants = session.grants ?? [];
      this.#keeper?.connect(client.id, grants, session.userId);
      client.admit(session, options.authenticate && options.reauthenticateEveryMs);
      if (isNew) this.#add(client, session.userId);
      else await this.#renew(client);
      return true;
    } catch (error) {
      metrics.authFailed.inc();
      logger.info({ err: error }, 'a token was refused');
      client.carrier.end(Ending.needsAuth);
      return false;
    }
  }

  #hasRoomFor(user: string): boolean {
    const { options, limits } = this.#parts;
    if (options.authenticate === undefined) return true;
    return (this.#perUser.get(user) ?? 0) < limits.maxConnectionsPerUser;
  }

  #add(client: Client, user: string): void {
    this.#byId.set(client.id, client);
    this.#perUser.set(user, (this.#perUser.get(user) ?? 0) + 1);
    this.#parts.metrics.connections.set(this.count);
    this.#parts.logger.debug({ connection: client.id, user }, 'connected');
  }

  /** What another token says may be something else. */
  async #renew(client: Client): Promise<void> {
    this.#relay.forget(client);
    for (const address of client.rooms) {
      this.#keeper?.allow(client.id, address, await this.#accessOf(client, address));
    }
  }

  close(client: Client): void {
    client.close();
    this.#relay.forget(client);
    if (!this.#byId.delete(client.id) || client.session === null) return;
    const { userId } = client.session;
    const left = (this.#perUser.get(userId) ?? 1) - 1;
    if (left === 0) this.#perUser.delete(userId);
    else this.#perUser.set(userId, left);
    this.#keeper?.disconnect(client.id);
    this.#parts.metrics.connections.set(this.count);
    this.#parts.logger.debug({ connection: client.id }, 'disconnected');
  }

  /** Whether these words were for others. */
  hear(client: Client, words: Readonly<Record<string, unknown>> | null): boolean {
    return this.#relay.hear(client, words);
  }

  receive(client: Client, frame: Uint8Array): void {
    const keeper = this.#keeper;
    if (keeper === null || client.isOver) return;
    if (!client.parts.allows(frame)) return client.carrier.end(Ending.tooLarge);
    const before = keeper.effort;
    keeper.receive(client.id, frame);
    const wait = client.count(keeper.effort - before, Date.now());
    if (wait <= 0) return;
    this.#parts.metrics.limited.inc();
    client.carrier.pause(wait);
  }

  send({ connection, bytes }: Outgoing): void {
    const client = this.#byId.get(connection);
    if (client === undefined || client.isOver) return;
    const { limits, metrics, logger } = this.#parts;
    metrics.frames.inc();
    metrics.bytes.inc(bytes.length);
    client.carrier.send(bytes);
    if (client.carrier.waitingBytes <= limits.slowConsumerBytes) return;
    metrics.slowConsumers.inc();
    logger.info({ connection }, 'ended: it reads too slowly');
    client.carrier.end(Ending.busy);
  }

  sessionOf(connection: number): Session | null {
    return this.#byId.get(connection)?.session ?? null;
  }

  async decideAccess(connection: number, address: string): Promise<Access> {
    const client = this.#byId.get(connection);
    if (client === undefined) return 'none';
    const isOne = client.rooms.has(address);
    if (!isOne && client.rooms.size >= this.#parts.limits.maxRoomsPerConnection) {
      client.carrier.say({ denied: address });
      return 'none';
    }
    client.rooms.add(address);
    return this.#accessOf(client, address);
  }

  async #accessOf(client: Client, address: string): Promise<Access> {
    const { authorize = standardAccess } = this.#parts.options;
    const room = address.replace(/^server\//, '');
    const access = client.session === null ? 'none' : await authorize(client.session, room);
    if (access === 'read' || access === 'write') return access;
    client.carrier.say({ denied: address });
    return 'none';
  }

  /** Somebody at another server said it. */
  pass(room: string, data: unknown): void {
    this.#relay.pass(room, data);
  }

  /** They come again, and ask for all that they had. */
  endThose(connections: readonly number[]): void {
    for (const id of connections) {
      const client = this.#byId.get(id);
      if (client === undefined) continue;
      client.carrier.end(Ending.restart);
      this.close(client);
    }
  }

  endAll(why: Ending): void {
    for (const client of [...this.#byId.values()]) client.carrier.end(why);
  }
}
