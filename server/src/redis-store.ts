/**
 * Logs in Redis: a stream for each space, appended to in one step with what must be true before. Of
 * one Redis, or of one with replicas behind one address; not of a cluster, for a batch touches
 * several logs.
 */
import type { Logger } from 'pino';
import { weaknessesOf } from './redis-durability.js';
import { RedisLink, bufferOf, type Argument, type Reply } from './redis-link.js';
import { appendScript, cutScript } from './redis-scripts.js';
import { RedisShares } from './redis-shares.js';
import { FencedError, type Entry } from './shared-logs.js';
import type { LogRow, LogStore } from './store.js';

export interface RedisStoreOptions {
  /** Hears of a Redis that is away, and of one that may lose what it has acknowledged. */
  readonly logger?: Logger;
  /** What the names of all keys begin with. Default `danji:`. */
  readonly prefix?: string;
  /** How long a server that says nothing keeps its spaces. Default 5,000. */
  readonly leaseMillis?: number;
}

/** Rows that are read at a time. */
const pieceRows = 256;

/** Not logs but tables, for several servers write them. */
const ownersLog = 'owners';
const toldLog = 'told';

/** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
export function redisStore(url: string, options: RedisStoreOptions = {}): LogStore {
  const { logger, prefix = 'danji:', leaseMillis = 5_000 } = options;
  const logOf = (address: string): string => `${prefix}log:${address}`;
  const link = new RedisLink(
    url,
    () => void onReady(),
    (error) => logger?.warn({ err: error }, 'Redis does not answer: nothing is acknowledged'),
  );
  const range = async (address: string, from: string): Promise<readonly Entry[]> => {
    const count = String(pieceRows);
    return entriesOf(await link.ask(['XRANGE', logOf(address), from, '+', 'COUNT', count]));
  };
  const shared = new RedisShares({ url, link, prefix, leaseMillis, range });
  const onReady = async (): Promise<void> => {
    await shared.connected().catch(() => {});
    for (const weakness of await weaknessesOf(link).catch(() => [])) {
      logger?.warn(`this Redis is no safe place: ${weakness}`);
    }
  };

  return {
    shared,
    isUp: () => link.isUp && shared.isUp,
    async *read(address, from = 1) {
      if (address === ownersLog) return yield await ownerRows(link, prefix);
      if (address === toldLog) return yield await toldRows(link, prefix);
      const base = await shared.baseOf(address);
      const isBefore = base !== null && from <= Number(base.split('-')[0]);
      let next = isBefore ? base : `${from}-0`;
      for (;;) {
        const entries = await range(address, next);
        const last = entries.at(-1);
        if (last === undefined) return;
        yield entries.map(({ bytes }) => bytes);
        next = `(${last.id}`;
      }
    },
    append: (rows) => append(rows, { link, shared, prefix, leaseMillis }),
    condense: async (row) => {
      if (isLog(row.address)) await shared.replace(row);
    },
    cut: async (address, from) => {
      await link.run(cutScript, [prefix, address, String(from)]);
    },
    close: async () => {
      await shared.close();
      link.close();
    },
  };
}

interface AppendParts {
  readonly link: RedisLink;
  readonly shared: RedisShares;
  readonly prefix: string;
  readonly leaseMillis: number;
}

async function append(rows: readonly LogRow[], parts: AppendParts): Promise<void> {
  const { link, shared, prefix, leaseMillis } = parts;
  const addresses = [...new Set(rows.map(({ address }) => address))].filter(isLog);
  const heads = addresses.flatMap((address) => [address, shared.tokenOf(address)]);
  const own = [prefix, String(leaseMillis), String(addresses.length), ...heads];
  const bodies = rows.flatMap((row) => {
    if (row.address === toldLog) return marksIn(row, (address) => shared.leads(address));
    const place = String(addresses.indexOf(row.address) + 1);
    return [place, String(row.index), bufferOf(row.bytes)];
  });
  const refused = (await link.run(appendScript, [...own, ...bodies])) as readonly number[];
  if (refused.length === 0) return;
  throw new FencedError(refused.map((place) => addresses[place - 1] ?? ''));
}

function isLog(address: string): boolean {
  return address !== ownersLog && address !== toldLog;
}

/** Of the spaces that are led here: whoever else leads one says so himself. */
function marksIn({ bytes }: LogRow, leads: (address: string) => boolean): Argument[] {
  const { rooms } = JSON.parse(new TextDecoder().decode(bytes)) as {
    rooms: Readonly<Record<string, number>>;
  };
  const led = Object.entries(rooms).filter(([address]) => leads(address));
  return led.flatMap(([address, next]) => ['0', address, String(next)]);
}

async function toldRows(link: RedisLink, prefix: string): Promise<Uint8Array[]> {
  const reply = (await link.ask(['HGETALL', `${prefix}told`])) as readonly Buffer[];
  const rooms: Record<string, number> = {};
  for (let at = 0; at < reply.length; at += 2) rooms[String(reply[at])] = Number(reply[at + 1]);
  return [Buffer.from(JSON.stringify({ index: 0, rooms }))];
}

/** As core/server/host.h spells them: session (16 bytes), user text. */
async function ownerRows(link: RedisLink, prefix: string): Promise<Uint8Array[]> {
  const reply = (await link.ask(['HGETALL', `${prefix}owners`])) as readonly Buffer[];
  const rows: Uint8Array[] = [];
  for (let at = 0; at + 1 < reply.length; at += 2) {
    const [session, user] = [reply[at], reply[at + 1]] as [Buffer, Buffer];
    const length = user.length < 128
      ? [user.length]
      : [(user.length & 127) | 128, user.length >> 7];
    rows.push(Buffer.concat([session, Buffer.from(length), user]));
  }
  return rows;
}

function entriesOf(reply: Reply): readonly Entry[] {
  return (reply as readonly [Buffer, readonly [Buffer, Buffer]][]).map(([id, [, bytes]]) => ({
    id: String(id),
    bytes,
  }));
}
