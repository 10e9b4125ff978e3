/**
 * Logs in Redis: a stream for each space, appended to in one step with what must be true before. Of
 * one Redis, or of one with replicas behind one address; not of a cluster, for a batch touches
 * several logs.
 */
import type { Logger } from 'pino';
import { weaknessesOf } from './redis-durability.js';
import { RedisLink, type Reply } from './redis-link.js';
import { appendScript, condenseScript, cutScript } from './redis-scripts.js';
import type { LogStore } from './store.js';

export interface RedisStoreOptions {
  /** Hears of a Redis that is away, and of one that may lose what it has acknowledged. */
  readonly logger?: Logger;
  /** What the names of all keys begin with. Default `danji:`. */
  readonly prefix?: string;
}

/** Rows that are read at a time. */
const pieceRows = 256;

/** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
export function redisStore(url: string, options: RedisStoreOptions = {}): LogStore {
  const { logger, prefix = 'danji:' } = options;
  const logOf = (address: string): string => `${prefix}log:${address}`;
  const link = new RedisLink(
    url,
    () => void sayWeaknesses(),
    (error) => logger?.warn({ err: error }, 'Redis does not answer: nothing is acknowledged'),
  );
  const sayWeaknesses = async (): Promise<void> => {
    for (const weakness of await weaknessesOf(link).catch(() => [])) {
      logger?.warn(`this Redis is no safe place: ${weakness}`);
    }
  };
  return {
    isUp: () => link.isUp,
    async *read(address, from = 1) {
      let next = `${from}-0`;
      for (;;) {
        const count = String(pieceRows);
        const entries = entriesOf(
          await link.ask(['XRANGE', logOf(address), next, '+', 'COUNT', count]),
        );
        const last = entries.at(-1);
        if (last === undefined) return;
        yield entries.map(({ bytes }) => bytes);
        next = `(${last.id}`;
      }
    },
    append: async (rows) => {
      const addresses = [...new Set(rows.map(({ address }) => address))];
      const args = rows.flatMap(({ address, index, bytes }) => [
        String(addresses.indexOf(address) + 1),
        String(index),
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      ]);
      const place = Number(await link.run(appendScript, addresses.map(logOf), args));
      if (place === 0) return;
      throw new Error(`another process writes the log of ${addresses[place - 1]}`);
    },
    condense: async ({ address, index, bytes }) => {
      const args = [String(index), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
      if ((await link.run(condenseScript, [logOf(address)], args)) === 0) return;
      throw new Error(`the log of ${address} does not end at ${index}`);
    },
    cut: async (address, from) => {
      await link.run(cutScript, [logOf(address)], [String(from)]);
    },
    close: () => link.close(),
  };
}

interface Entry {
  readonly id: string;
  readonly bytes: Buffer;
}

function entriesOf(reply: Reply): readonly Entry[] {
  return (reply as readonly [Buffer, readonly [Buffer, Buffer]][]).map(([id, [, bytes]]) => ({
    id: String(id),
    bytes,
  }));
}
